internal import FastCGI
internal import Wire

extension Route {
    /// The name of the route's limit, in headers and in Redis keys: the path without its prefix, and the method unless it is GET.
    package var limitName: String {
        let words = definition.template.split(separator: "/").dropFirst(2).map { $0.filter { $0 != "{" && $0 != "}" && $0 != "_" } }
        let name = words.joined(separator: "-")
        return definition.method == .get ? name : "\(name)-\(definition.method.rawValue.lowercased())"
    }
}

/// What a route's limit looks like on the wire; built once.
struct RateLimitPolicy {
    let limit: RateLimit
    let name: String
    /// `RateLimit-Policy`'s value.
    let header: [UInt8]
    private let prefix: [UInt8]

    init?(_ route: Route) {
        guard let limit = route.definition.limit else { return nil }
        self.init(name: route.limitName, limit)
    }

    init(name: String, _ limit: RateLimit) {
        self.limit = limit
        self.name = name
        prefix = Array("rl:\(name):".utf8)
        header = Array("\"\(name)\";q=\(limit.count);w=\(limit.window)".utf8)
    }

    /// By raw value of the route.
    static let ofRoutes: [RateLimitPolicy?] = Route.allCases.map(RateLimitPolicy.init)

    /// Wrong passwords, a limit of their own beside the one on deletions.
    static let wrongPassword = RateLimitPolicy(name: "wrong-password", .perHour(5))

    /// `rl:{name}:{user or service}`.
    func key(_ subject: UserID) -> [UInt8] {
        var key = prefix
        subject.write(to: &key)
        return key
    }

    func key(_ service: ServiceName) -> [UInt8] { prefix + Array(service.rawValue.utf8) }

    /// `3/hour`, as errors name it.
    var text: String {
        let unit =
            switch limit.window {
            case 60: "minute"
            case 3600: "hour"
            case 86_400: "day"
            default: "\(limit.window)s"
            }
        return "\(limit.count)/\(unit)"
    }
}

/// Where a request stands in its limit; becomes the headers of its answer.
struct RateLimitStatus {
    let policy: RateLimitPolicy
    let verdict: RateLimitVerdict

    func refusal(_ route: Route) -> APIError {
        let seconds = max(1, verdict.resetSeconds)
        var error = APIError(
            .rateLimitExceeded, "Too many requests: \(policy.text)",
            [
                "retry_after": .integer(seconds), "limit": .string(policy.text),
                "endpoint": .string("\(route.definition.method.rawValue) \(route.definition.template)"),
            ], cause: "rate limit")
        error.retryAfter = seconds
        return error
    }
}

extension ResponseWriter {
    mutating func write(_ status: RateLimitStatus) {
        header("RateLimit-Policy") { $0.append(status.policy.header.span) }
        header("RateLimit") { bytes in
            bytes.append(ASCII.quote)
            bytes.append(status.policy.name)
            bytes.append("\";r=" as StaticString)
            bytes.append(decimal: status.verdict.remaining)
            bytes.append(";t=" as StaticString)
            bytes.append(decimal: status.verdict.resetSeconds)
        }
    }
}
