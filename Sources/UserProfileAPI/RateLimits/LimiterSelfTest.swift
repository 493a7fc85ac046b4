internal import Crypto
internal import Logging
internal import Redis
internal import Wire

extension Service {
    /// Tries the limiter on a key of its own before the worker serves: of three requests under a limit of two, the third alone is refused.
    /// False, and a word in the log, when Redis is away or counts otherwise; requests then meet each worker's own share of the limit, or
    /// what this server makes of the script, which an operator must know.
    @discardableResult
    public func testLimiter() -> Bool {
        guard configuration.rateLimitEnabled, let endpoint = configuration.cacheEndpoint else { return true }
        let admission = Admission(
            session: Session(endpoint, timeout: 250), limitsDatabase: configuration.rateLimitDatabase,
            cacheDatabase: configuration.cacheDatabase)
        let policy = RateLimitPolicy(name: "self-test", RateLimit(count: 2, window: 1))
        let key = policy.key(UserID(high: random(), low: random()))
        let verdicts = (0..<3).map { _ in admission.ask(Admission.Question(limit: (policy, key, true))).limit?.isAllowed }
        switch verdicts {
        case [true, true, false]: return true
        case [nil, nil, nil]: logger.warning("rate limiter: Redis does not answer, each worker grants its share of the limits")
        default: logger.error("rate limiter: this Redis does not count as it should", metadata: ["verdicts": "\(verdicts)"])
        }
        return false
    }

    private func random() -> UInt64 { Digest.random(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
