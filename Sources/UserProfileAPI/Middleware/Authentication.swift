internal import FastCGI
internal import JWT
internal import Metrics
internal import Wire

/// Who asks: the bearer token of the request (RFC 6750 section 2.1), verified. The account's state is the database's to decide.
enum Authentication {
    static func authenticate(_ exchange: Exchange) throws(APIError) -> Claims {
        if exchange.request.isRepeated(Parameter.authorization.rawValue) { throw repeated }
        guard let header = exchange.request[.authorization], !header.isEmpty else { throw missing(exchange) }
        // nginx joins repeated headers with a comma, which no token contains.
        if header.contains(ASCII.comma) { throw repeated }
        guard let token = bearerToken(header) else {
            throw refused(exchange, "malformed", .tokenInvalid, "The Authorization header must be: Bearer <token>")
        }
        guard !token.isEmpty else { throw missing(exchange) }
        do throws(TokenError) {
            return try exchange.verify(token)
        } catch {
            guard case .expired(let instant) = error else { throw refused(exchange, error.label, .tokenInvalid, "The token is not valid") }
            var text: [UInt8] = []
            Timestamp(seconds: instant).write(to: &text)
            throw refused(
                exchange, error.label, .tokenExpired, "The token has expired",
                ["expired_at": .string(String(decoding: text, as: UTF8.self))])
        }
    }

    private static let scheme = Array("bearer".utf8)

    /// What follows the scheme; nil when the scheme is another.
    private static func bearerToken(_ header: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard header.count >= scheme.count, zip(header, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return nil }
        let rest = header.dropFirst(scheme.count)
        guard rest.isEmpty || rest.first == ASCII.space else { return nil }
        return rest.drop { $0 == ASCII.space }
    }

    private static let repeated = APIError(.badRequest, "The Authorization header is given more than once")

    private static func missing(_ exchange: Exchange) -> APIError {
        refused(exchange, "missing", .tokenMissing, "An access token is needed: Authorization: Bearer <token>")
    }

    private static func refused(_ exchange: Exchange, _ reason: String, _ code: ErrorCode, _ message: String, _ details: JSONObject = [:])
        -> APIError
    {
        count(reason, exchange)
        return APIError(code, message, details, cause: "token: \(reason)")
    }

    /// The token's id is on auth-api's blacklist.
    static func revoked(_ exchange: Exchange) -> APIError { refused(exchange, "revoked", .tokenInvalid, "The token is no longer valid") }

    /// Counts a refusal that came from the database's side too.
    static func count(_ reason: String, _ exchange: Exchange) {
        guard let series = APIMetrics.authenticationReasons.firstIndex(of: reason) else { return }
        exchange.writer.increment(exchange.service.metrics.authenticationFailures, series: series)
    }
}
