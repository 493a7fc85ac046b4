internal import Logging
internal import JWT
internal import PostgreSQL
internal import Wire

/// What most writes are: one call as the caller, the bodies it changed dropped, its body answered.
enum UserWrite {
    static func answer(
        _ exchange: Exchange, _ function: DatabaseFunction, drops caches: [CachedBody], of user: UserID? = nil,
        _ bind: (inout Parameters) -> Void = { _ in }
    ) throws(APIError) -> Answer {
        let rows = try exchange.callAsUser(function, .write, bind)
        if let changed = user ?? exchange.caller?.subject { exchange.invalidate(caches, of: changed) }
        return Answer(try exchange.body(rows))
    }
}

extension Exchange {
    /// Drops cached bodies of a user after a write, before it is answered.
    func invalidate(_ caches: [CachedBody], of user: UserID) {
        guard configuration.cacheEnabled else { return }
        if !cache.invalidate(caches, user) { warn("cached bodies not dropped") }
    }
}
