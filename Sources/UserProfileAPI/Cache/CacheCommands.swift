internal import Crypto
internal import Redis
internal import Wire

/// The commands that keep cached bodies true.
///
/// A slow reader must not put an old body back after a write, and a writer that dies must not leave one behind. So each user has a
/// *mark*, which every write changes before and after, and a set of the writes under way, each by a name of its own. A reader notes the
/// mark with its miss, and its body is kept only if that mark still stands then and no write is under way; looking and keeping is one
/// script. Names of writes go by themselves, after longer than any write can take.
enum CacheCommands {
    /// Longer than the longest request deadline and statement timeout that a configuration may set, together.
    private static let announcedMilliseconds = 30_000
    private static let markMilliseconds = 120_000

    /// KEYS: mark, writes under way, body, record, filling lock. ARGV: mark seen (empty: none), body, its milliseconds, record (may be
    /// empty), its seconds.
    static let store = Script(
        """
        redis.call('DEL', KEYS[5])
        if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
        if ARGV[2] ~= '' then redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3]) end
        if ARGV[4] ~= '' then redis.call('SET', KEYS[4], ARGV[4], 'EX', ARGV[5]) end
        return 1
        """)

    /// What goes, goes last: whatever a reader keeps in between goes too.
    static func announce(_ user: UserID, as name: [UInt8], _ pipeline: inout Pipeline) {
        pipeline.command(arguments: 3)
        pipeline.argument("SADD")
        CacheKeys.writes(user, &pipeline)
        pipeline.argument(name)
        pipeline.command(arguments: 3)
        pipeline.argument("PEXPIRE")
        CacheKeys.writes(user, &pipeline)
        pipeline.argument(announcedMilliseconds)
        change(user, &pipeline)
    }

    static func finish(_ user: UserID, named name: [UInt8], _ pipeline: inout Pipeline) {
        pipeline.command(arguments: 3)
        pipeline.argument("SREM")
        CacheKeys.writes(user, &pipeline)
        pipeline.argument(name)
        change(user, &pipeline)
    }

    /// A fresh mark, and nothing cached.
    static func change(_ user: UserID, _ pipeline: inout Pipeline) {
        pipeline.command(arguments: 5)
        pipeline.argument("SET")
        CacheKeys.mark(user, &pipeline)
        pipeline.argument(Digest.random(12))
        pipeline.argument("PX")
        pipeline.argument(markMilliseconds)
        pipeline.command(arguments: 2 + CachedBody.allCases.count)
        pipeline.argument("DEL")
        CacheKeys.authorization(user, &pipeline)
        for cache in CachedBody.allCases { CacheKeys.body(cache, user, &pipeline) }
    }
}
