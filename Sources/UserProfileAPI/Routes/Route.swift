/// An HTTP method that some route knows; HEAD is served wherever GET is.
package enum Method: String, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// Every endpoint, in the contract's order; what each one is stands in RouteTable.swift.
package enum Route: Int, CaseIterable {
    case serviceInformation, health, healthLive, healthReady, metrics
    case ownProfile, publicProfile, updateProfile, updateUsername, deleteAccount
    case setMainPhoto, addPhoto, removePhoto
    case interests, setInterests, addInterest, removeInterest
    case settings, updateSettings
    case subscription, updateOwnSubscription, grantCaptain, revokeCaptain
    case verification, verify, noShow, activityCounters
    case search, heartbeat
    case photoQueue, moderatePhoto, ban, unban
    case export, profileViews, updateSubscription
    /// Stands for whatever matches no route, so that it is counted and logged too.
    case unmatched
}

/// A role of `users.roles`.
enum Role: String {
    case moderator, admin
}

/// A sibling service, known by its key.
package enum ServiceName: String, CaseIterable, Sendable {
    case participation, moderation, activities, payment

    /// The variable that lists its keys.
    package var variable: String { "\(rawValue.uppercased())_API_KEY" }
}

/// Who may call a route.
enum Access {
    case open
    case user
    /// A user with the role; an admin may do what a moderator may.
    case role(Role)
    /// A user who is an admin, or whose request carries the payment service's key.
    case adminOrPayment
    case service(ServiceName)
}
