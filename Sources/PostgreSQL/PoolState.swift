/// The arithmetic of a pool: who gets a connection, who waits, who may connect. Values in, decisions out; no I/O, no lock.
package struct PoolState {
    package enum Decision: Equatable {
        /// Take the idle connection used last (it is warm, and the others can age).
        case takeIdle
        /// Open a new one; the place is reserved until `connected` or `failed`.
        case connect
        /// All are in use: wait in the queue under this ticket.
        case wait(ticket: Int)
        /// The last attempt to connect failed a moment ago: do not queue up behind a dead server.
        case refuse
    }

    private let maximum: Int
    private let retryPause: Int64
    private let suspicion: Int64
    private(set) var idle = 0
    private(set) var inUse = 0
    private var connecting = 0
    private var queue: [Int] = []
    private var nextTicket = 0
    private var failedUntil: Int64 = .min
    /// Set when a server took a call and did not answer: until it does again, one caller at a time may try.
    private var isSuspect = false

    package var size: Int { idle + inUse + connecting }
    package var waiting: Int { queue.count }

    /// - Parameter retryPause: nanoseconds after a failed connect in which checkouts are refused at once.
    /// - Parameter suspicion: nanoseconds after an unanswered call in which checkouts are refused at once.
    package init(maximum: Int, retryPause: Int64, suspicion: Int64 = 100_000_000) {
        self.maximum = maximum
        self.suspicion = suspicion
        self.retryPause = retryPause
    }

    package mutating func checkout(now: Int64) -> Decision {
        if isSuspect, inUse + connecting > 0 || now < failedUntil { return .refuse }
        if queue.isEmpty, let decision = grant(now: now) { return decision }
        guard size > 0 else { return .refuse }
        nextTicket += 1
        queue.append(nextTicket)
        return .wait(ticket: nextTicket)
    }

    /// A waiter woke up: nil means wait on.
    package mutating func retry(ticket: Int, now: Int64) -> Decision? {
        guard queue.first == ticket else { return nil }
        if let decision = grant(now: now) {
            queue.removeFirst()
            return decision
        }
        guard size > 0 else {
            queue.removeFirst()
            return .refuse
        }
        return nil
    }

    package mutating func giveUp(ticket: Int) { queue.removeAll { $0 == ticket } }

    private mutating func grant(now: Int64) -> Decision? {
        if idle > 0 {
            idle -= 1
            inUse += 1
            return .takeIdle
        }
        guard size < maximum, now >= failedUntil else { return nil }
        connecting += 1
        return .connect
    }

    package mutating func connected() {
        connecting -= 1
        inUse += 1
        failedUntil = .min
    }

    package mutating func connectFailed(now: Int64) {
        connecting -= 1
        failedUntil = now + retryPause
    }

    /// - Parameter keep: false when the connection was closed instead of taken back.
    package mutating func checkin(keep: Bool) {
        inUse -= 1
        if keep { idle += 1 }
    }

    /// The idle connection just granted turned out unfit and was closed: its place becomes one to connect in, without queueing again.
    package mutating func replaceUnfit() {
        inUse -= 1
        connecting += 1
    }

    /// A call has been answered.
    package mutating func answered() { isSuspect = false }

    /// A call has not been answered before its deadline.
    package mutating func unanswered(now: Int64) {
        isSuspect = true
        failedUntil = now + suspicion
    }

    /// All idle connections were closed.
    package mutating func droppedIdle() { idle = 0 }
}
