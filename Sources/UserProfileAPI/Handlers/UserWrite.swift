internal import FastCGI
internal import JWT
internal import Logging
internal import PostgreSQL
internal import Wire

/// What most writes are: one call as the caller, between announcing it to the cache and dropping what it changed.
enum UserWrite {
    /// - Parameter user: whose data changes; the caller's by default.
    static func answer(
        _ exchange: Exchange, _ function: DatabaseFunction, of user: UserID? = nil, _ bind: (inout Parameters) -> Void = { _ in }
    ) throws(APIError) -> Answer {
        guard let caller = exchange.caller?.subject else { preconditionFailure("an authenticated route") }
        let rows = try exchange.changing(user ?? caller) { () throws(APIError) in try exchange.callAsUser(function, .write, bind) }
        return Answer(try exchange.body(rows))
    }

    /// A write with `If-Match`, whose function takes the version last and returns body, version and the new representation.
    static func conditional(_ exchange: Exchange, _ function: DatabaseFunction, _ changes: [UInt8]) throws(APIError) -> Answer {
        guard let caller = exchange.caller?.subject else { preconditionFailure("an authenticated route") }
        let versions = try expectedVersions(exchange)
        let rows = try exchange.changing(caller) { () throws(APIError) in
            try withFirst(of: versions) { version throws(APIError) in
                try exchange.callAsUser(function, .write) { parameters in
                    parameters.append { $0 += changes }
                    parameters.append(version)
                }
            }
        }
        var answer = Answer(try exchange.body(rows))
        if let version = rows.integer(0, 1), let representation = rows.bytes(0, 2) {
            answer.tag = EntityTag(version: version, body: representation)
        }
        return answer
    }

    /// No precondition is one version, nil; that none can hold is -1, which no edit has.
    private static func expectedVersions(_ exchange: Exchange) throws(APIError) -> [Int?] {
        guard let header = exchange.request[.ifMatch] else { return [nil] }
        guard let condition = EntityTagCondition(header) else {
            throw APIError(.badRequest, "If-Match must be a list of entity tags", ["field": "If-Match"])
        }
        guard let versions = condition.versions else { return [nil] }
        guard versions.count <= mostVersions else {
            throw APIError(
                .badRequest, "If-Match names too many representations", ["field": "If-Match", "max_items": .integer(mostVersions)])
        }
        return versions.isEmpty ? [-1] : versions
    }

    private static let mostVersions = 8

    /// A function compares with one version; a client that names several, which is rare, costs a call for each that is not present.
    private static func withFirst(of versions: [Int?], _ call: (Int?) throws(APIError) -> Rows) throws(APIError) -> Rows {
        for version in versions.dropLast() {
            do throws(APIError) {
                return try call(version)
            } catch {
                guard error.code == .preconditionFailed else { throw error }
            }
        }
        return try call(versions[versions.count - 1])
    }
}

extension Exchange {
    /// Runs a write on `user` between announcing it and dropping cached bodies, before the client is answered. A write that may yet take
    /// effect stays announced: nothing is kept until the announcement ends by itself, after longer than any write can take.
    func changing(_ user: UserID, _ write: () throws(APIError) -> Rows) throws(APIError) -> Rows {
        // Also where CACHE_ENABLED is off: other hosts, and this one after its next reload, may believe what Redis holds.
        cache.announce(user)
        do throws(APIError) {
            let rows = try write()
            finishWrite(on: user)
            return rows
        } catch {
            if error.isOutcomeUnknown {
                cache.announce(user)
            } else {
                finishWrite(on: user)
            }
            throw error
        }
    }

    private func finishWrite(on user: UserID) {
        guard !cache.finish(user) else { return }
        service.cacheTrust.suspend()
        warn("cached bodies not dropped: left to the change feed")
        // In the feed it outlives this worker, and no reader renews the lease before it has taken effect. Without a database there is no
        // lease to renew; the worker then tries by itself.
        let noted: Void? = try? { () throws(DatabaseError) in
            _ = try store.call(.noteChange, .repeatable, deadline: Clock.monotonic() + 1_000_000_000) { $0.append { user.write(to: &$0) } }
        }()
        if noted == nil { service.unfinished.add(user) }
    }
}
