internal import Synchronization

/// The limiter of one worker process while Redis is away: each worker grants its share of the limit. Any thread may use it.
final class LocalLimiter: Sendable {
    /// Logs kept at the most; beyond it the whole table starts afresh, which errs on the side of the client.
    private static let capacity = 20_000
    private let workers: Int
    private let logs = Mutex<[[UInt8]: SlidingLog]>([:])

    init(workers: Int) { self.workers = workers }

    func take(_ key: [UInt8], _ limit: RateLimit, counts: Bool, now: Int64) -> RateLimitVerdict {
        let share = max(1, limit.count / workers)
        return logs.withLock { logs in
            if logs.count >= Self.capacity, logs[key] == nil { logs.removeAll(keepingCapacity: true) }
            return logs[key, default: SlidingLog()].take(
                limit: share, window: Int64(limit.window) * 1_000_000_000, now: now, counts: counts)
        }
    }

    func refund(_ key: [UInt8]) { logs.withLock { $0[key]?.refund() } }
}
