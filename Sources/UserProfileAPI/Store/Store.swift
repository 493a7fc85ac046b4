internal import CPosix
internal import Metrics
internal import PostgreSQL

/// Calls database functions for one request thread: takes a connection, measures, retries what is known not to have happened.
final class Store {
    /// What a lost connection means for the call.
    enum Effect {
        /// Calling twice is harmless: a read, or a write under an idempotency record.
        case repeatable
        /// An autocommitted call contains its COMMIT: once sent, it may have happened.
        case write
    }

    private static let attempts = 3
    private let pool: Pool
    private let metrics: APIMetrics
    private let writer: MetricsWriter
    private var parameters = Parameters()

    init(pool: Pool, metrics: APIMetrics, writer: MetricsWriter) {
        self.pool = pool
        self.metrics = metrics
        self.writer = writer
    }

    /// - Parameters:
    ///   - deadline: monotonic nanoseconds.
    ///   - bind: appends the call's parameters.
    func call(_ function: DatabaseFunction, _ effect: Effect, deadline: Int64, _ bind: (inout Parameters) -> Void) throws(DatabaseError)
        -> Rows
    {
        parameters.removeAll()
        bind(&parameters)
        var attempt = 1
        while true {
            do throws(DatabaseError) {
                return try once(function, deadline: deadline)
            } catch {
                if case .refused(let state, _, _) = error, state.condemnsPool { pool.condemn() }
                guard attempt < Self.attempts, mayRepeat(error, effect), upa_monotonic_now() < deadline else {
                    writer.increment(metrics.databaseErrors, series: error.series)
                    throw error
                }
                attempt += 1
            }
        }
    }

    private func once(_ function: DatabaseFunction, deadline: Int64) throws(DatabaseError) -> Rows {
        let lease = try pool.checkout(deadline: deadline)
        writer.set(metrics.connectionsInUse, 1)
        let start = upa_monotonic_now()
        defer {
            writer.observe(metrics.databaseDuration, series: function.rawValue, nanoseconds: UInt64(upa_monotonic_now() - start))
            writer.set(metrics.connectionsInUse, 0)
        }
        let rows: Rows
        do throws(DatabaseError) {
            rows = try lease.connection.call(function.statement, parameters, deadline: deadline)
        } catch {
            pool.checkin(lease)
            throw error
        }
        pool.checkin(lease)
        return rows
    }

    private func mayRepeat(_ error: DatabaseError, _ effect: Effect) -> Bool {
        switch error {
        // No connection: the pool has waited or tried already.
        case .unavailable: false
        // The server closed a connection that looked fit: it never saw the call, and another connection may be had.
        case .notSent: true
        case .outcomeUnknown: effect == .repeatable
        case .refused(let state, _, _): state.isRetryable
        }
    }
}

extension DatabaseError {
    /// Its place in `db_errors_total`.
    fileprivate var series: Int {
        switch self {
        case .unavailable, .notSent: 0
        case .outcomeUnknown: 1
        case .refused: 2
        }
    }
}
