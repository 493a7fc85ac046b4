/// A verification key: the secret's UTF-8 bytes and the `kid` it may be named by.
public struct TokenKey: Sendable {
    public let secret: [UInt8]
    public let id: String?

    public init(secret: [UInt8], id: String? = nil) {
        self.secret = secret
        self.id = id
    }
}

/// Which tokens are accepted; a plain value, the same for all threads.
public struct TokenPolicy: Sendable {
    /// One or two keys, the present one first, so that a secret can be rotated without logging anybody out.
    public var keys: [TokenKey]
    public var issuer: String?
    public var audience: String?
    /// Seconds that clocks may differ, 0 to 60.
    public var leeway: Int

    public init(keys: [TokenKey], issuer: String? = nil, audience: String? = nil, leeway: Int = 0) {
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
        self.leeway = leeway
    }
}
