public import Logging
public import Metrics
internal import PostgreSQL

/// What all request threads of a worker share; immutable but for the pool and the scoreboard, which look after themselves.
public final class Service: Sendable {
    public static let name = "User Profile API"
    let configuration: Configuration
    let identity: LogIdentity
    let metrics: APIMetrics
    let scoreboard: Scoreboard
    let pool: Pool
    let router = Router()
    let checkSlots: CheckSlots
    let localLimiter: LocalLimiter
    let unfinished = UnfinishedWrites()
    let cacheTrust = CacheTrust()
    let logger: Logger

    /// - Parameter lockFile: a file that all workers of this host can open; password checks take turns by locks on it.
    public init(
        configuration: Configuration, identity: LogIdentity, metrics: APIMetrics, scoreboard: Scoreboard, lockFile: String, logger: Logger
    ) {
        self.configuration = configuration
        self.identity = identity
        self.metrics = metrics
        self.scoreboard = scoreboard
        localLimiter = LocalLimiter(workers: configuration.workers)
        checkSlots = CheckSlots(path: lockFile, count: configuration.passwordChecks)
        self.logger = logger
        let options = ConnectionOptions(
            url: configuration.databaseURL.reveal, applicationName: "userprofile-api", statementTimeout: configuration.statementTimeout,
            preparesStatements: configuration.preparesStatements)
        pool = Pool(
            options, maximum: configuration.poolSizePerWorker, statementCount: DatabaseFunction.allCases.count,
            checkoutTimeout: 2_000_000_000)
    }

    /// Opens connections ahead; false when the database cannot be reached. At a first start, or in place of a worker that died, that is
    /// no reason not to serve: requests get 503 until it is back.
    public func warm() -> Bool {
        do throws(DatabaseError) {
            try pool.warm(configuration.warmConnections)
        } catch {
            logger.warning("database not reachable at start", metadata: ["reason": "\(error)"])
            return false
        }
        return true
    }
}
