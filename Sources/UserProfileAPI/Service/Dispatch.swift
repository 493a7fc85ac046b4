internal import FastCGI
internal import JWT
internal import Wire

/// From a request to its handler, in the order of checks that clients can see: route and method, size, token or key, then the handler.
enum Dispatch {
    static func answer(_ exchange: Exchange) throws(APIError) -> Answer {
        try route(exchange)
        try shed(exchange)
        switch exchange.request.completeness {
        case .complete: break
        case .bodyTooLarge: throw APIError(.payloadTooLarge, "The body is larger than 64 KiB", ["max_bytes": .integer(RequestBody.limit)])
        case .parameterTooLarge: throw APIError(.badRequest, "The request's headers are too large")
        case .bodyTruncated: throw APIError(.badRequest, "The body ended early")
        }
        switch exchange.route.definition.access {
        case .open: return try handle(exchange)
        case .service(let service):
            let caller = try ServiceAuthentication.authenticate(exchange, for: service)
            exchange.callingService = caller
            try Gate.admit(exchange, caller)
            return try handle(exchange)
        case .user: return try answerUser(exchange, needs: nil)
        case .role(let role): return try answerUser(exchange, needs: role)
        case .adminOrPayment:
            // The token comes first: a key alone opens nothing here.
            exchange.caller = try Authentication.authenticate(exchange)
            guard try ServiceAuthentication.service(exchange) != nil else { return try answerUser(exchange, needs: .admin) }
            var refusal: APIError?
            do throws(APIError) {
                exchange.callingService = try ServiceAuthentication.authenticate(exchange, for: .payment)
            } catch {
                refusal = error
            }
            return try answerUser(exchange, needs: nil, refusal)
        }
    }

    /// What nobody waits for any more costs no query: under more load than there is time for, the answers that are given stay quick.
    /// Who came while no worker was there yet, at a start or restart, waited for the start and is served.
    private static func shed(_ exchange: Exchange) throws(APIError) {
        let longest = Int64(exchange.configuration.longestQueueWait) * 1_000_000
        guard exchange.waitForThread > longest, exchange.route.definition.limit != nil else { return }
        var error = APIError.unavailable(
            "Too many requests at the moment", cause: "waited too long before a worker was free", retryAfter: 1)
        error.isShed = true
        throw error
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
            exchange.nameStatus()
        case .methodNotAllowed(let allow):
            var error = APIError(.methodNotAllowed, "This path does not know the method", ["allow": .string(allow)])
            error.allow = allow
            throw error
        case .notFound: throw notFound
        }
    }

    /// - Parameter refusal: of the key beside the token, which counts once the account is in order.
    private static func answerUser(_ exchange: Exchange, needs role: Role?, _ refusal: APIError? = nil) throws(APIError) -> Answer {
        let caller: Claims
        if let known = exchange.caller {
            caller = known
        } else {
            caller = try Authentication.authenticate(exchange)
            exchange.caller = caller
        }
        try Gate.admit(exchange, caller)
        if let refusal { throw try Gate.afterAccount(exchange, refusal) }
        try Gate.require(role, exchange)
        do throws(APIError) {
            return revalidated(try handle(exchange), exchange)
        } catch {
            throw try Gate.accountFirst(exchange, error, needs: role)
        }
    }

    /// 304 when the client already holds the representation.
    private static func revalidated(_ answer: Answer, _ exchange: Exchange) -> Answer {
        guard answer.caching == .revalidate, let tag = answer.tag, let header = exchange.request[.ifNoneMatch],
            EntityTagCondition(header)?.holds(tag) == true
        else { return answer }
        var unchanged = answer
        unchanged.status = 304
        return unchanged
    }

    private static func handle(_ exchange: Exchange) throws(APIError) -> Answer {
        switch exchange.route {
        case .serviceInformation: ServiceHandlers.information(exchange)
        case .health: ServiceHandlers.health(exchange)
        case .healthReady: ServiceHandlers.ready(exchange)
        case .healthLive: ServiceHandlers.live(exchange)
        case .metrics: try ServiceHandlers.metrics(exchange)
        case .ownProfile: try ProfileHandlers.own(exchange)
        case .publicProfile: try ProfileHandlers.public(exchange)
        case .updateProfile: try ProfileHandlers.update(exchange)
        case .updateUsername: try AccountHandlers.rename(exchange)
        case .deleteAccount: try AccountHandlers.delete(exchange)
        case .setMainPhoto: try PhotoHandlers.setMain(exchange)
        case .addPhoto: try PhotoHandlers.add(exchange)
        case .removePhoto: try PhotoHandlers.remove(exchange)
        case .interests: try InterestHandlers.list(exchange)
        case .setInterests: try InterestHandlers.replace(exchange)
        case .addInterest: try InterestHandlers.add(exchange)
        case .removeInterest: try InterestHandlers.remove(exchange)
        case .settings: try SettingsHandlers.show(exchange)
        case .updateSettings: try SettingsHandlers.update(exchange)
        case .subscription: try SubscriptionHandlers.show(exchange)
        case .updateOwnSubscription: try SubscriptionHandlers.updateOwn(exchange)
        case .grantCaptain: try SubscriptionHandlers.grantCaptain(exchange)
        case .revokeCaptain: try SubscriptionHandlers.revokeCaptain(exchange)
        case .verification: try TrustHandlers.show(exchange)
        case .verify: try TrustHandlers.verify(exchange)
        case .noShow: try TrustHandlers.noShow(exchange)
        case .activityCounters: try TrustHandlers.activityCounters(exchange)
        case .search: try SearchHandlers.users(exchange)
        case .heartbeat: try AccountHandlers.heartbeat(exchange)
        case .photoQueue: try AdminHandlers.photoQueue(exchange)
        case .moderatePhoto: try AdminHandlers.moderatePhoto(exchange)
        case .ban: try AdminHandlers.ban(exchange)
        case .unban: try AdminHandlers.unban(exchange)
        case .export: try SearchHandlers.export(exchange)
        case .profileViews: try SearchHandlers.profileViews(exchange)
        case .updateSubscription: try SubscriptionHandlers.update(exchange)
        case .unmatched: throw notFound
        }
    }
}
