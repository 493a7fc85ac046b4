internal import Crypto
internal import HTTPClient
internal import JWT
internal import Metrics
internal import PostgreSQL
internal import Wire

/// Who verifies a password before an account is deleted.
enum PasswordVerifier: Sendable {
    /// The PHC string in `users.password_hash`, here.
    case database
    /// auth-api, asked with `{user_id, password}`.
    case authAPI(url: HTTPURL, path: String, token: Secret)
}

/// The password of a deletion. Wrong passwords change nothing and are not told from accounts without one.
enum PasswordCheck {
    /// - Returns: the hash that was verified, which must still be the account's when it is deleted; nil when auth-api verified.
    static func verify(_ password: String, _ exchange: Exchange) throws(APIError) -> String? {
        // An entry is taken before the check, so that guesses at the same time cannot pass together, and given back unless it was wrong.
        try exchange.take(.wrongPassword)
        let verified: String?
        do throws(APIError) {
            verified = try check(password, exchange)
        } catch {
            if error.code != .passwordInvalid { exchange.refund(.wrongPassword) }
            throw error
        }
        exchange.refund(.wrongPassword)
        return verified
    }

    private static func check(_ password: String, _ exchange: Exchange) throws(APIError) -> String? {
        switch exchange.configuration.passwordVerifier {
        case .database:
            let rows = try exchange.callAsUser(.getPasswordHash, .repeatable)
            guard let encoded = rows.text(0, 0), let hash = PasswordHash(encoded) else { throw wrong(exchange) }
            exchange.status.stage(.password)
            let verdict = exchange.service.checkSlots.run(deadline: exchange.start + 3_000_000_000) { hash.verify(password) }
            guard let isRight = verdict ?? nil else {
                throw APIError.unavailable(
                    "The password cannot be verified at the moment", cause: verdict == nil ? "no free slot" : "argon2")
            }
            guard isRight else { throw wrong(exchange) }
            return encoded
        case .authAPI(let url, let path, let token):
            _ = try exchange.callAsUser(.authorize, .repeatable)
            guard try ask(url, path, token, password, exchange) else { throw wrong(exchange) }
            return nil
        }
    }

    private static func wrong(_ exchange: Exchange) -> APIError {
        Authentication.count("password", exchange)
        return APIError(.passwordInvalid, "The password is not right", cause: "password")
    }

    private static func ask(_ url: HTTPURL, _ path: String, _ token: Secret, _ password: String, _ exchange: Exchange) throws(APIError)
        -> Bool
    {
        guard let caller = exchange.caller else { preconditionFailure("an authenticated route") }
        var body: [UInt8] = []
        body.append(json: ["user_id": .string(caller.subject.description), "password": .string(password)])
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try HTTPClient.post(
                url, path: path,
                headers: [("Content-Type", "application/json"), ("X-Service-Token", token.reveal), ("X-Trace-ID", exchange.traceID)],
                body: body, deadline: min(exchange.deadline, Clock.monotonic() + 3_000_000_000))
        } catch {
            throw APIError.unavailable("The password cannot be verified at the moment", cause: "auth-api: \(error)")
        }
        guard response.status == 200, case .object(let answer)? = try? JSONParser.parse(response.body.span),
            case .bool(let isValid)? = answer["valid"]
        else { throw APIError.unavailable("The password cannot be verified at the moment", cause: "auth-api: status \(response.status)") }
        return isValid
    }
}
