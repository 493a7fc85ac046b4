internal import Redis
internal import Wire

/// Where somebody stands in a limit, read from Redis without counting; for operators.
public struct RateLimitExplanation {
    public struct Unavailable: Error, CustomStringConvertible {
        public let description: String
    }

    private let policy: RateLimitPolicy
    private let route: Route
    private let key: [UInt8]
    private let endpoint: Endpoint

    /// - Parameters:
    ///   - route: the limit's name, or `METHOD /path` with or without the prefix.
    ///   - subject: a user's UUID or a service's name.
    public init?(route name: String, subject: String, _ configuration: Configuration) {
        let found = Route.allCases.first { route in
            let full = "\(route.definition.method.rawValue) \(route.definition.template)"
            return route.limitName == name || full == name || full.replacing("/api/v1", with: "") == name
        }
        guard let found, let policy = RateLimitPolicy.ofRoutes[found.rawValue], var endpoint = configuration.redis else { return nil }
        if let user = UserID(subject) {
            key = policy.key(user)
        } else if let service = ServiceName(rawValue: subject) {
            key = policy.key(service)
        } else {
            return nil
        }
        endpoint.database = configuration.rateLimitDatabase
        self.policy = policy
        self.route = found
        self.endpoint = endpoint
    }

    public func read() throws(Unavailable) -> [String] {
        let session = Session(endpoint, timeout: 1000)
        let admission = Admission(session: session, limitsDatabase: endpoint.database, cacheDatabase: endpoint.database)
        guard let verdict = admission.ask(Admission.Question(limit: (policy, key, false))).limit else {
            throw Unavailable(description: "Redis does not answer: each worker process grants its share of the limit by itself")
        }
        return [
            "route      \(route.definition.method.rawValue) \(route.definition.template)",
            "limit      \(policy.text), in any window of that length",
            "key        \(String(decoding: key, as: UTF8.self)) in database \(endpoint.database)",
            "remaining  \(verdict.remaining)",
            verdict.isAllowed
                ? "next       is let in; the oldest counted request leaves the window in \(verdict.resetSeconds) s"
                : "next       is refused for \(verdict.resetSeconds) s more",
        ]
    }
}
