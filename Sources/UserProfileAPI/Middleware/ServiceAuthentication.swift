internal import Crypto
internal import FastCGI
internal import Wire

/// Which sibling service calls, by its API key. Keys are compared in constant time and never logged.
enum ServiceAuthentication {
    /// The caller of a route for services; `Authorization` is not looked at.
    static func authenticate(_ exchange: Exchange, for expected: ServiceName) throws(APIError) -> ServiceName {
        guard let service = try service(exchange) else {
            Authentication.count("service_key_missing", exchange)
            throw APIError(.serviceKeyMissing, "A service key is needed: X-Service-API-Key", cause: "service key: missing")
        }
        guard service == expected || exchange.configuration.anyServiceKeyOpensAll else {
            Authentication.count("service_key_scope", exchange)
            throw APIError(
                .insufficientPermissions, "This key may not call this endpoint", ["required_role": .string(expected.rawValue)],
                cause: "service key: of \(service.rawValue)")
        }
        return service
    }

    /// The service that a key in the request belongs to; nil without a key, an error for an unknown one.
    static func service(_ exchange: Exchange) throws(APIError) -> ServiceName? {
        let general = exchange.request[.serviceKey] ?? []
        let payment = exchange.request[.paymentKey] ?? []
        if general.isEmpty, payment.isEmpty { return nil }
        if !general.isEmpty, let service = owner(of: Array(general), exchange) { return service }
        if !payment.isEmpty, owner(of: Array(payment), exchange) == .payment { return .payment }
        Authentication.count("service_key_invalid", exchange)
        throw APIError(.serviceKeyInvalid, "The service key is not valid", cause: "service key: unknown")
    }

    /// Every key is compared, whichever matches, so that the time says nothing.
    private static func owner(of key: [UInt8], _ exchange: Exchange) -> ServiceName? {
        var found: ServiceName?
        for (service, keys) in exchange.configuration.serviceKeys {
            for candidate in keys where Digest.constantTimeEqual(candidate, key) { found = service }
        }
        return found
    }
}
