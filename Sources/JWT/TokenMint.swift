internal import Crypto
public import Wire

/// Makes tokens for development and tests; in production only auth-api does.
public enum TokenMint {
    /// A signed HS256 access token.
    public static func mint(subject: UserID, issuedAt: Int, lifetime: Int, key: TokenKey, roles: [String] = []) -> String {
        var header: JSONObject = ["alg": "HS256", "typ": "JWT"]
        if let id = key.id { header.append("kid", .string(id)) }
        var payload: JSONObject = ["sub": .string(subject.description), "type": "access"]
        payload.append("iat", .integer(issuedAt))
        payload.append("exp", .integer(issuedAt + lifetime))
        if !roles.isEmpty { payload.append("role", .array(roles.map(JSONValue.string))) }
        var token: [UInt8] = []
        encode(.object(header), into: &token)
        token.append(ASCII.dot)
        encode(.object(payload), into: &token)
        let signature = MAC(key: key.secret).authenticate(token.span)
        token.append(ASCII.dot)
        Base64URL.encode(signature.span, into: &token)
        return String(decoding: token, as: UTF8.self)
    }

    private static func encode(_ value: JSONValue, into token: inout [UInt8]) {
        var text: [UInt8] = []
        text.append(json: value)
        Base64URL.encode(text.span, into: &token)
    }
}
