/// How often a route may be called by one user or service.
struct RateLimit: Equatable {
    let count: Int
    /// Seconds.
    let window: Int

    static func perMinute(_ count: Int) -> RateLimit { RateLimit(count: count, window: 60) }
    static func perHour(_ count: Int) -> RateLimit { RateLimit(count: count, window: 3600) }
    static func perDay(_ count: Int) -> RateLimit { RateLimit(count: count, window: 86_400) }
}

extension Route {
    package struct Definition {
        package let method: Method
        /// Path with `{name}` for parameters; the label of metrics and logs.
        package let template: String
        let access: Access
        let limit: RateLimit?
    }

    package var definition: Definition { Self.definitions[rawValue] }

    private static let definitions: [Definition] = allCases.map(define)

    /// The one table that router, access checks, limits, metrics and documents read.
    private static func define(_ route: Route) -> Definition {
        func at(_ method: Method, _ template: String, _ access: Access = .open, _ limit: RateLimit? = nil) -> Definition {
            Definition(method: method, template: template, access: access, limit: limit)
        }
        func v1(_ method: Method, _ path: String, _ access: Access, _ limit: RateLimit) -> Definition {
            at(method, "/api/v1" + path, access, limit)
        }
        switch route {
        case .serviceInformation: return at(.get, "/")
        case .health: return at(.get, "/health")
        case .healthLive: return at(.get, "/health/live")
        case .healthReady: return at(.get, "/health/ready")
        case .metrics: return at(.get, "/metrics")
        case .ownProfile: return v1(.get, "/users/me", .user, .perMinute(100))
        case .publicProfile: return v1(.get, "/users/{user_id}", .user, .perMinute(100))
        case .updateProfile: return v1(.patch, "/users/me", .user, .perMinute(20))
        case .updateUsername: return v1(.patch, "/users/me/username", .user, .perHour(3))
        case .deleteAccount: return v1(.delete, "/users/me", .user, .perHour(1))
        case .setMainPhoto: return v1(.post, "/users/me/photos/main", .user, .perHour(10))
        case .addPhoto: return v1(.post, "/users/me/photos", .user, .perHour(20))
        case .removePhoto: return v1(.delete, "/users/me/photos", .user, .perHour(20))
        case .interests: return v1(.get, "/users/me/interests", .user, .perMinute(100))
        case .setInterests: return v1(.put, "/users/me/interests", .user, .perMinute(10))
        case .addInterest: return v1(.post, "/users/me/interests", .user, .perMinute(30))
        case .removeInterest: return v1(.delete, "/users/me/interests/{tag}", .user, .perMinute(30))
        case .settings: return v1(.get, "/users/me/settings", .user, .perMinute(100))
        case .updateSettings: return v1(.patch, "/users/me/settings", .user, .perMinute(20))
        case .subscription: return v1(.get, "/users/me/subscription", .user, .perMinute(100))
        case .updateOwnSubscription: return v1(.post, "/users/me/subscription", .adminOrPayment, .perMinute(10))
        case .grantCaptain: return v1(.post, "/users/{user_id}/captain", .role(.admin), .perMinute(10))
        case .revokeCaptain: return v1(.delete, "/users/{user_id}/captain", .role(.admin), .perMinute(10))
        case .verification: return v1(.get, "/users/me/verification", .user, .perMinute(100))
        case .verify: return v1(.post, "/users/{user_id}/verify", .service(.participation), .perMinute(1000))
        case .noShow: return v1(.post, "/users/{user_id}/no-show", .service(.moderation), .perMinute(1000))
        case .activityCounters: return v1(.post, "/users/{user_id}/activity-counters", .service(.activities), .perMinute(1000))
        case .search: return v1(.get, "/users/search", .user, .perMinute(30))
        case .heartbeat: return v1(.post, "/users/me/heartbeat", .user, .perHour(12))
        case .photoQueue: return v1(.get, "/admin/users/photo-moderation", .role(.moderator), .perMinute(100))
        case .moderatePhoto: return v1(.post, "/admin/users/{user_id}/photo-moderation", .role(.moderator), .perMinute(100))
        case .ban: return v1(.post, "/admin/users/{user_id}/ban", .role(.admin), .perMinute(10))
        case .unban: return v1(.delete, "/admin/users/{user_id}/ban", .role(.admin), .perMinute(10))
        case .export: return v1(.get, "/users/me/export", .user, .perDay(2))
        case .profileViews: return v1(.get, "/users/me/profile-views", .user, .perMinute(30))
        case .updateSubscription: return v1(.post, "/users/{user_id}/subscription", .service(.payment), .perMinute(1000))
        case .unmatched: return at(.get, "")
        }
    }
}
