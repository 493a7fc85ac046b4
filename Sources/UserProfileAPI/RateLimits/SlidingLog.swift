/// The same sliding log in memory, for the time that Redis is away. A value; times are monotonic nanoseconds.
package struct SlidingLog {
    private var entries: [Int64] = []

    package init() {}

    /// Lets a request in or refuses it.
    mutating func take(limit: Int, window: Int64, now: Int64, counts: Bool) -> RateLimitVerdict {
        entries.removeAll { now - $0 >= window }
        let oldest = entries.first ?? now
        let reset = max(1, Int((oldest + window - now + 999_999) / 1_000_000))
        guard entries.count < limit else { return RateLimitVerdict(isAllowed: false, remaining: 0, resetMilliseconds: reset) }
        if counts { entries.append(now) }
        return RateLimitVerdict(isAllowed: true, remaining: limit - entries.count, resetMilliseconds: reset)
    }

    mutating func refund() { _ = entries.popLast() }
}
