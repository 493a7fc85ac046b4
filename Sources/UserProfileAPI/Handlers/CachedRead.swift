internal import JWT
internal import Metrics
internal import PostgreSQL
internal import Wire

/// A GET whose body Redis may hold: from the cache while the change feed is known to be alive, else from its function, and then kept.
enum CachedRead {
    /// A body that outlived its database, in seconds.
    private static let longestOutage = 60

    static func answer(_ exchange: Exchange, _ cache: CachedBody, _ function: DatabaseFunction, ttl: Int) throws(APIError) -> Answer {
        guard let user = exchange.caller?.subject else { preconditionFailure("a cached read needs an authenticated route") }
        guard exchange.configuration.cacheEnabled else { return try read(exchange, function).answer }
        let findings = exchange.findings
        if exchange.isAuthorizedByRecord, let entry = findings.body, entry.epoch == findings.epoch {
            count(exchange, cache, .hit)
            return answer(entry)
        }
        count(exchange, cache, findings.isAvailable ? .miss : .error)
        if let entry = awaitFill(exchange, cache, user) { return answer(entry) }
        do throws(APIError) {
            let fresh = try read(exchange, function)
            var answer = fresh.answer
            // Without a live feed there is no epoch to keep it under, and nobody could believe it.
            if findings.epoch != nil {
                let fill = BodyCache.Fill(
                    cache: cache, user: user, mark: findings.mark, entry: fresh.entry,
                    lifetime: ttl * 1000, freshUntil: fresh.until, record: fresh.record)
                answer.afterwards = { exchange.cache.store(fill) }
            }
            return answer
        } catch {
            guard error.code == .unavailable, cache == .profile, let entry = survivor(exchange) else { throw error }
            return answer(entry)
        }
    }

    private static func answer(_ entry: CacheEntry) -> Answer {
        var answer = Answer(entry.body, caching: .revalidate)
        answer.tag = entry.tag
        return answer
    }

    /// One reader fills a body that many want; the others wait a few milliseconds for it. nil: read it yourself.
    private static func awaitFill(_ exchange: Exchange, _ cache: CachedBody, _ user: UserID) -> CacheEntry? {
        guard exchange.isAuthorizedByRecord, !exchange.cache.mayFill(cache, user) else { return nil }
        for _ in 0..<10 {
            Pause.milliseconds(3)
            if let entry = exchange.cache.body(cache, user), entry.epoch == exchange.findings.epoch { return entry }
        }
        return nil
    }

    /// With the database away, a body and a record that are both young enough still answer.
    private static func survivor(_ exchange: Exchange) -> CacheEntry? {
        let now = Clock.seconds()
        guard let caller = exchange.caller, let entry = exchange.findings.body, entry.stored >= now - longestOutage,
            let authorization = exchange.findings.authorization, authorization.stored >= now - longestOutage,
            authorization.epoch == entry.epoch,
            (try? authorization.record.check(issuedAt: exchange.issuedAt(caller), now: now)) != nil
        else { return nil }
        return entry
    }

    private struct Fresh {
        let entry: CacheEntry
        let until: Int?
        let record: [UInt8]?

        var answer: Answer { CachedRead.answer(entry) }
    }

    private static func read(_ exchange: Exchange, _ function: DatabaseFunction) throws(APIError) -> Fresh {
        let now = Clock.seconds()
        let rows = try exchange.callAsUser(function, .repeatable)
        let body = try exchange.body(rows)
        let tag = EntityTag(version: rows.integer(0, 1) ?? 0, body: body)
        let entry = CacheEntry(stored: now, epoch: exchange.findings.epoch ?? [], tag: tag, body: body[...])
        return Fresh(entry: entry, until: rows.integer(0, 2).map { $0 * 1000 }, record: rows.bytes(0, 3))
    }

    private static func count(_ exchange: Exchange, _ cache: CachedBody, _ result: APIMetrics.CacheResult) {
        exchange.writer.increment(exchange.service.metrics.cache, series: APIMetrics.cacheSeries(cache, result))
    }
}
