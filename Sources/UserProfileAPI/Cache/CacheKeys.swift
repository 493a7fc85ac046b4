internal import Redis
internal import Wire

/// The cached bodies of a user, by their key prefix in Redis.
enum CachedBody: Int, CaseIterable {
    case profile
    case settings
    case interests

    var keyPrefix: StaticString {
        switch self {
        case .profile: "user_profile"
        case .settings: "user_settings"
        case .interests: "user_interests"
        }
    }
}

/// The names of a user's keys in the cache database.
enum CacheKeys {
    /// Held by whoever reads the change feed, for less than a second at a time.
    static let lease: StaticString = "change_feed:lease"

    static func body(_ cache: CachedBody, _ user: UserID, _ pipeline: inout Pipeline) { argument(cache.keyPrefix, user, &pipeline) }
    static func authorization(_ user: UserID, _ pipeline: inout Pipeline) { argument("authz", user, &pipeline) }
    static func mark(_ user: UserID, _ pipeline: inout Pipeline) { argument("user_mark", user, &pipeline) }
    static func writes(_ user: UserID, _ pipeline: inout Pipeline) { argument("user_writes", user, &pipeline) }

    /// Held by the one reader that fills a body, see `CachedRead`.
    static func filling(_ cache: CachedBody, _ user: UserID, _ pipeline: inout Pipeline) {
        switch cache {
        case .profile: argument("filling:profile", user, &pipeline)
        case .settings: argument("filling:settings", user, &pipeline)
        case .interests: argument("filling:interests", user, &pipeline)
        }
    }

    /// Appends `prefix:{id}` as an argument, without a key made in between.
    private static func argument(_ prefix: StaticString, _ user: UserID, _ pipeline: inout Pipeline) {
        pipeline.argument(count: prefix.utf8CodeUnitCount + 37) { bytes in
            bytes.append(prefix)
            bytes.append(ASCII.colon)
            user.write(to: &bytes)
        }
    }
}
