internal import JWT

extension Configuration {
    /// The effective settings by variable name, secrets masked.
    public var shown: [(name: String, value: String)] {
        let stars = "********"
        return [
            ("ENVIRONMENT", environment.rawValue), ("FCGI_SOCKET", socketPath), ("UPA_PID_FILE", pidFile ?? ""),
            ("UPA_WORKERS", "\(workers)"), ("UPA_THREADS", "\(threads)"),
            ("DATABASE_URL", stars), ("DATABASE_POOL_MIN_SIZE", "\(poolMinimum)"), ("DATABASE_POOL_MAX_SIZE", "\(poolMaximum)"),
            ("UPA_PREPARED_STATEMENTS", "\(preparesStatements)"), ("UPA_STATEMENT_TIMEOUT_MS", "\(statementTimeout)"),
            ("UPA_REQUEST_DEADLINE_MS", "\(requestDeadline)"),
            ("REDIS_URL", stars), ("REDIS_CACHE_DB", "\(cacheDatabase)"), ("REDIS_RATE_LIMIT_DB", "\(rateLimitDatabase)"),
            ("UPA_REDIS_TIMEOUT_MS", "\(redisTimeout)"),
            ("CACHE_ENABLED", "\(cacheEnabled)"), ("CACHE_TTL_USER_PROFILE", "\(profileTTL)"),
            ("CACHE_TTL_USER_SETTINGS", "\(settingsTTL)"),
            ("CACHE_TTL_USER_INTERESTS", "\(interestsTTL)"),
            ("JWT_SECRET_KEY", stars), ("JWT_SECRET_KEY_PREVIOUS", tokenPolicy.keys.count > 1 ? stars : ""),
            ("JWT_ISSUER", tokenPolicy.issuer ?? ""), ("JWT_AUDIENCE", tokenPolicy.audience ?? ""),
            ("JWT_LEEWAY_SECONDS", "\(tokenPolicy.leeway)"),
            ("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", "\(accessTokenLifetime / 60)"),
            ("SERVICE_KEY_SCOPES", anyServiceKeyOpensAll ? "any" : "own"), ("UPA_PASSWORD_CHECKS", "\(passwordChecks)"),
            ("UPA_WATCHDOG_SECONDS", "\(watchdogSeconds)"), ("UPA_RECYCLE_REQUESTS", "\(recycleRequests)"),
            ("UPA_RECYCLE_MEGABYTES", "\(recycleMegabytes)"), ("UPA_MAX_QUEUE_MS", "\(longestQueueWait)"),
            ("UPA_SLOW_REQUEST_MS", "\(slowRequest)"),
            ("IMAGE_API_CDN_DOMAIN", imageDomain), ("RATE_LIMIT_ENABLED", "\(rateLimitEnabled)"), ("ENABLE_METRICS", "\(metricsEnabled)"),
            ("LOG_LEVEL", logLevel), ("LOG_FORMAT", logFormat.rawValue),
        ]
    }
}
