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
    private var acceptor: Acceptor
    private var response = ResponseWriter()
    private var line: LogLine
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
        exchange = Exchange(service: service, writer: writer, session: session)
        acceptor = Acceptor(listener: listener, bodyLimit: RequestBody.limit)
        line = LogLine(service.identity)
        logsRequests = ["TRACE", "DEBUG", "INFO"].contains(service.configuration.logLevel)
    }

    /// Serves until `isDraining` says so; a connection accepted just after is still served.
    public mutating func run(isDraining: () -> Bool) {
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
        exchange.begin(at: start)
        acceptor.receive(into: &exchange.request)
        observeQueueWait()
        var answer: Answer?
        var refusal: APIError?
        do throws(APIError) {
            answer = try Dispatch.answer(exchange)
        } catch {
            refusal = error
        }
        let status = write(answer, refusal)
        acceptor.answer(response)
        answer?.afterwards?()
        let duration = Clock.monotonic() - start
        writer.increment(service.metrics.requests, series: APIMetrics.requestSeries(exchange.route, status: status))
        writer.observe(service.metrics.duration, series: exchange.route.rawValue, nanoseconds: UInt64(duration))
        writer.set(service.metrics.inFlight, 0)
        if logsRequests || status >= 500 { log(status: status, duration: duration, refusal: refusal) }
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

    /// nginx passes the time it read the request's first byte as seconds with three decimals.
    private func observeQueueWait() {
        guard let text = exchange.request[.requestStart] else { return }
        var milliseconds: Int64 = 0
        for byte in text where ASCII.isDigit(byte) { milliseconds = milliseconds &* 10 &+ Int64(byte - ASCII.zero) }
        let wait = Clock.realtime() - milliseconds &* 1_000_000
        if wait >= 0, wait < 3_600_000_000_000 { writer.observe(service.metrics.queueWait, nanoseconds: UInt64(wait)) }
    }

    private mutating func log(status: Int, duration: Int64, refusal: APIError?) {
        line.begin(level: status >= 500 ? "ERROR" : "INFO", event: "request", logger: "userprofile.access")
        if let trace = exchange.request[.traceID] { line.field("trace_id", trace.span) }
        if let method = exchange.request[.method] { line.field("method", method.span) }
        line.field("route", exchange.route == .unmatched ? "unmatched" : exchange.route.definition.template)
        line.field("status", status)
        line.field("duration_ms", milliseconds: duration)
        if let caller = exchange.caller { line.field("user_id", caller.subject) }
        if let refusal {
            line.field("code", refusal.code.rawValue)
            if let cause = refusal.cause { line.field("cause", cause) }
        }
        line.write(urgent: status >= 500)
    }
}
