internal import FastCGI
internal import JWT
internal import Metrics
internal import PostgreSQL
internal import Wire

/// What a request must pass before its handler: the account's state, the limit, the role. Asked of Redis in one round trip; where Redis
/// does not know, the database decides inside the handler's own call.
enum Gate {
    /// For routes of users. `exchange.caller` is set.
    static func admit(_ exchange: Exchange, _ caller: Claims) throws(APIError) {
        let policy = RateLimitPolicy.ofRoutes[exchange.route.rawValue]
        let key = policy?.key(caller.subject) ?? []
        var question = Admission.Question(user: exchange.configuration.cacheEnabled ? caller.subject : nil, tokenID: caller.tokenID)
        if let policy, exchange.configuration.rateLimitEnabled { question.limit = (policy, key, exchange.route != .deleteAccount) }
        question.body = exchange.route.cachedBody
        let begun = Clock.monotonic()
        exchange.status.stage(.admission)
        var findings = exchange.admission.ask(question)
        if !exchange.service.cacheTrust.isGiven(now: begun) { findings.epoch = nil }
        exchange.status.stage(.handling)
        exchange.admissionTime = Clock.monotonic() - begun
        exchange.findings = findings
        exchange.noteRedis(findings)
        if question.limit?.counts == true, findings.limit?.isAllowed == true { exchange.countedKey = key }
        do throws(APIError) {
            if findings.isRevoked { throw Authentication.revoked(exchange) }
            try checkRecord(exchange, findings, caller)
        } catch {
            exchange.uncount()
            throw error
        }
        try checkLimit(exchange, policy, key, findings.limit)
    }

    /// For routes of services: the limit alone.
    static func admit(_ exchange: Exchange, _ service: ServiceName) throws(APIError) {
        guard exchange.configuration.rateLimitEnabled, let policy = RateLimitPolicy.ofRoutes[exchange.route.rawValue] else { return }
        let key = policy.key(service)
        let findings = exchange.admission.ask(Admission.Question(limit: (policy, key, true)))
        exchange.noteRedis(findings)
        try checkLimit(exchange, policy, key, findings.limit)
    }

    private static func checkRecord(_ exchange: Exchange, _ findings: Admission.Findings, _ caller: Claims) throws(APIError) {
        guard let epoch = findings.epoch, let found = findings.authorization, found.epoch == epoch,
            found.stored > Clock.seconds() - AuthorizationLifetime.seconds
        else { return }
        do throws(APIError) {
            try found.record.check(issuedAt: exchange.issuedAt(caller), now: Clock.seconds())
        } catch {
            Authentication.count(error.code == .tokenInvalid ? "revoked" : "state", exchange)
            throw error
        }
        exchange.record = found.record
    }

    private static func checkLimit(_ exchange: Exchange, _ policy: RateLimitPolicy?, _ key: [UInt8], _ found: RateLimitVerdict?)
        throws(APIError)
    {
        guard let policy, exchange.configuration.rateLimitEnabled else { return }
        let counts = exchange.route != .deleteAccount
        let verdict = found ?? exchange.service.localLimiter.take(key, policy.limit, counts: counts, now: Clock.monotonic())
        let status = RateLimitStatus(policy: policy, verdict: verdict)
        exchange.limitStatus = status
        guard !verdict.isAllowed else { return }
        do throws(APIError) {
            throw try exchange.refusal(status)
        } catch {
            if let reason = reason(error.code) { Authentication.count(reason, exchange) }
            throw error
        }
    }

    /// Role and tier, where the record says; without a record the database decides.
    static func require(_ role: Role?, _ exchange: Exchange) throws(APIError) {
        guard let record = exchange.record else { return }
        try require(role, exchange, record)
    }

    private static func require(_ role: Role?, _ exchange: Exchange, _ record: AuthorizationRecord) throws(APIError) {
        if let role, !record.has(role) { throw missing(role, exchange) }
        let now = Clock.seconds()
        if exchange.needsPremium || exchange.route == .profileViews, !record.isPremium(now: now) {
            let level = record.tierName(now: now)
            throw SQLErrorTable.refusal("UPA07", detail: "{\"current_level\":\"\(level)\",\"required_level\":\"premium\"}")
        }
    }

