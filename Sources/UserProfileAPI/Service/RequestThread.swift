internal import Crypto
internal import FastCGI
internal import JWT
internal import Logging
internal import Metrics
internal import Redis
internal import Wire

/// One request thread: accepts, serves, answers, counts and logs until told to drain. Everything it holds is its own.
public struct RequestThread: ~Copyable {
    private let service: Service
    private let exchange: Exchange
    private let writer: MetricsWriter
    private let status: ThreadStatusWriter
    private var acceptor: Acceptor
    private var response = ResponseWriter()
    private var line: LogLine
    private var spans = SpanIDs()
    private let logsRequests: Bool

    /// - Parameters:
    ///   - slot: the worker's place in the scoreboard.
    ///   - thread: this thread's number in the worker.
    ///   - listener: the shared listening socket.
    public init(service: Service, slot: Int, thread: Int, listener: Int32) {
        self.service = service
        writer = service.scoreboard.writer(slot: slot, thread: thread)
        guard let endpoint = service.configuration.cacheEndpoint else { preconditionFailure("a validated configuration names Redis") }
        let session = Session(endpoint, timeout: service.configuration.redisTimeout)
        let status = service.scoreboard.board.writer(slot: slot, thread: thread)
        exchange = Exchange(service: service, writer: writer, status: status, session: session)
        self.status = status
        acceptor = Acceptor(listener: listener, bodyLimit: RequestBody.limit)
        line = LogLine(service.identity)
        logsRequests = ["TRACE", "DEBUG", "INFO"].contains(service.configuration.logLevel)
    }

    /// Serves until `isDraining` says so; a connection accepted just after is still served.
    public mutating func run(isDraining: () -> Bool) {
        exchange.servingSince = Clock.monotonic()
        while !isDraining() {
            switch acceptor.accept() {
            case .request: serve()
            case .nothing: line.flush()
            case .failed(let code):
                service.logger.error("accept failed", metadata: ["errno": "\(code)"])
                Pause.milliseconds(50)
            }
        }
        line.flush()
    }

    private mutating func serve() {
        let start = Clock.monotonic()
        writer.set(service.metrics.inFlight, 1)
        status.begin(at: start)
        exchange.begin(at: start)
        acceptor.receive(into: &exchange.request)
        observeQueueWait()
        status.stage(.handling)
        var answer: Answer?
        var refusal: APIError?
        do throws(APIError) {
            answer = try Dispatch.answer(exchange)
        } catch {
            refusal = error
        }
        status.stage(.answering)
        let code = write(answer, refusal)
        acceptor.answer(response)
        answer?.afterwards?()
        status.end()
        finish(code, refusal, Clock.monotonic() - start)
    }

    /// Counts and logs what has been answered.
    private mutating func finish(_ code: Int, _ refusal: APIError?, _ duration: Int64) {
        let metrics = service.metrics
        let event = refusal.map { RequestEvent.refusal($0, exchange.route) } ?? RequestEvent.success(exchange.route)
        writer.increment(metrics.requests, series: APIMetrics.requestSeries(exchange.route, status: code))
        writer.observe(metrics.duration, series: exchange.route.rawValue, nanoseconds: UInt64(duration))
        writer.increment(metrics.events, series: event.rawValue)
        if event == .shed { writer.increment(metrics.shed) }
        writer.set(metrics.inFlight, 0)
        let isSlow = duration > Int64(service.configuration.slowRequest) * 1_000_000
        if logsRequests || code >= 500 || isSlow { log(event, code: code, duration: duration, refusal: refusal, isSlow: isSlow) }
    }

    private mutating func write(_ answer: Answer?, _ refusal: APIError?) -> Int {
        let sendBody = !exchange.isHead
        if let answer {
            response.write(answer, limit: exchange.limitStatus, sendBody: sendBody)
            return answer.status
        }
        let error = refusal ?? APIError(.internalError, "Internal error")
        response.write(error, limit: exchange.limitStatus, sendBody: sendBody)
        return error.code.status
    }

    /// nginx passes the time at which it had the whole request, as seconds with three decimals.
    private func observeQueueWait() {
        guard let text = exchange.request[.requestStart] else { return }
        var milliseconds: Int64 = 0
        for byte in text where ASCII.isDigit(byte) { milliseconds = milliseconds &* 10 &+ Int64(byte - ASCII.zero) }
        let wait = Clock.realtime() - milliseconds &* 1_000_000
        guard wait >= 0, wait < 3_600_000_000_000 else { return }
        exchange.queueWait = wait
        writer.observe(service.metrics.queueWait, nanoseconds: UInt64(wait))
    }

    private mutating func log(_ event: RequestEvent, code: Int, duration: Int64, refusal: APIError?, isSlow: Bool) {
        let level: StaticString = code >= 500 ? "ERROR" : isSlow ? "WARNING" : "INFO"
        line.begin(level: level, event: isSlow ? "slow_request" : event.name, logger: "userprofile.access")
        if let trace = exchange.request[.traceID] { line.field("trace_id", trace.span) }
        line.field(spanID: &spans)
        if let method = exchange.request[.method] { line.field("method", method.span) }
        line.field("route", exchange.route == .unmatched ? "unmatched" : exchange.route.definition.template)
        line.field("status", code)
        line.field("duration_ms", milliseconds: duration)
        if let caller = exchange.caller { line.field("user_id", caller.subject) }
        if let service = exchange.callingService { line.field("service", service.rawValue) }
        if let refusal {
            line.field("code", refusal.code.rawValue)
            if let cause = refusal.cause { line.field("cause", cause) }
        }
        if isSlow {
            line.field("queue_ms", milliseconds: exchange.queueWait)
            line.field("redis_ms", milliseconds: exchange.admissionTime)
            line.field("database_ms", milliseconds: exchange.databaseTime)
        }
        line.write(urgent: code >= 500)
    }
}
