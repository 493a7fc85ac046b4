internal import FastCGI
internal import Wire

/// From a request to its handler, in the order of checks that clients can see: route and method, size, token, then the handler.
enum Dispatch {
    static func answer(_ exchange: Exchange) throws(APIError) -> Answer {
        try route(exchange)
        switch exchange.request.completeness {
        case .complete: break
        case .bodyTooLarge: throw APIError(.payloadTooLarge, "The body is larger than 64 KiB", ["max_bytes": .integer(RequestBody.limit)])
        case .parameterTooLarge: throw APIError(.badRequest, "The request's headers are too large")
        case .bodyTruncated: throw APIError(.badRequest, "The body ended early")
        }
        switch exchange.route {
        case .serviceInformation: return ServiceHandlers.information(exchange)
        case .health, .healthReady: return ServiceHandlers.health(exchange)
        case .healthLive: return ServiceHandlers.live(exchange)
        case .metrics: return try ServiceHandlers.metrics(exchange)
        case .unmatched: throw notFound
        default: return try answerUser(exchange)
        }
    }

    private static let notFound = APIError(.notFound, "There is nothing at this path")

    private static func route(_ exchange: Exchange) throws(APIError) {
        guard let method = exchange.request[.method], let uri = exchange.request[.uri] else {
            throw APIError(.badRequest, "Not an HTTP request")
        }
        let path = uri.prefix { $0 != UInt8(ascii: "?") }
        switch exchange.service.router.find(method: method, path: path) {
        case .route(let route, let parameter):
            exchange.route = route
            exchange.parameter = parameter
        case .methodNotAllowed(let allow):
            var error = APIError(.methodNotAllowed, "This path does not know the method", ["allow": .string(allow)])
            error.allow = allow
            throw error
        case .notFound: throw notFound
        }
    }

    private static func answerUser(_ exchange: Exchange) throws(APIError) -> Answer {
        exchange.caller = try Authentication.authenticate(exchange)
        do throws(APIError) {
            return try handle(exchange)
        } catch {
            throw try accountFirst(exchange, error)
        }
    }

    /// The account's state comes before what is wrong with the body: a refusal that never reached the database asks it first.
    private static func accountFirst(_ exchange: Exchange, _ error: APIError) throws(APIError) -> APIError {
        if let reason = reason(error.code) {
            Authentication.count(reason, exchange)
            return error
        }
        guard error.cause == nil, error.code.status < 500 else { return error }
        _ = try exchange.callAsUser(.authorize, .read)
        return error
    }

    private static func reason(_ code: ErrorCode) -> String? {
        switch code {
        case .tokenInvalid: "revoked"
        case .userBanned, .userTemporarilyBanned, .userDeleted: "state"
        default: nil
        }
    }

    private static func handle(_ exchange: Exchange) throws(APIError) -> Answer {
        switch exchange.route {
        case .ownProfile: return try ProfileHandlers.own(exchange)
        case .publicProfile: return try ProfileHandlers.public(exchange)
        case .updateProfile: return try ProfileHandlers.update(exchange)
        case .interests: return try InterestHandlers.list(exchange)
        case .setInterests: return try InterestHandlers.replace(exchange)
        case .addInterest: return try InterestHandlers.add(exchange)
        case .removeInterest: return try InterestHandlers.remove(exchange)
        case .serviceInformation, .health, .healthLive, .healthReady, .metrics, .unmatched: throw notFound
        }
    }
}
