internal import CPosix
internal import CPostgreSQL
internal import Glibc

/// How connections are made; the same for every one of a pool.
public struct ConnectionOptions: Sendable {
    /// A libpq URI or keyword string (PostgreSQL manual, 34.1.1); several hosts allowed.
    public var url: String
    public var applicationName: String
    /// Milliseconds; the server ends what takes longer.
    public var statementTimeout: Int
    /// Milliseconds until a connect attempt is given up.
    public var connectTimeout: Int
    /// False behind PgBouncer in transaction mode: statements are then parsed on each call.
    public var preparesStatements: Bool

    public init(
        url: String, applicationName: String, statementTimeout: Int = 5000, connectTimeout: Int = 2000, preparesStatements: Bool = true
    ) {
        self.url = url
        self.applicationName = applicationName
        self.statementTimeout = statementTimeout
        self.connectTimeout = connectTimeout
        self.preparesStatements = preparesStatements
    }
}

/// One libpq connection, driven without blocking so that a frozen server costs a deadline and not a thread.
/// Not Sendable: it belongs to whoever checked it out of the pool.
public final class Connection {
    private let native: OpaquePointer
    private let prepares: Bool
    private var prepared: [Bool]
    /// Set once it can no longer be trusted: the pool closes it instead of taking it back.
    public private(set) var isBroken = false
    /// The server took a call and did not answer before the deadline.
    private(set) var wentUnanswered = false

    /// Which of the connection string's servers this leads to.
    let server: Int

    /// Connects to the first server that takes writes, giving each the connect timeout.
    /// - Parameters:
    ///   - statementCount: how many statements the program has, see `Statement.index`.
    ///   - deadline: on the monotonic clock, in nanoseconds, for all of it.
    ///   - first: the server to begin with, counted round and round.
    init(_ options: ConnectionOptions, statementCount: Int, deadline: Int64, first: Int = 0) throws(DatabaseError) {
        prepares = options.preparesStatements
        prepared = Array(repeating: false, count: statementCount)
        let servers = ServerList(url: options.url).choices
        var failure = DatabaseError.unavailable(reason: "no time left to connect")
        for turn in servers.indices {
            let server = (first + turn) % servers.count
            let limit = min(deadline, upa_monotonic_now() + Int64(options.connectTimeout) * 1_000_000)
            do throws(DatabaseError) {
                native = try Self.connect(options, servers[server], deadline: limit)
                self.server = server
                PQsetnonblocking(native, 1)
                return
            } catch {
                failure = error
            }
            if upa_monotonic_now() >= deadline { break }
        }
        throw failure
    }

