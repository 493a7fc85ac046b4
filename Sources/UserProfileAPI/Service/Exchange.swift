internal import FastCGI
internal import JWT
internal import Logging
internal import Metrics
internal import PostgreSQL
internal import Redis
internal import Wire

/// One request being served, with what its thread keeps for all of them. A handler gets this and returns an `Answer`.
final class Exchange {
    let service: Service
    let store: Store
    let cache: BodyCache
    let writer: MetricsWriter
    let admission: Admission
    let status: ThreadStatusWriter
    private(set) var verifier: TokenVerifier

    /// Monotonic nanoseconds: when this thread began to serve.
    var servingSince: Int64 = 0

    // Per request
    var request = Request(names: Parameter.names)
    var route = Route.unmatched
    var parameter: Range<Int>?
    var caller: Claims?
    var callingService: ServiceName?
    var findings = Admission.Findings()
    /// The account's state, when Redis knew it and may be trusted.
    var record: AuthorizationRecord?
    var limitStatus: RateLimitStatus?
    /// Set where the body asks for what only the premium tier may have.
    var needsPremium = false
    /// Nanoseconds from nginx's handing over to the accepted connection.
    var queueWait: Int64 = 0
    /// Nanoseconds spent waiting for Redis at admission, and for PostgreSQL.
    var admissionTime: Int64 = 0
    var databaseTime: Int64 = 0
    /// The limit's log that holds an entry of this request.
    var countedKey: [UInt8]?
    /// Monotonic nanoseconds.
    var start: Int64 = 0

    init(service: Service, writer: MetricsWriter, status: ThreadStatusWriter, session: Session) {
        self.service = service
        self.writer = writer
        self.status = status
        cache = BodyCache(session: session)
        admission = Admission(
            session: session, limitsDatabase: service.configuration.rateLimitDatabase, cacheDatabase: service.configuration.cacheDatabase)
        store = Store(pool: service.pool, metrics: service.metrics, writer: writer)
        verifier = TokenVerifier(policy: service.configuration.tokenPolicy)
    }

    func begin(at now: Int64) {
        route = .unmatched
        parameter = nil
        caller = nil
        callingService = nil
        findings = Admission.Findings()
        record = nil
        limitStatus = nil
        needsPremium = false
        queueWait = 0
        admissionTime = 0
        databaseTime = 0
        countedKey = nil
        start = now
    }

    var isAuthorizedByRecord: Bool { record != nil }
    var configuration: Configuration { service.configuration }
    /// Nanoseconds of the wait that a free thread could have spared: who came before this worker served, waited for its start.
    var waitForThread: Int64 { min(queueWait, start - servingSince) }
    /// Monotonic nanoseconds; the wait for a thread counts.
    var deadline: Int64 { start - waitForThread + Int64(configuration.requestDeadline) * 1_000_000 }
    var traceID: String { request[.traceID].map { String(decoding: $0, as: UTF8.self) } ?? "" }
    var isHead: Bool { request[.method]?.elementsEqual("HEAD".utf8) ?? false }

    /// The path's `{…}` segment, still percent-encoded.
    var pathParameter: ArraySlice<UInt8> {
        guard let parameter, let uri = request[.uri] else { return [] }
        return uri[parameter]
    }

    func verify(_ token: ArraySlice<UInt8>) throws(TokenError) -> Claims { try verifier.verify(token.span, now: Clock.seconds()) }

    /// One call of a database function for this request, its errors mapped to answers.
    func call(_ function: DatabaseFunction, _ effect: Store.Effect, _ bind: (inout Parameters) -> Void) throws(APIError) -> Rows {
        let begun = Clock.monotonic()
        status.stage(.database)
        defer {
            databaseTime += Clock.monotonic() - begun
            status.stage(.handling)
        }
        do throws(DatabaseError) {
            return try store.call(function, effect, deadline: deadline, bind)
        } catch {
            throw SQLErrorTable.error(error, requestID: traceID)
        }
    }

    /// The same with the caller in front: every function for users begins with who asks and since when the token is good.
    func callAsUser(_ function: DatabaseFunction, _ effect: Store.Effect, _ bind: (inout Parameters) -> Void = { _ in }) throws(APIError)
        -> Rows
    {
        guard let caller else { preconditionFailure("\(function) needs an authenticated route") }
        let issuedAt = issuedAt(caller)
        return try call(function, effect) { parameters in
            parameters.append { caller.subject.write(to: &$0) }
            parameters.append(issuedAt)
            bind(&parameters)
        }
    }

    /// Tells the status board which request this is.
    func nameStatus() {
        let trace = request[.traceID] ?? []
        status.name(route: route.definition.template.utf8.span, traceID: trace.span)
    }

    func warn(_ message: Logger.Message) { service.logger.warning(message, metadata: ["trace_id": "\(traceID)"]) }

    /// The first column of the only row: the finished body.
    func body(_ rows: borrowing Rows) throws(APIError) -> [UInt8] {
        guard let body = rows.bytes(0, 0) else { throw APIError(.internalError, "Internal error", cause: "a function returned no body") }
        return body
    }

    /// When the token was issued, or the earliest it can have been: without `iat`, its expiry less the longest lifetime.
    /// One that claims to live longer than any issuer allows counts as issued at the beginning of time.
    func issuedAt(_ claims: Claims) -> Int {
        if let issuedAt = claims.issuedAt { return issuedAt }
        let lifetime = configuration.accessTokenLifetime
        return claims.expiresAt > Clock.seconds() + lifetime ? 0 : claims.expiresAt - lifetime
    }
}
