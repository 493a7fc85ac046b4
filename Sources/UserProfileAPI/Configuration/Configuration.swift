public import JWT
public import Redis

/// Where the service runs; decides how forgiving it is about secrets.
public enum DeploymentEnvironment: String, Sendable, CaseIterable {
    case development, staging, production
}

/// A value that must not be seen: it prints as stars wherever it ends up.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    public let reveal: String
    public init(_ value: String) { reveal = value }
    public var description: String { "********" }
    public var debugDescription: String { "********" }
}

/// Everything that can be set, read once and validated as a whole. A plain value.
public struct Configuration: Sendable {
    public var environment = DeploymentEnvironment.development

    // Process model
    public var socketPath = ""
    public var pidFile: String?
    /// Worker processes; by default one a core.
    public var workers = 1
    /// Request threads in each.
    public var threads = 4

    // PostgreSQL
    public var databaseURL = Secret("")
    public var poolMinimum = 10
    /// Connections of all workers together, also while two generations run side by side.
    public var poolMaximum = 100
    /// False behind a PgBouncer that pools transactions.
    public var preparesStatements = true
    /// Milliseconds, the ladder: statement < request < nginx's fastcgi_read_timeout.
    public var statementTimeout = 3_000
    public var requestDeadline = 5_000

    // Redis
    public var redis: Endpoint?
    public var cacheDatabase = 0
    public var rateLimitDatabase = 1
    /// Milliseconds for a connect and for each reply.
    public var redisTimeout = 25

    // Cache; times to live in seconds
    public var cacheEnabled = true
    public var profileTTL = 300
    public var settingsTTL = 1800
    public var interestsTTL = 3600

    // Tokens
    public var tokenPolicy = TokenPolicy(keys: [])
    /// The longest lifetime of an access token of any issuer, in seconds.
    public var accessTokenLifetime = 1800

    // Sibling services
    /// The keys of each service; several values while one is rotated.
    package var serviceKeys: [ServiceName: [[UInt8]]] = [:]
    /// As older deployments did: any service's key opens every service endpoint.
    public var anyServiceKeyOpensAll = false
    var passwordVerifier = PasswordVerifier.database
    /// Password checks at once on this host.
    public var passwordChecks = 2

    // Watching workers
    /// A request in flight for longer than this, in seconds, ends its worker.
    public var watchdogSeconds = 40
    /// Requests after which a worker is replaced; 0 for never.
    public var recycleRequests = 0
    /// Resident memory, in MiB, from which on a worker is replaced; 0 for never.
    public var recycleMegabytes = 0
    /// Milliseconds that a request may have waited before a worker took it; who waited longer gets 503 at once.
    public var longestQueueWait = 400
    /// Milliseconds from which on a request is logged as slow, with what it spent its time on.
    public var slowRequest = 500

    // Other
    public var imageDomain = ""
    public var rateLimitEnabled = true
    public var metricsEnabled = true
    public var logLevel = "INFO"
    public var logFormat = LogFormat.json

    public enum LogFormat: String, Sendable { case json, console }

    public init() {}

    /// Connections of one worker's request threads: the total is shared by two generations, one goes to the change feed, and more than
    /// the threads is of no use.
    public var poolSizePerWorker: Int { max(1, min(threads, poolMaximum / (2 * workers) - 1)) }
    /// The server with the cache database chosen.
    var cacheEndpoint: Endpoint? {
        var endpoint = redis
        endpoint?.database = cacheDatabase
        return endpoint
    }
    /// Opened before a worker reports ready.
    public var warmConnections: Int { max(1, min(poolSizePerWorker, poolMinimum / workers)) }
}
