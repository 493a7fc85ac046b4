internal import CPosix
internal import Glibc

/// A bounded pool of connections, first come first served. Any thread may use it.
///
/// `@unchecked Sendable`: `state`, `idle`, `epoch` and `server` are touched under `mutex` only, which is never held over I/O; a Connection is
/// handed to one thread at a time.
public final class Pool: @unchecked Sendable {
    private let options: ConnectionOptions
    private let statementCount: Int
    private let checkoutTimeout: Int64
    /// Milliseconds; a worker must become ready before the supervisor loses patience.
    private static let longestWarming: Int64 = 8_000
    /// Nanoseconds after which a server that has not answered may be called silent.
    private static let fairTrial: Int64 = 250_000_000
    private var state: PoolState
    private var idle: [(connection: Connection, epoch: Int, user: pthread_t)] = []
    /// Counts condemnations: a connection made before the last one is closed when it comes back.
    private var epoch = 0
    /// The server to connect to first, of those that the connection string names, counted round and round.
    private var server = 0
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    /// A connection on loan.
    public struct Lease: ~Copyable {
        public let connection: Connection
        let epoch: Int
    }

    public struct Figures: Sendable {
        public let size: Int
        public let inUse: Int
        public let waiting: Int
    }

    /// - Parameters:
    ///   - maximum: connections of this process at the most.
    ///   - checkoutTimeout: nanoseconds that a caller waits for one.
    public init(_ options: ConnectionOptions, maximum: Int, statementCount: Int, checkoutTimeout: Int64) {
        self.options = options
        self.statementCount = statementCount
        self.checkoutTimeout = checkoutTimeout
        state = PoolState(maximum: maximum, retryPause: 200_000_000)
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    public var figures: Figures {
        lock()
        defer { unlock() }
        return Figures(size: state.size, inUse: state.inUse, waiting: state.waiting)
    }

    /// Takes a fit connection, waiting at most the checkout timeout and not past `deadline` (monotonic nanoseconds).
    public func checkout(deadline: Int64) throws(DatabaseError) -> Lease {
        let now = upa_monotonic_now()
        guard now < deadline else { throw .unavailable(reason: "no time left") }
        let limit = min(deadline, now + checkoutTimeout)
        lock()
        let decision = decide(until: limit)
        let idleConnection = decision == .takeIdle ? takeIdle() : nil
        let epoch = epoch
        unlock()
        switch decision {
        case .takeIdle:
            guard let (connection, made, _) = idleConnection else { preconditionFailure("an idle connection was granted and is not there") }
            if made == epoch, connection.isFit { return Lease(connection: connection, epoch: made) }
            lock()
            state.replaceUnfit()
            unlock()
            return try connect(epoch: epoch, deadline: deadline)
        case .connect: return try connect(epoch: epoch, deadline: deadline)
        case .wait, .refuse, nil:
            throw .unavailable(reason: decision == nil ? "no connection free in time" : "the server was not to be reached a moment ago")
        }
    }

    /// Under the lock: the connection that this thread had before, as its server process runs warm on this thread's core; else the one
    /// used last.
    private func takeIdle() -> (connection: Connection, epoch: Int, user: pthread_t)? {
        let me = pthread_self()
        return idle.lastIndex { $0.user == me }.map { idle.remove(at: $0) } ?? idle.popLast()
    }

    /// Gives a connection back; a broken one is closed.
    public func checkin(_ lease: consuming Lease) {
        let connection = lease.connection
        lock()
        let keep = !connection.isBroken && lease.epoch == epoch
        if connection.wentUnanswered {
            state.unanswered(now: upa_monotonic_now())
        } else if keep {
            state.answered()
        }
        if keep { idle.append((connection, lease.epoch, pthread_self())) }
        state.checkin(keep: keep)
        pthread_cond_broadcast(changed)
        unlock()
    }

    /// Every connection made so far leads to a server that no longer takes writes: let none of them be used again.
    public func condemn() {
        lock()
        epoch += 1
        let dropped = idle
        idle.removeAll()
        state.droppedIdle()
        pthread_cond_broadcast(changed)
        unlock()
        _ = dropped.count  // closed here, outside the lock
    }

    /// Opens connections ahead of the first request, `count` of them or as many as can be had in the time that it takes to pass over
    /// every server but one.
    public func warm(_ count: Int) throws(DatabaseError) {
        let servers = ServerList(url: options.url).choices.count
        let deadline = upa_monotonic_now() + min(Int64(servers * options.connectTimeout), Self.longestWarming) * 1_000_000
        var leases: [Connection] = []
        var epochs: [Int] = []
        var failure: DatabaseError?
        for _ in 0..<count {
            do throws(DatabaseError) {
                let lease = try checkout(deadline: deadline)
                epochs.append(lease.epoch)
                leases.append(lease.connection)
            } catch {
                failure = error
                break
            }
        }
        for (connection, epoch) in zip(leases, epochs) { checkin(Lease(connection: connection, epoch: epoch)) }
        if let failure { throw failure }
    }

    private func connect(epoch: Int, deadline: Int64) throws(DatabaseError) -> Lease {
        let begun = upa_monotonic_now()
        lock()
        let first = server
        unlock()
        do throws(DatabaseError) {
            let connection = try Connection(options, statementCount: statementCount, deadline: deadline, first: first)
            lock()
            server = connection.server
            state.connected()
            unlock()
            return Lease(connection: connection, epoch: epoch)
        } catch {
            lock()
            // The time may have been too short to come to the next one; that it was far too short says nothing.
            if server == first, upa_monotonic_now() - begun > Self.fairTrial { server += 1 }
            state.connectFailed(now: upa_monotonic_now())
            pthread_cond_broadcast(changed)
            unlock()
            throw error
        }
    }

    /// Under the lock: the decision for this caller, waiting for its turn; nil when the time is up.
    private func decide(until limit: Int64) -> PoolState.Decision? {
        let first = state.checkout(now: upa_monotonic_now())
        guard case .wait(let ticket) = first else { return first }
        var until = timespec(tv_sec: Int(limit / 1_000_000_000), tv_nsec: Int(limit % 1_000_000_000))
        while true {
            let timedOut = pthread_cond_timedwait(changed, mutex, &until) == ETIMEDOUT
            if let decision = state.retry(ticket: ticket, now: upa_monotonic_now()) {
                pthread_cond_broadcast(changed)  // the next in the queue may have its turn too
                return decision
            }
            if timedOut {
                state.giveUp(ticket: ticket)
                pthread_cond_broadcast(changed)
                return nil
            }
        }
    }

    private func lock() { pthread_mutex_lock(mutex) }
    private func unlock() { pthread_mutex_unlock(mutex) }
}
