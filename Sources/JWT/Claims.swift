public import Wire

/// What an accepted access token says that the service makes use of. Roles, tier and ghost mode are not here on purpose:
/// the database decides those (contract, section 1).
public struct Claims: Sendable, Equatable {
    /// `sub`: the user.
    public let subject: UserID
    /// `exp`, seconds since 1970.
    public let expiresAt: Int
    /// `iat`, seconds since 1970, when the token carries one.
    public let issuedAt: Int?
    /// `jti`, when the token carries one.
    public let tokenID: String?

    public init(subject: UserID, expiresAt: Int, issuedAt: Int? = nil, tokenID: String? = nil) {
        self.subject = subject
        self.expiresAt = expiresAt
        self.issuedAt = issuedAt
        self.tokenID = tokenID
    }
}

/// Why a token is refused. Fixed labels: they count in the metrics and are logged, the token never is.
public enum TokenError: Error, Equatable {
    /// Not three base64url parts, too long, or its JSON is not an object of the expected types.
    case malformed
    /// `alg` other than HS256, `crit`, or a nested or encrypted token.
    case algorithm
    case signature
    /// `type` is not `access`.
    case type
    /// `iss` or `aud` is not ours.
    case audience
    /// `nbf` or `iat` lies in the future.
    case notYetValid
    /// `exp` has passed; the instant it did, in seconds since 1970.
    case expired(at: Int)

    public var label: String {
        switch self {
        case .malformed: "malformed"
        case .algorithm: "algorithm"
        case .signature: "signature"
        case .type: "type"
        case .audience: "audience"
        case .notYetValid: "not_yet_valid"
        case .expired: "expired"
        }
    }
}
