internal import Crypto
internal import Redis
internal import Wire

/// The commands that keep cached bodies true.
///
/// A slow reader must not put an old body back after a write, and a writer that dies must not leave one behind. So each user has a
/// *mark*. A writer announces itself: bodies and record go, the mark becomes `w:…`. When the write is done the mark becomes a fresh
/// value. A reader notes the mark with its miss, and its body is kept only if that mark still stands then and is no announcement;
/// comparing and keeping is one script. An announcement ends by itself, after longer than any write can take.
enum CacheCommands {
    /// Longer than the longest request deadline and statement timeout that a configuration may set, together.
    private static let announcedMilliseconds = 30_000
    private static let markMilliseconds = 120_000

    /// KEYS: mark, body, record, filling lock. ARGV: mark seen (empty: none), body, its milliseconds, record (may be empty), its seconds.
    static let store = Script(
        """
        redis.call('DEL', KEYS[4])
        local mark = redis.call('GET', KEYS[1]) or ''
        if mark ~= ARGV[1] or string.sub(mark, 1, 2) == 'w:' then return 0 end
        if ARGV[2] ~= '' then redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
        if ARGV[4] ~= '' then redis.call('SET', KEYS[3], ARGV[4], 'EX', ARGV[5]) end
        return 1
        """)

    static func announce(_ user: UserID, _ pipeline: inout Pipeline) {
        setMark(user, Array("w:".utf8) + Digest.random(12), announcedMilliseconds, &pipeline)
        drop(user, &pipeline)
    }

    static func finish(_ user: UserID, _ pipeline: inout Pipeline) {
        setMark(user, Array("d:".utf8) + Digest.random(12), markMilliseconds, &pipeline)
        drop(user, &pipeline)
    }

    private static func setMark(_ user: UserID, _ value: [UInt8], _ milliseconds: Int, _ pipeline: inout Pipeline) {
        pipeline.command(arguments: 5)
        pipeline.argument("SET")
        CacheKeys.mark(user, &pipeline)
        pipeline.argument(value)
        pipeline.argument("PX")
        pipeline.argument(milliseconds)
    }

    private static func drop(_ user: UserID, _ pipeline: inout Pipeline) {
        pipeline.command(arguments: 2 + CachedBody.allCases.count)
        pipeline.argument("DEL")
        CacheKeys.authorization(user, &pipeline)
        for cache in CachedBody.allCases { CacheKeys.body(cache, user, &pipeline) }
    }
}
