import Crypto
import JWT
import Testing
import Wire

private let now = 1_800_000_000
private let user = "0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0f"
private let key = TokenKey(secret: Array("a-test-secret-that-is-long-enough-for-hs256".utf8))
private let policy = TokenPolicy(keys: [key])
private let plainHeader = #"{"alg":"HS256","typ":"JWT"}"#

private func encoded(_ text: String) -> String {
    var output: [UInt8] = []
    Base64URL.encode(Array(text.utf8).span, into: &output)
    return String(decoding: output, as: UTF8.self)
}

private func token(header: String = plainHeader, payload: String, secret: [UInt8] = key.secret) -> String {
    let signed = encoded(header) + "." + encoded(payload)
    var signature: [UInt8] = []
    Base64URL.encode(MAC(key: secret).authenticate(Array(signed.utf8).span).span, into: &signature)
    return signed + "." + String(decoding: signature, as: UTF8.self)
}

private func claims(_ more: String = "", sub: String = user, type: String = "access", exp: String = "\(now + 60)") -> String {
    #"{"sub":"\#(sub)","type":"\#(type)","exp":\#(exp)\#(more.isEmpty ? "" : ",")\#(more)}"#
}

private func outcome(_ token: String, _ policy: TokenPolicy = policy, at instant: Int = now) -> Result<Claims, TokenError> {
    var verifier = TokenVerifier(policy: policy)
    do throws(TokenError) {
        return .success(try verifier.verify(Array(token.utf8).span, now: instant))
    } catch {
        return .failure(error)
    }
}

private func accepted(_ token: String, _ policy: TokenPolicy = policy) -> Claims? { try? outcome(token, policy).get() }

@Suite struct AcceptedTokens {
    @Test func carryOnlySubTypeAndExp() {
        #expect(accepted(token(payload: claims())) == UserID(user).map { Claims(subject: $0, expiresAt: now + 60) })
    }

