internal import Synchronization

/// Whether this worker may believe what Redis holds. After any failure of Redis it may not for as long as a lease can still live: while
/// Redis was away a write may have gone by without being able to drop the old body, and the lease of before would vouch for it.
/// Any thread may use it; the change feed looks often enough that no outage goes unnoticed.
final class CacheTrust: Sendable {
    private let suspendedUntil = Atomic<Int64>(.min)
    /// Nanoseconds; longer than `ChangeFeed`'s lease.
    private static let suspension: Int64 = 1_000_000_000

    /// Redis failed just now.
    func suspend() { suspendedUntil.store(Clock.monotonic() + Self.suspension, ordering: .relaxed) }

    func isGiven(now: Int64) -> Bool { now >= suspendedUntil.load(ordering: .relaxed) }
}
