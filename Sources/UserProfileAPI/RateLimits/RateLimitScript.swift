internal import Redis

/// The sliding log of one user on one route, in Redis: a string of eight-byte timestamps of the requests that were let in, oldest first.
/// A request is let in when fewer than q of them are younger than the window, so no window of that length ever holds more than q.
/// The server's clock is used, one clock for all hosts; refused requests leave no trace.
enum RateLimitScript {
    /// KEYS: the log. ARGV: q, the window in microseconds, 1 to count or 0 to look only.
    /// Returns `remaining * 2^32 + reset`, or `-1 - reset` when refused; reset in milliseconds until the oldest entry leaves the window.
    ///
    /// The key lives for two windows from its making or its last trimming: its oldest entry is then younger than that, and an entry may
    /// only be appended while the oldest is younger than one window.
    static let take = Script(
        """
        local q, window = tonumber(ARGV[1]), tonumber(ARGV[2])
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local log = redis.call('GET', KEYS[1]) or ''
        if #log % 8 ~= 0 then log = '' end
        local first, length = 1, #log
        while first < length and now - struct.unpack('>d', log, first) >= window do first = first + 8 end
        local count = (length - first + 1) / 8
        local oldest = count > 0 and struct.unpack('>d', log, first) or now
        if not (oldest <= now) then oldest = now end
        local reset = math.max(1, math.ceil((oldest + window - now) / 1000))
        if count >= q then return -1 - reset end
        if ARGV[3] == '1' then
            if first > 1 or length == 0 then
                redis.call('SET', KEYS[1], string.sub(log, first) .. struct.pack('>d', now), 'PX', window / 500)
            else
                redis.call('APPEND', KEYS[1], struct.pack('>d', now))
            end
            count = count + 1
        end
        return (q - count) * 4294967296 + reset
        """)

    /// Takes the newest entry back, for what turned out not to count. KEYS: the log.
    static let refund = Script(
        """
        local length = redis.call('STRLEN', KEYS[1])
        if length <= 8 then return redis.call('DEL', KEYS[1]) end
        local ttl = redis.call('PTTL', KEYS[1])
        redis.call('SET', KEYS[1], redis.call('GETRANGE', KEYS[1], 0, length - 9), 'PX', math.max(ttl, 1))
        return 1
        """)
}

/// What the limiter said of one request.
struct RateLimitVerdict: Equatable {
    let isAllowed: Bool
    let remaining: Int
    /// Milliseconds until a further request will be possible again, or the count begins to fall.
    let resetMilliseconds: Int

    init(isAllowed: Bool, remaining: Int, resetMilliseconds: Int) {
        self.isAllowed = isAllowed
        self.remaining = remaining
        self.resetMilliseconds = resetMilliseconds
    }

    /// Reads the script's number.
    init(scriptResult: Int) {
        if scriptResult < 0 {
            // Complement: -1 - x without a trap at the least integer.
            self.init(isAllowed: false, remaining: 0, resetMilliseconds: min(~scriptResult, 0xFFFF_FFFF))
        } else {
            self.init(isAllowed: true, remaining: scriptResult >> 32, resetMilliseconds: scriptResult & 0xFFFF_FFFF)
        }
    }

    /// Whole seconds, rounded up: who waits that long is let in.
    var resetSeconds: Int { (resetMilliseconds + 999) / 1000 }
}