    @Test func mayCarryMore() {
        let claims = accepted(token(payload: claims(#""iat":1799999990,"jti":"abc","org_id":"x","role":["admin"],"ghost_mode":true"#)))
        #expect(claims?.issuedAt == 1_799_999_990)
        #expect(claims?.tokenID == "abc")
    }

    @Test func areThoseWeMint() throws {
        let id = try #require(UserID(user))
        #expect(accepted(TokenMint.mint(subject: id, issuedAt: now, lifetime: 60, key: key))?.expiresAt == now + 60)
    }

    @Test(arguments: [plainHeader, #"{"alg":"HS256"}"#, #"{"typ":"at+jwt","alg":"HS256"}"#, #"{"alg":"HS256","kid":"unknown"}"#])
    func mayHaveAnyHarmlessHeader(_ header: String) {
        #expect(accepted(token(header: header, payload: claims())) != nil)
    }

    @Test func staySoWhenTheSameVerifierSawABadOneBefore() {
        var verifier = TokenVerifier(policy: policy)
        let good = Array(token(payload: claims()).utf8)
        let none = Array(token(header: #"{"alg":"none"}"#, payload: claims()).utf8)
        #expect((try? verifier.verify(good.span, now: now)) != nil)
        #expect((try? verifier.verify(none.span, now: now)) == nil)
        #expect((try? verifier.verify(good.span, now: now)) != nil)
    }

    @Test func previousKeyStillCounts() {
        let old = TokenKey(secret: Array("the-secret-before-the-last-rotation-of-keys".utf8), id: "old")
        let rotating = TokenPolicy(keys: [TokenKey(secret: key.secret, id: "new"), old])
        #expect(accepted(token(payload: claims(), secret: old.secret), rotating) != nil)
        #expect(accepted(token(header: #"{"alg":"HS256","kid":"old"}"#, payload: claims(), secret: old.secret), rotating) != nil)
        #expect(accepted(token(header: #"{"alg":"HS256","kid":"new"}"#, payload: claims(), secret: old.secret), rotating) == nil)
        #expect(accepted(token(payload: claims(), secret: old.secret)) == nil)
    }

    @Test func secretIsUsedAsItIsWritten() {
        let hexadecimal = TokenKey(secret: Array("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff".utf8))
        #expect(accepted(token(payload: claims(), secret: hexadecimal.secret), TokenPolicy(keys: [hexadecimal])) != nil)
    }
}

@Suite struct RefusedTokens {
    @Test(arguments: [
        #"{"alg":"none"}"#, #"{"alg":"None","typ":"JWT"}"#, #"{"alg":"RS256","typ":"JWT"}"#, #"{"alg":"HS512"}"#, #"{"alg":"hs256"}"#,
        #"{"typ":"JWT"}"#,
        #"{"alg":["HS256"]}"#, #"{"alg":"HS256","crit":["exp"]}"#, #"{"alg":"HS256","enc":"A256GCM"}"#, #"{"alg":"HS256","cty":"JWT"}"#,
        #"{"alg":"HS256","b64":false}"#, #"{"alg":"HS256","zip":"DEF"}"#, #"{"alg":"HS256","typ":"JWE"}"#, #"{"alg":"HS256","typ":7}"#,
    ])
    func nameAnotherAlgorithmOrForm(_ header: String) {
        #expect(outcome(token(header: header, payload: claims())) == .failure(.algorithm))
    }

    @Test(arguments: [
        #"{"alg":"HS256","alg":"none"}"#, #"{"alg":"none","alg":"HS256"}"#, "[]", "null", "HS256", "{", #"{"alg":"HS256","kid":1}"#,
    ])
    func haveAMalformedHeader(_ header: String) {
        #expect(outcome(token(header: header, payload: claims())) == .failure(.malformed))
    }

    @Test func haveTheirSignatureStripped() {
        let parts = token(payload: claims()).split(separator: ".")
        #expect(outcome("\(parts[0]).\(parts[1]).") == .failure(.malformed))
        #expect(outcome("\(parts[0]).\(parts[1])") == .failure(.malformed))
        let none = encoded(#"{"alg":"none"}"#)
        #expect(outcome("\(none).\(parts[1]).") == .failure(.malformed))
        #expect(outcome("\(none).\(parts[1]).\(parts[2])") == .failure(.algorithm))
    }

    @Test func haveAnyBitOfTheSignatureChanged() {
        let good = token(payload: claims())
        let parts = good.split(separator: ".")
        var signature: [UInt8] = []
        #expect(Base64URL.decode(Array(parts[2].utf8).span, into: &signature))
        for index in signature.indices {
            var tampered = signature
            tampered[index] ^= 1
            var text: [UInt8] = []
            Base64URL.encode(tampered.span, into: &text)
            #expect(outcome("\(parts[0]).\(parts[1]).\(String(decoding: text, as: UTF8.self))") == .failure(.signature))
        }
        var short: [UInt8] = []
        Base64URL.encode(Array(signature.dropLast()).span, into: &short)
        #expect(outcome("\(parts[0]).\(parts[1]).\(String(decoding: short, as: UTF8.self))") == .failure(.signature))
    }

    @Test func haveTheirPayloadSwapped() {
        let parts = token(payload: claims()).split(separator: ".")
        let other = encoded(claims(sub: "0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e10"))
        #expect(outcome("\(parts[0]).\(other).\(parts[2])") == .failure(.signature))
    }

    @Test(arguments: ["refresh", "verification", "reset", "2fa_pre_auth", "Access", ""])
    func haveAnotherType(_ type: String) {
        #expect(outcome(token(payload: claims(type: type))) == .failure(.type))
    }

    @Test func haveExpired() {
        #expect(outcome(token(payload: claims(exp: "\(now)"))) == .failure(.expired(at: now)))
        #expect(outcome(token(payload: claims(exp: "\(now - 3600)"))) == .failure(.expired(at: now - 3600)))
        #expect(outcome(token(payload: claims(exp: "-1"))) == .failure(.expired(at: -1)))
        #expect(accepted(token(payload: claims(exp: "\(now + 1)"))) != nil)
    }

    @Test func leewayForgivesJustThatMuch() {
        let lenient = TokenPolicy(keys: [key], leeway: 60)
        #expect(accepted(token(payload: claims(exp: "\(now - 59)")), lenient) != nil)
        #expect(accepted(token(payload: claims(exp: "\(now - 60)")), lenient) == nil)
        #expect(accepted(token(payload: claims(#""nbf":\#(now + 60)"#, exp: "\(now + 90)")), lenient) != nil)
    }

    @Test(arguments: ["nbf", "iat"]) func comeFromTheFuture(_ claim: String) {
        #expect(outcome(token(payload: claims(#""\#(claim)":\#(now + 1)"#))) == .failure(.notYetValid))
        #expect(accepted(token(payload: claims(#""\#(claim)":\#(now)"#))) != nil)
    }

    @Test(arguments: [
        #"{"type":"access","exp":1900000000}"#, #"{"sub":"\#(user)","exp":1900000000}"#, #"{"sub":"\#(user)","type":"access"}"#,
        claims(exp: "1.9e9"), claims(exp: "1900000000.5"), claims(exp: #""1900000000""#), claims(exp: "null"),
        claims(exp: "99999999999999999999"),
        claims(sub: "42"), claims(sub: "not-a-uuid-not-a-uuid-not-a-uuid-xxx"), claims(sub: ""),
        #"{"sub":7,"type":"access","exp":1900000000}"#,
        claims(#""iat":"now""#), claims(#""nbf":true"#), claims(#""jti":7"#),
        #"{"sub":"\#(user)","sub":"\#(user)","type":"access","exp":1900000000}"#, "[]", "7", "null", "", "{", #""\#(user)""#,
    ])
    func haveAMalformedPayload(_ payload: String) {
        let result = outcome(token(payload: payload))
        #expect(result == .failure(.malformed))
    }

    @Test(arguments: ["", ".", "..", "...", "a.b.c", "a", String(repeating: ".", count: 300), "Bearer x.y.z", "é.é.é", "====.====.===="])
    func areNoTokens(_ text: String) {
        #expect(outcome(text) == .failure(.malformed))
    }

    @Test func areHuge() {
        let long = token(payload: claims(#""x":"\#(String(repeating: "a", count: 5000))""#))
        #expect(outcome(long) == .failure(.malformed))
    }

    @Test func haveBadBase64() {
        let good = token(payload: claims())
        #expect(outcome(good + "=") == .failure(.malformed))
        #expect(outcome(good + "\n") == .failure(.malformed))
        #expect(outcome(good.replacing(".", with: "+.", maxReplacements: 1)) == .failure(.malformed))
        #expect(outcome(" " + good) == .failure(.malformed))
    }

    @Test func areMeantForOthers() {
        #expect(outcome(token(payload: claims(#""aud":"someone""#))) == .failure(.audience))
        #expect(outcome(token(payload: claims(#""aud":["someone"]"#))) == .failure(.audience))
        let ours = TokenPolicy(keys: [key], issuer: "auth-api", audience: "profiles")
        #expect(outcome(token(payload: claims()), ours) == .failure(.audience))
        #expect(outcome(token(payload: claims(#""iss":"auth-api""#)), ours) == .failure(.audience))
        #expect(outcome(token(payload: claims(#""iss":"other","aud":"profiles""#)), ours) == .failure(.audience))
        #expect(accepted(token(payload: claims(#""iss":"auth-api","aud":"profiles""#)), ours) != nil)
        #expect(accepted(token(payload: claims(#""iss":"auth-api","aud":["x","profiles"]"#)), ours) != nil)
    }
}
