internal import Crypto
internal import Wire

/// Verifies HS256 access tokens (RFC 7519, RFC 7515, RFC 8725). Holds the keyed HMAC contexts, so it belongs to one thread.
public struct TokenVerifier: ~Copyable {
    /// Longer than any token that auth-api issues; nginx refuses larger headers anyway.
    public static let maximumLength = 4096

    private let policy: TokenPolicy
    private let present: MAC
    private let previous: MAC?
    /// The last header accepted, still encoded, and the key it names: issuers send the same one every time.
    private var knownHeader: [UInt8] = []
    private var knownHeaderKeyID: String?
    private var decoded: [UInt8] = []

    public init(policy: TokenPolicy) {
        precondition((1...2).contains(policy.keys.count), "one or two keys")
        self.policy = policy
        present = MAC(key: policy.keys[0].secret)
        previous = policy.keys.count > 1 ? MAC(key: policy.keys[1].secret) : nil
        decoded.reserveCapacity(Self.maximumLength)
    }

    /// - Parameters:
    ///   - token: the compact serialisation, without the scheme.
    ///   - now: seconds since 1970.
    public mutating func verify(_ token: Span<UInt8>, now: Int) throws(TokenError) -> Claims {
        guard token.count <= Self.maximumLength, let (first, second) = Self.dots(token) else { throw .malformed }
        let keyID = try keyID(ofHeader: token.extracting(0..<first))
        decoded.removeAll(keepingCapacity: true)
        guard Base64URL.decode(token.extracting((second + 1)...), into: &decoded) else { throw .malformed }
        guard signatureMatches(token.extracting(0..<second), keyID: keyID) else { throw .signature }
        decoded.removeAll(keepingCapacity: true)
        guard Base64URL.decode(token.extracting((first + 1)..<second), into: &decoded),
            let payload = try? JSONParser.parse(decoded.span), case .object(let claims) = payload
        else { throw .malformed }
        return try check(claims, now: now)
    }

    /// Where the two dots of a compact serialisation are; nil when there are not exactly two or a part is empty.
    private static func dots(_ token: Span<UInt8>) -> (Int, Int)? {
        var first = -1
        var second = -1
        for index in token.indices where token[index] == ASCII.dot {
            if first < 0 {
                first = index
            } else if second < 0 {
                second = index
            } else {
                return nil
            }
        }
        guard first > 0, second > first + 1, second + 1 < token.count else { return nil }
        return (first, second)
    }

    private mutating func keyID(ofHeader encoded: Span<UInt8>) throws(TokenError) -> String? {
        if encoded.count == knownHeader.count, knownHeader.span.isIdenticalInContent(to: encoded) { return knownHeaderKeyID }
        decoded.removeAll(keepingCapacity: true)
        guard Base64URL.decode(encoded, into: &decoded), let value = try? JSONParser.parse(decoded.span), case .object(let header) = value
        else { throw .malformed }
        guard header["alg"] == "HS256", header["crit"] == nil, header["enc"] == nil, header["zip"] == nil, header["b64"] == nil
        else { throw .algorithm }
        if let type = header["typ"] {
            guard let text = type.string?.lowercased(), text == "jwt" || text == "at+jwt" else { throw .algorithm }
        }
        // `cty: JWT` announces a token inside the token.
        guard header["cty"] == nil else { throw .algorithm }
        var keyID: String?
        if let named = header["kid"] {
            guard let text = named.string else { throw .malformed }
            keyID = text
        }
        knownHeader = []
        for index in encoded.indices { knownHeader.append(encoded[index]) }
        knownHeaderKeyID = keyID
        return keyID
    }

    /// A `kid` that one of our keys has chooses that key; otherwise each active key is tried.
    private borrowing func signatureMatches(_ message: Span<UInt8>, keyID: String?) -> Bool {
        let named = keyID.flatMap { id in policy.keys.firstIndex { $0.id == id } }
        if named != 1, present.verify(message, tag: decoded.span) { return true }
        guard named != 0 else { return false }
        switch previous {
        case .some(let mac): return mac.verify(message, tag: decoded.span)
        case .none: return false
        }
    }

    private func check(_ claims: JSONObject, now: Int) throws(TokenError) -> Claims {
        guard let subjectText = claims["sub"]?.string, let subject = UserID(subjectText), let type = claims["type"]?.string,
            let expiresAt = claims["exp"]?.integer, Timestamp.years.contains(expiresAt)
        else { throw .malformed }
        guard type == "access" else { throw .type }
        let issuedAt = try seconds(claims["iat"])
        let notBefore = try seconds(claims["nbf"])
        try checkIssuerAndAudience(claims)
        for instant in [issuedAt, notBefore] {
            if let instant, instant > now + policy.leeway { throw .notYetValid }
        }
        guard expiresAt > now - policy.leeway else { throw .expired(at: expiresAt) }
        var tokenID: String?
        if let value = claims["jti"] {
            guard let text = value.string, text.utf8.count <= 255 else { throw .malformed }
            tokenID = text
        }
        return Claims(subject: subject, expiresAt: expiresAt, issuedAt: issuedAt, tokenID: tokenID)
    }

    private func seconds(_ value: JSONValue?) throws(TokenError) -> Int? {
        guard let value else { return nil }
        guard let seconds = value.integer, Timestamp.years.contains(seconds) else { throw .malformed }
        return seconds
    }

    private func checkIssuerAndAudience(_ claims: JSONObject) throws(TokenError) {
        if let issuer = policy.issuer {
            guard claims["iss"]?.string == issuer else { throw .audience }
        }
        switch (policy.audience, claims["aud"]) {
        case (nil, nil): return
        case (let expected?, .string(let given)?) where expected == given: return
        case (let expected?, .array(let given)?) where given.contains(.string(expected)): return
        default: throw .audience
        }
    }
}

extension Span<UInt8> {
    fileprivate func isIdenticalInContent(to other: Span<UInt8>) -> Bool {
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
