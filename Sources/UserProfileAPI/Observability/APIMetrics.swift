public import Metrics

/// The service's metric families, laid out once from the route table; the same in the supervisor and in every worker.
public struct APIMetrics: Sendable {
    public let schema: Schema
    let requests: Counter
    let duration: Histogram
    let queueWait: Histogram
    let inFlight: Gauge
    let databaseDuration: Histogram
    let databaseErrors: Counter
    let connectionsInUse: Gauge
    let cache: Counter
    let authenticationFailures: Counter
    let rateLimitRejections: Counter
    let redisUnavailable: Counter
    let events: Counter
    let shed: Counter
    let residentMemory: Gauge
    let openDescriptors: Gauge
    let processorTime: Counter
    let poolSize: Gauge
    let poolWaiting: Gauge
    let queues: Gauge

    static let statusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"]
    private static let latencyBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    enum CacheResult: Int, CaseIterable { case hit, miss, error }
    static let authenticationReasons = [
        "missing", "malformed", "algorithm", "signature", "type", "audience", "not_yet_valid", "expired", "unknown_account", "revoked",
        "state", "service_key_missing",
        "service_key_invalid", "service_key_scope", "role", "password",
    ]

    /// The columns of `api_queue_stats`, in its order.
    static let queueFigures = ["outbox_pending", "outbox_oldest_seconds", "outbox_dead", "photos_pending", "photos_oldest_seconds"]

    public init() {
        var schema = Schema()
        let routes = Route.allCases.map { "route=\"\(Self.label($0))\",method=\"\($0.definition.method.rawValue)\"" }
        requests = schema.counter(
            "http_requests_total", "Requests answered, by route, method and class of status.",
            series: routes.flatMap { route in Self.statusClasses.map { "\(route),status=\"\($0)\"" } })
        duration = schema.histogram(
            "http_request_duration_seconds", "From the accepted connection to the answer handed over.", bounds: Self.latencyBounds,
            series: routes)
        queueWait = schema.histogram(
            "http_queue_wait_seconds", "From nginx's handing over of the whole request to the accepted connection.",
            bounds: Self.latencyBounds)
        inFlight = schema.gauge("http_requests_in_flight", "Requests being worked on.")
        databaseDuration = schema.histogram(
            "db_query_duration_seconds", "One call of a database function, the wait for a connection not included.",
            bounds: Self.latencyBounds,
            series: DatabaseFunction.allCases.map { "function=\"\($0.name)\"" })
        databaseErrors = schema.counter(
            "db_errors_total", "Calls without a result, by kind.",
            series: ["unavailable", "outcome_unknown", "refused"].map { "kind=\"\($0)\"" })
        connectionsInUse = schema.gauge("db_pool_connections_in_use", "Connections checked out of the pools.")
        cache = schema.counter(
            "cache_requests_total", "Cached bodies asked for, by cache and result.",
            series: CachedBody.allCases.flatMap { cache in CacheResult.allCases.map { "cache=\"\(cache.keyPrefix)\",result=\"\($0)\"" } })
        authenticationFailures = schema.counter(
            "auth_failures_total", "Requests refused before their handler, by reason.",
            series: Self.authenticationReasons.map { "reason=\"\($0)\"" })
        rateLimitRejections = schema.counter(
            "rate_limit_rejections_total", "Requests refused by a rate limit.", series: routes)
        redisUnavailable = schema.counter(
            "redis_unavailable_total", "Requests served without what Redis knows: local limits, no revocation check, no cache.")
        events = schema.counter(
            "userprofile_events_total", "What requests meant.", series: RequestEvent.allCases.map { "event=\"\($0.name)\"" })
        shed = schema.counter("http_requests_shed_total", "Requests refused because they had waited too long for a worker.")
        residentMemory = schema.gauge("worker_resident_memory_bytes", "Resident memory of all workers.")
        openDescriptors = schema.gauge("worker_open_descriptors", "Open file descriptors of all workers.")
        processorTime = schema.counter("worker_cpu_seconds_total", "Processor time of all workers.", divisor: 1_000_000)
        poolSize = schema.gauge("db_pool_connections", "Connections open or being opened in the pools.")
        poolWaiting = schema.gauge("db_pool_waiting", "Request threads waiting for a connection.")
        queues = schema.gauge(
            "userprofile_queue", "What waits in the database: events for others, and photos for a moderator.",
            series: Self.queueFigures.map { "figure=\"\($0)\"" })
        self.schema = schema
    }

    private static func label(_ route: Route) -> String { route == .unmatched ? "unmatched" : route.definition.template }

    static func requestSeries(_ route: Route, status: Int) -> Int { route.rawValue * statusClasses.count + status / 100 - 1 }
    static func cacheSeries(_ cache: CachedBody, _ result: CacheResult) -> Int {
        cache.rawValue * CacheResult.allCases.count + result.rawValue
    }
}
