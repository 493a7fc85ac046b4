/// What a request meant, beyond its status: the `event` of its log line and, for what the business counts, a metric.
enum RequestEvent: Int, CaseIterable {
    case request
    case profileViewed, profileUpdated, usernameChanged, accountDeleted, photoSubmitted, photoModerated, tierChanged, captainChanged
    case banned, unbanned
    case limitHit, premiumRefused, accessBlocked, badKey, badToken, wrongPassword, shed

    /// Of a request that succeeded.
    static func success(_ route: Route) -> RequestEvent {
        switch route {
        case .publicProfile: .profileViewed
        case .updateProfile: .profileUpdated
        case .updateUsername: .usernameChanged
        case .deleteAccount: .accountDeleted
        case .setMainPhoto, .addPhoto: .photoSubmitted
        case .moderatePhoto: .photoModerated
        case .updateOwnSubscription, .updateSubscription: .tierChanged
        case .grantCaptain, .revokeCaptain: .captainChanged
        case .ban: .banned
        case .unban: .unbanned
        default: .request
        }
    }

    /// Of a request that was refused.
    static func refusal(_ error: APIError, _ route: Route) -> RequestEvent {
        switch error.code {
        case .rateLimitExceeded: .limitHit
        case .premiumRequired: .premiumRefused
        case .serviceKeyMissing, .serviceKeyInvalid: .badKey
        case .tokenMissing, .tokenInvalid, .tokenExpired: .badToken
        case .passwordInvalid: .wrongPassword
        case .userBanned, .userTemporarilyBanned, .userDeleted, .insufficientPermissions: .accessBlocked
        case .notFound where route == .publicProfile: .accessBlocked
        default: error.isShed ? .shed : .request
        }
    }

    var name: StaticString {
        switch self {
        case .request: "request"
        case .profileViewed: "profile_viewed"
        case .profileUpdated: "profile_updated"
        case .usernameChanged: "username_changed"
        case .accountDeleted: "account_deleted"
        case .photoSubmitted: "photo_submitted"
        case .photoModerated: "photo_moderated"
        case .tierChanged: "tier_changed"
        case .captainChanged: "captain_changed"
        case .banned: "user_banned"
        case .unbanned: "user_unbanned"
        case .limitHit: "rate_limit_hit"
        case .premiumRefused: "premium_refused"
        case .accessBlocked: "access_blocked"
        case .badKey: "bad_service_key"
        case .badToken: "bad_token"
        case .wrongPassword: "wrong_password"
        case .shed: "request_shed"
        }
    }
}
