internal import Redis
internal import Wire

/// The cached bodies of a user, by their key prefix in Redis.
enum CachedBody: Int, CaseIterable {
    case profile
    case settings
    case interests

    var keyPrefix: StaticString {
        switch self {
        case .profile: "user_profile"
        case .settings: "user_settings"
        case .interests: "user_interests"
        }
    }
}

/// Ready-made response bodies in Redis, for one request thread.
///
/// A slow reader must not put an old body back after a write. So every write leaves a fresh random *mark* under `user_mark:{id}`
/// when it drops the bodies; a reader that missed takes note of the mark it saw together with the miss, and its body is stored only
/// if the mark is still that one, compared and stored in one script. Marks outlive any request.
final class BodyCache {
    enum Lookup {
        case hit(body: [UInt8])
        /// `mark` is what a later `store` must still find; nil when there was none.
        case miss(mark: [UInt8]?)
        case unavailable
    }

    private static let markTTL = 120
    /// KEYS: the mark, the body. ARGV: the mark seen (empty: none), the body, its time to live in seconds.
    private static let storeScript: StaticString = """
        local mark = redis.call('GET', KEYS[1]) or ''
        if mark ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
        return 1
        """

    private let session: Session
    private let random: () -> [UInt8]
    private var pipeline = Pipeline()
    private var replies: [Reply] = []
    private var key: [UInt8] = []

    init(session: Session, random: @escaping () -> [UInt8]) {
        self.session = session
        self.random = random
    }

    func lookup(_ cache: CachedBody, _ user: UserID) -> Lookup {
        pipeline.removeAll()
        pipeline.command(arguments: 3)
        pipeline.argument("MGET")
        pipeline.argument(key(cache.keyPrefix, user))
        pipeline.argument(key("user_mark", user))
        guard run(), case .array(let values) = replies[0], values.count == 2 else { return .unavailable }
        if let body = values[0].bytes { return .hit(body: body) }
        return .miss(mark: values[1].bytes)
    }

    /// Keeps a body that was read after `mark` was seen, unless a write has come between.
    func store(_ cache: CachedBody, _ user: UserID, body: [UInt8], mark: [UInt8]?, ttl: Int) {
        guard ttl > 0 else { return }
        pipeline.removeAll()
        pipeline.command(arguments: 8)
        pipeline.argument("EVAL")
        pipeline.argument(Self.storeScript)
        pipeline.argument(2)
        pipeline.argument(key("user_mark", user))
        pipeline.argument(key(cache.keyPrefix, user))
        pipeline.argument(mark ?? [])
        pipeline.argument(body)
        pipeline.argument(ttl)
        _ = run()
    }

    /// Drops the bodies that a write changed. False when Redis did not confirm it.
    func invalidate(_ caches: [CachedBody], _ user: UserID) -> Bool {
        pipeline.removeAll()
        pipeline.command(arguments: 5)
        pipeline.argument("SET")
        pipeline.argument(key("user_mark", user))
        pipeline.argument(random())
        pipeline.argument("EX")
        pipeline.argument(Self.markTTL)
        pipeline.command(arguments: caches.count + 1)
        pipeline.argument("DEL")
        for cache in caches { pipeline.argument(key(cache.keyPrefix, user)) }
        return run()
    }

    /// Whether Redis answers.
    func ping() -> Bool {
        pipeline.removeAll()
        pipeline.command(arguments: 1)
        pipeline.argument("PING")
        return run()
    }

    private func run() -> Bool {
        replies.removeAll(keepingCapacity: true)
        guard (try? session.run(pipeline, into: &replies)) != nil else { return false }
        return !replies.contains { if case .error = $0 { true } else { false } }
    }

    private func key(_ prefix: StaticString, _ user: UserID) -> [UInt8] {
        key.removeAll(keepingCapacity: true)
        key.append(prefix)
        key.append(ASCII.colon)
        user.write(to: &key)
        return key
    }
}
