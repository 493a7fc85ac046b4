internal import Crypto
internal import Redis
internal import Wire

/// Keeps and drops cached bodies and authorization records in Redis, for one request thread. See `CacheCommands` for how they stay true.
final class BodyCache {
    private static let fillMilliseconds = 500
    private let session: Session
    private var pipeline = Pipeline()
    private var replies: [Reply] = []
    /// The name of the write announced last.
    private var write: [UInt8] = []

    init(session: Session) { self.session = session }

    /// Says that a write on `user` is about to happen, or may yet: drops what is cached and lets nothing be kept meanwhile.
    @discardableResult
    func announce(_ user: UserID) -> Bool {
        write = Digest.random(12)
        pipeline.removeAll()
        CacheCommands.announce(user, as: write, &pipeline)
        return run()
    }

    /// Drops what the write announced last has changed, and lets readers keep bodies again unless another is under way. False when Redis
    /// did not confirm it.
    func finish(_ user: UserID) -> Bool {
        pipeline.removeAll()
        CacheCommands.finish(user, named: write, &pipeline)
        return run()
    }

    /// Drops what somebody else's write has changed. False when Redis did not confirm it.
    func drop(_ user: UserID) -> Bool {
        pipeline.removeAll()
        CacheCommands.change(user, &pipeline)
        return run()
    }

    /// What a reader brought from the database after it had seen `mark`.
    struct Fill {
        let cache: CachedBody
        let user: UserID
        let mark: [UInt8]?
        let entry: CacheEntry
        /// Milliseconds that the body may live.
        let lifetime: Int
        /// Milliseconds since 1970 at which the body becomes wrong by itself.
        let freshUntil: Int?
        /// The authorization line of the same read.
        let record: [UInt8]?
    }

    /// Keeps body and record, unless a write has come between.
    func store(_ fill: Fill) {
        pipeline.removeAll()
        pipeline.call(CacheCommands.store, keys: 5, arguments: 5)
        CacheKeys.mark(fill.user, &pipeline)
        CacheKeys.writes(fill.user, &pipeline)
        CacheKeys.body(fill.cache, fill.user, &pipeline)
        CacheKeys.authorization(fill.user, &pipeline)
        CacheKeys.filling(fill.cache, fill.user, &pipeline)
        pipeline.argument(fill.mark ?? [])
        // Reckoned now: the call and the answer have taken their time.
        let lifetime = min(fill.lifetime, fill.freshUntil.map { $0 - Timestamp.now.microseconds / 1000 } ?? .max)
        pipeline.argument(lifetime > 0 ? fill.entry.bytes : [])
        pipeline.argument(max(1, lifetime))
        var record: [UInt8] = []
        if let line = fill.record {
            record.append(decimal: fill.entry.stored)
            record.append(ASCII.space)
            record.append(contentsOf: fill.entry.epoch)
            record.append(ASCII.space)
            record += line
        }
        pipeline.argument(record)
        pipeline.argument(AuthorizationLifetime.seconds)
        if !run(), replies.contains(where: \.isUnknownScript), session.load(CacheCommands.store) { _ = run() }
    }

    /// Whether this reader is the one to fill the body; the others may wait a moment for it. True also when Redis does not say.
    func mayFill(_ cache: CachedBody, _ user: UserID) -> Bool {
        pipeline.removeAll()
        pipeline.command(arguments: 6)
        pipeline.argument("SET")
        CacheKeys.filling(cache, user, &pipeline)
        pipeline.argument("1")
        pipeline.argument("PX")
        pipeline.argument(Self.fillMilliseconds)
        pipeline.argument("NX")
        guard run() else { return true }
        return replies.first != Reply.none
    }

    /// The body alone, for a reader that waits for another's fill.
    func body(_ cache: CachedBody, _ user: UserID) -> CacheEntry? {
        pipeline.removeAll()
        pipeline.command(arguments: 2)
        pipeline.argument("GET")
        CacheKeys.body(cache, user, &pipeline)
        return run() ? replies.first?.bytes.flatMap(CacheEntry.init) : nil
    }

    /// Whether Redis takes writes, as all we ask of it are some: one that is full, or a replica, only reads.
    func takesWrites() -> Bool {
        pipeline.removeAll()
        pipeline.command(arguments: 5)
        pipeline.argument("SET")
        pipeline.argument("health")
        pipeline.argument("1")
        pipeline.argument("PX")
        pipeline.argument(1000)
        return run()
    }

    private func run() -> Bool {
        replies.removeAll(keepingCapacity: true)
        guard (try? session.run(pipeline, into: &replies)) != nil else { return false }
        return !replies.contains(where: \.isError)
    }
}

/// How long an authorization record may be believed, lease or not.
enum AuthorizationLifetime {
    static let seconds = 60
}
