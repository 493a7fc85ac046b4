internal import Crypto
internal import Redis
internal import Wire

/// The commands that keep cached bodies true.
///
/// A slow reader must not put an old body back after a write, and a writer that dies must not leave one behind. So each user has a
/// *mark*. A writer announces itself: bodies and record go, the mark becomes `w:` and the names of all writes under way. When a write is
/// done its name goes, and with the last of them the mark becomes a fresh value. A reader notes the mark with its miss, and its body is
/// kept only if that mark still stands then and names no write; comparing and keeping is one script. Announcements end by themselves,
/// after longer than any write can take.
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

    /// KEYS: mark, then what goes. ARGV: the write's name, the announcement's milliseconds. What goes, goes first: a Redis that is full
    /// still takes that.
    static let announcing = Script(
        """
        redis.call('DEL', unpack(KEYS, 2))
        local mark = redis.pcall('GET', KEYS[1])
        if type(mark) ~= 'string' or string.sub(mark, 1, 2) ~= 'w:' then mark = 'w:' end
        return redis.call('SET', KEYS[1], mark .. ARGV[1], 'PX', ARGV[2])
        """)

    /// KEYS: mark, then what goes. ARGV: the write's name, a fresh mark's milliseconds.
    static let finishing = Script(
        """
        redis.call('DEL', unpack(KEYS, 2))
        local mark = redis.pcall('GET', KEYS[1])
        local others = 'w:'
        if type(mark) == 'string' and string.sub(mark, 1, 2) == 'w:' then
            local first, last = string.find(mark, ARGV[1], 3, true)
            others = first and string.sub(mark, 1, first - 1) .. string.sub(mark, last + 1) or mark
        end
        if others == 'w:' then return redis.call('SET', KEYS[1], 'd:' .. ARGV[1], 'PX', ARGV[2]) end
        return redis.call('SET', KEYS[1], others, 'KEEPTTL')
        """)

    /// A name for one write, and for the mark it leaves.
    static func name() -> [UInt8] { Digest.random(12) }

    static func announce(_ user: UserID, as name: [UInt8], _ pipeline: inout Pipeline) {
        call(announcing, user, name, announcedMilliseconds, &pipeline)
    }

    static func finish(_ user: UserID, named name: [UInt8], _ pipeline: inout Pipeline) {
        call(finishing, user, name, markMilliseconds, &pipeline)
    }

    private static func call(_ script: Script, _ user: UserID, _ name: [UInt8], _ milliseconds: Int, _ pipeline: inout Pipeline) {
        pipeline.call(script, keys: 2 + CachedBody.allCases.count, arguments: 2)
        CacheKeys.mark(user, &pipeline)
        CacheKeys.authorization(user, &pipeline)
        for cache in CachedBody.allCases { CacheKeys.body(cache, user, &pipeline) }
        pipeline.argument(name)
        pipeline.argument(milliseconds)
    }
}