    private static func connect(_ options: ConnectionOptions, _ server: [String: String], deadline: Int64) throws(DatabaseError)
        -> OpaquePointer
    {
        let settings: [(String, String)] = [
            ("application_name", options.applicationName), ("client_encoding", "UTF8"),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "10000"),
            ("target_session_attrs", "read-write"),
            ("options", "-c statement_timeout=\(options.statementTimeout) -c idle_in_transaction_session_timeout=10000 -c TimeZone=UTC"),
        ]
        guard let native = start(server.map { ($0.key, $0.value) } + settings) else { throw .unavailable(reason: "out of memory") }
        guard finishConnecting(native, deadline: deadline) else {
            defer { PQfinish(native) }
            throw .unavailable(reason: message(native))
        }
        return native
    }

    deinit { PQfinish(native) }

    private static func start(_ settings: [(String, String)]) -> OpaquePointer? {
        let keywords = settings.map { strdup($0.0) } + [nil]
        let values = settings.map { strdup($0.1) } + [nil]
        defer { for text in keywords + values { free(text) } }
        return keywords.map { UnsafePointer($0) }.withUnsafeBufferPointer { keywords in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { PQconnectStartParams(keywords.baseAddress, $0.baseAddress, 1) }
        }
    }

    private static func finishConnecting(_ native: OpaquePointer, deadline: Int64) -> Bool {
        var wanted = PGRES_POLLING_WRITING
        while PQstatus(native) != CONNECTION_BAD {
            guard wait(PQsocket(native), for: wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT, until: deadline) else { return false }
            wanted = PQconnectPoll(native)
            if wanted == PGRES_POLLING_OK { return true }
            if wanted == PGRES_POLLING_FAILED { return false }
        }
        return false
    }

    /// Whether the server has closed the connection, or left something unread or a transaction open, while nobody used it.
    public var isFit: Bool {
        guard !isBroken, PQstatus(native) == CONNECTION_OK, PQtransactionStatus(native) == PQTRANS_IDLE else { return false }
        var descriptor = pollfd(fd: PQsocket(native), events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 0) > 0 else { return true }
        // Readable while idle: end of file, or the server's last words before it. What else it may be is too rare to be worth a look.
        return false
    }

    /// Calls a statement and returns its rows.
    /// - Parameter deadline: on the monotonic clock, in nanoseconds; past it the connection is given up.
    public func call(_ statement: Statement, _ parameters: borrowing Parameters, deadline: Int64) throws(DatabaseError) -> Rows {
        precondition(parameters.count == statement.parameterCount, "\(statement.name) takes \(statement.parameterCount) parameters")
        // A call that nobody can wait for would only cost the connection.
        guard upa_monotonic_now() < deadline else { throw .notSent(reason: "no time left") }
        if parameters.holdsNUL { throw .refused(state: "22021", message: "a NUL in a text parameter", detail: nil) }
        if prepares, !prepared[statement.index] {
            try send { PQsendPrepare(native, statement.name.cString, statement.sql.cString, Int32(statement.parameterCount), nil) }
            _ = try result(deadline: deadline)
            prepared[statement.index] = true
        }
        let count = Int32(statement.parameterCount)
        try send {
            parameters.withPointers { values in
                prepares
                    ? PQsendQueryPrepared(native, statement.name.cString, count, values, nil, nil, 0)
                    : PQsendQueryParams(native, statement.sql.cString, count, nil, values, nil, nil, 0)
            }
        }
        return try result(deadline: deadline)
    }

    private func send(_ body: () -> Int32) throws(DatabaseError) {
        guard body() == 1 else {
            // Queued nothing that the server could have read whole: libpq reports a dead connection here.
            isBroken = true
            throw .notSent(reason: Self.message(native))
        }
    }

    private func result(deadline: Int64) throws(DatabaseError) -> Rows {
        while true {
            let flushed = PQflush(native)
            guard flushed >= 0 else { throw lost() }
            if flushed == 0 { break }
            guard Self.wait(PQsocket(native), for: POLLIN | POLLOUT, until: deadline), PQconsumeInput(native) == 1 else { throw lost() }
        }
        var last: OpaquePointer?
        while true {
            while PQisBusy(native) == 1 {
                guard Self.wait(PQsocket(native), for: POLLIN, until: deadline), PQconsumeInput(native) == 1 else {
                    throw lost(having: last)
                }
            }
            guard let next = PQgetResult(native) else { break }
            PQclear(last)
            last = next
        }
        guard let last else { throw lost() }
        switch PQresultStatus(last) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: return Rows(native: last)
        default:
            defer { PQclear(last) }
            throw refusal(last)
        }
    }

    /// The connection broke after this result had come: if it is the server's refusal, that is the answer.
    private func lost(having result: OpaquePointer?) -> DatabaseError {
        defer { PQclear(result) }
        guard let result, PQresultErrorField(result, upa_diag_sqlstate) != nil else { return lost() }
        isBroken = true
        return refusal(result)
    }

    private func lost() -> DatabaseError {
        isBroken = true
        wentUnanswered = PQstatus(native) != CONNECTION_BAD
        let reason = PQstatus(native) == CONNECTION_BAD ? Self.message(native) : "no answer before the deadline"
        return .outcomeUnknown(reason: reason)
    }

    private func refusal(_ result: OpaquePointer) -> DatabaseError {
        func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
        guard let state = field(upa_diag_sqlstate) else { return lost() }
        // A statement that this connection can never run again (its function has changed, or somebody discarded it) spoils it.
        if PQstatus(native) == CONNECTION_BAD || SQLState(state).spoilsConnection { isBroken = true }
        return .refused(state: SQLState(state), message: field(upa_diag_message) ?? "", detail: field(upa_diag_detail))
    }

    /// libpq's words without its line breaks; they name hosts, so they are for the log only.
    private static func message(_ native: OpaquePointer) -> String {
        guard let text = PQerrorMessage(native) else { return "" }
        return String(cString: text).split(separator: "\n").joined(separator: " ")
    }

    /// Waits for the socket; false at the deadline.
    private static func wait(_ socket: Int32, for events: Int32, until deadline: Int64) -> Bool {
        var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
        while true {
            let left = (deadline - upa_monotonic_now() + 999_999) / 1_000_000
            guard left > 0 else { return false }
            let ready = poll(&descriptor, 1, Int32(min(left, 60_000)))
            if ready > 0 { return true }
            if ready < 0, upa_errno() != EINTR { return false }
        }
    }
}

extension ConnectionOptions {
    /// Whether libpq can read the URL. Its own words are not passed on: they quote pieces of it, the password among them.
    public static func isValid(url: String) -> Bool {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            PQfreemem(message)
            return false
        }
        PQconninfoFree(options)
        return true
    }
}

extension StaticString {
    fileprivate var cString: UnsafePointer<CChar> { UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self) }
}