    /// A refusal that comes after the account's state in the order of checks.
    static func afterAccount(_ exchange: Exchange, _ refusal: APIError) throws(APIError) -> APIError {
        guard exchange.record == nil else { return refusal }
        do throws(APIError) {
            _ = try exchange.askAccount()
        } catch {
            throw try accountFirst(exchange, error, needs: nil)
        }
        return refusal
    }

    /// The account's state, role and tier come before what is wrong with the request: a refusal that never reached the database asks it
    /// first.
    static func accountFirst(_ exchange: Exchange, _ error: APIError, needs role: Role?) throws(APIError) -> APIError {
        if let reason = reason(error.code) {
            Authentication.count(reason, exchange)
            if reason != "role" { exchange.uncount() }
            return error
        }
        guard error.cause == nil, error.code.status < 500 else { return error }
        let record = if let known = exchange.record { known } else { try exchange.askAccount() }
        try require(role, exchange, record)
        return error
    }

    private static func missing(_ role: Role, _ exchange: Exchange) -> APIError {
        Authentication.count("role", exchange)
        return APIError(
            .insufficientPermissions, "This needs a role that the account does not have", ["required_role": .string(role.rawValue)],
            cause: "role")
    }

    private static func reason(_ code: ErrorCode) -> String? {
        switch code {
        case .tokenInvalid: "revoked"
        case .userBanned, .userTemporarilyBanned, .userDeleted: "state"
        case .insufficientPermissions: "role"
        default: nil
        }
    }
}

extension Exchange {
    /// Takes one request of a further limit of the caller, or throws its 429.
    func take(_ policy: RateLimitPolicy) throws(APIError) {
        guard configuration.rateLimitEnabled, let caller else { return }
        let key = policy.key(caller.subject)
        let found = admission.ask(Admission.Question(limit: (policy, key, true))).limit
        let verdict = found ?? service.localLimiter.take(key, policy.limit, counts: true, now: Clock.monotonic())
        let status = RateLimitStatus(policy: policy, verdict: verdict)
        // The headers tell of the route's own limit, and of the one that refuses.
        if policy.name == route.limitName || !verdict.isAllowed { limitStatus = status }
        guard !verdict.isAllowed else { return }
        throw try refusal(status)
    }

    /// What a limit says; but a banned user hears of the ban. With the database away the limit is all there is to say.
    fileprivate func refusal(_ status: RateLimitStatus) throws(APIError) -> APIError {
        if caller != nil, record == nil {
            do throws(APIError) {
                _ = try askAccount()
            } catch  where error.code.status < 500 {
                throw error
            } catch {}
        }
        writer.increment(service.metrics.rateLimitRejections, series: route.rawValue)
        return status.refusal(route)
    }

    /// Gives back what `take` took.
    func refund(_ policy: RateLimitPolicy) {
        guard configuration.rateLimitEnabled, let caller else { return }
        let key = policy.key(caller.subject)
        if !admission.refund(key) { service.localLimiter.refund(key) }
    }

    /// Gives back what the limiter counted for a request that its token or account was not entitled to.
    func uncount() {
        guard let key = countedKey else { return }
        countedKey = nil
        limitStatus = nil
        _ = admission.refund(key)
    }

    /// The account's record from the database, which throws when its state forbids the request.
    func askAccount() throws(APIError) -> AuthorizationRecord {
        let rows = try callAsUser(.authorize, .repeatable)
        guard let line = rows.bytes(0, 0), let record = AuthorizationRecord(line.span) else {
            throw APIError(.internalError, "Internal error", cause: "an authorization line of unknown form")
        }
        return record
    }

    /// Counts what Redis could not tell. Only silence costs its caches their trust: a Redis that is full still drops them.
    func noteRedis(_ findings: Admission.Findings) {
        if !findings.isAvailable { service.cacheTrust.suspend() }
        if !findings.isAvailable || findings.isPartial { writer.increment(service.metrics.redisUnavailable) }
    }
}

extension Route {
    /// The body that the cache may hold for this route.
    var cachedBody: CachedBody? {
        switch self {
        case .ownProfile: .profile
        case .settings: .settings
        case .interests: .interests
        default: nil
        }
    }
}
