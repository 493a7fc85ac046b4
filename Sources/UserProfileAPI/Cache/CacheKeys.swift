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
struct CacheKeys {
    /// Held by whoever reads the change feed, for less than a second at a time.
    static let lease: StaticString = "change_feed:lease"

    func body(_ cache: CachedBody, _ user: UserID) -> [UInt8] { key(cache.keyPrefix, user) }
    func authorization(_ user: UserID) -> [UInt8] { key("authz", user) }
    func mark(_ user: UserID) -> [UInt8] { key("user_mark", user) }
    func filling(_ cache: CachedBody, _ user: UserID) -> [UInt8] {
        key("filling", user) + [ASCII.colon, UInt8(ascii: "0") + UInt8(cache.rawValue)]
    }

    private func key(_ prefix: StaticString, _ user: UserID) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(56)
        key.append(prefix)
        key.append(ASCII.colon)
        user.write(to: &key)
        return key
    }
}
