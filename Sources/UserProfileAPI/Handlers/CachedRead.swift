internal import JWT
internal import Logging
internal import Metrics
internal import PostgreSQL
internal import Wire

/// A GET whose body Redis may hold: from the cache, else from its function, and then kept.
enum CachedRead {
    static func answer(_ exchange: Exchange, _ cache: CachedBody, _ function: DatabaseFunction, ttl: Int) throws(APIError) -> Answer {
        guard let user = exchange.caller?.subject else { preconditionFailure("a cached read needs an authenticated route") }
        guard exchange.configuration.cacheEnabled else { return Answer(try read(exchange, function).body, caching: .revalidate) }
        let lookup = exchange.cache.lookup(cache, user)
        count(exchange, cache, lookup)
        if case .hit(let body) = lookup { return Answer(body, caching: .revalidate) }
        let fresh = try read(exchange, function)
        var answer = Answer(fresh.body, caching: .revalidate)
        if case .miss(let mark) = lookup {
            let lifetime = min(ttl, fresh.secondsFresh ?? ttl)
            answer.afterwards = { exchange.cache.store(cache, user, body: fresh.body, mark: mark, ttl: lifetime) }
        }
        return answer
    }

    private static func read(_ exchange: Exchange, _ function: DatabaseFunction) throws(APIError) -> (body: [UInt8], secondsFresh: Int?) {
        let rows = try exchange.callAsUser(function, .repeatable)
        let freshUntil = rows.integer(0, 2)
        return (try exchange.body(rows), freshUntil.map { $0 - Clock.seconds() })
    }

    private static func count(_ exchange: Exchange, _ cache: CachedBody, _ lookup: BodyCache.Lookup) {
        let result: APIMetrics.CacheResult =
            switch lookup {
            case .hit: .hit
            case .miss: .miss
            case .unavailable: .error
            }
        exchange.writer.increment(exchange.service.metrics.cache, series: APIMetrics.cacheSeries(cache, result))
    }
}
