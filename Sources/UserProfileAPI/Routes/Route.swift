/// An HTTP method that some route knows; HEAD is served wherever GET is.
package enum Method: String, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// Every endpoint. The table below is the one place that says what each is: router, metrics and documents read it.
package enum Route: Int, CaseIterable {
    case serviceInformation
    case health
    case healthLive
    case healthReady
    case metrics
    case ownProfile
    case publicProfile
    case updateProfile
    case interests
    case setInterests
    case addInterest
    case removeInterest
    /// Stands for whatever matches no route, so that it is counted and logged too.
    case unmatched

    package struct Definition {
        package let method: Method
        /// Path with `{name}` for parameters; the label of metrics and logs.
        package let template: String
    }

    package var definition: Definition { Self.definitions[rawValue] }

    private static let definitions: [Definition] = allCases.map(define)

    private static func define(_ route: Route) -> Definition {
        func at(_ method: Method, _ template: String) -> Definition { Definition(method: method, template: template) }
        switch route {
        case .serviceInformation: return at(.get, "/")
        case .health: return at(.get, "/health")
        case .healthLive: return at(.get, "/health/live")
        case .healthReady: return at(.get, "/health/ready")
        case .metrics: return at(.get, "/metrics")
        case .ownProfile: return at(.get, "/api/v1/users/me")
        case .publicProfile: return at(.get, "/api/v1/users/{user_id}")
        case .updateProfile: return at(.patch, "/api/v1/users/me")
        case .interests: return at(.get, "/api/v1/users/me/interests")
        case .setInterests: return at(.put, "/api/v1/users/me/interests")
        case .addInterest: return at(.post, "/api/v1/users/me/interests")
        case .removeInterest: return at(.delete, "/api/v1/users/me/interests/{tag}")
        case .unmatched: return at(.get, "")
        }
    }
}
