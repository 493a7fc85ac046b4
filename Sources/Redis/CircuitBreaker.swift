/// Decides whether a server that failed is tried again: after each failure in a row a pause twice as long, up to a limit.
/// Values in, decisions out; times are monotonic nanoseconds.
public struct CircuitBreaker: Sendable {
    private let shortest: Int64
    private let longest: Int64
    private var failures = 0
    private var openUntil: Int64 = .min

    public init(shortest: Int64 = 100_000_000, longest: Int64 = 2_000_000_000) {
        self.shortest = shortest
        self.longest = longest
    }

    public func allows(now: Int64) -> Bool { now >= openUntil }

    public mutating func succeeded() {
        guard failures > 0 else { return }
        failures = 0
        openUntil = .min
    }

    public mutating func failed(now: Int64) {
        openUntil = now + min(longest, shortest << Int64(min(failures, 10)))
        failures += 1
    }
}
