internal import Metrics
internal import PostgreSQL
internal import Wire

/// The service about itself: `/`, health, metrics.
enum ServiceHandlers {
    static func information(_ exchange: Exchange) -> Answer {
        let identity = exchange.service.identity
        return json([
            "name": .string(Service.name), "version": .string(identity.version), "environment": .string(identity.environment),
            "docs": "/docs/",
        ])
    }

    static func live(_ exchange: Exchange) -> Answer { json(["status": "alive"]) }

    /// Asks both dependencies; neither may keep the answer waiting, so each has a short deadline of its own.
    /// - Parameter isLeaving: the service is ending, which only readiness tells.
    static func health(_ exchange: Exchange, isLeaving: Bool = false) -> Answer {
        let deadline = exchange.start + 1_500_000_000
        let database = (try? exchange.store.call(.ping, .repeatable, deadline: deadline) { _ in }.count) != nil
        let cache = exchange.cache.takesWrites()
        let status: JSONValue = isLeaving ? "draining" : !database ? "unhealthy" : cache ? "healthy" : "degraded"
        let identity = exchange.service.identity
        var answer = json([
            "status": status, "version": .string(identity.version), "environment": .string(identity.environment),
            "checks": ["api": "ok", "database": database ? "ok" : "error", "cache": cache ? "ok" : "error"],
        ])
        if !database || isLeaving { answer.status = 503 }
        return answer
    }

    /// As `health`, and 503 once the service is ending, so that a balancer looks elsewhere.
    static func ready(_ exchange: Exchange) -> Answer {
        health(exchange, isLeaving: exchange.service.scoreboard.board.isLeaving)
    }

    static func metrics(_ exchange: Exchange) throws(APIError) -> Answer {
        guard exchange.configuration.metricsEnabled else { throw APIError(.notFound, "Not found") }
        var text = ""
        PrometheusText.render(exchange.service.scoreboard, into: &text)
        let identity = exchange.service.identity
        text += "# HELP userprofile_build_info What runs here.\n# TYPE userprofile_build_info gauge\n"
        text += "userprofile_build_info{version=\"\(identity.version)\",environment=\"\(identity.environment)\"} 1\n"
        var answer = Answer(Array(text.utf8))
        answer.contentType = PrometheusText.contentType
        return answer
    }

    private static func json(_ value: JSONValue) -> Answer {
        var body: [UInt8] = []
        body.append(json: value)
        return Answer(body)
    }
}
