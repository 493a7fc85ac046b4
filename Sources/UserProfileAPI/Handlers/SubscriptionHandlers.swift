internal import JWT
internal import PostgreSQL
internal import Wire

/// Tiers and captains. Leaving premium switches ghost mode off, so the settings change too.
enum SubscriptionHandlers {
    private static let drops: [CachedBody] = [.profile, .settings]

    static func show(_ exchange: Exchange) throws(APIError) -> Answer {
        Answer(try exchange.body(try exchange.callAsUser(.getSubscription, .repeatable)), caching: .revalidate)
    }

    /// For an admin, or with the payment service's key beside the user's token.
    static func updateOwn(_ exchange: Exchange) throws(APIError) -> Answer {
        guard let caller = exchange.caller else { preconditionFailure("an authenticated route") }
        let byPayment = exchange.callingService == .payment
        let change = try SubscriptionChange(RequestBody.object(exchange), now: .now)
        let idempotency = try Idempotency(exchange, caller: caller.subject.description)
        let rows = try exchange.callAsUser(.updateOwnSubscription, idempotency.effect) { parameters in
            parameters.append(byPayment)
            bind(change, &parameters)
            idempotency.bind(&parameters)
        }
        exchange.invalidate(drops, of: caller.subject)
        return try Idempotency.answer(rows)
    }

    static func update(_ exchange: Exchange) throws(APIError) -> Answer {
        try ServiceWrite.answer(exchange, .updateSubscription, drops: drops) { () throws(APIError) in
            let change = try SubscriptionChange(RequestBody.object(exchange), now: .now)
            return { bind(change, &$0) }
        }
    }

    private static func bind(_ change: SubscriptionChange, _ parameters: inout Parameters) {
        parameters.append(change.level)
        parameters.append(change.expiresAt?.sql)
    }

    static func grantCaptain(_ exchange: Exchange) throws(APIError) -> Answer {
        var fields = BodyFields(try RequestBody.object(exchange))
        let isCaptain = fields.flag("is_captain")
        try fields.finish()
        return try setCaptain(exchange, isCaptain ?? false)
    }

    static func revokeCaptain(_ exchange: Exchange) throws(APIError) -> Answer { try setCaptain(exchange, false) }

    private static func setCaptain(_ exchange: Exchange, _ isCaptain: Bool) throws(APIError) -> Answer {
        let user = try PathParameter.userID(exchange)
        return try UserWrite.answer(exchange, .setCaptain, drops: drops, of: user) { parameters in
            parameters.append { user.write(to: &$0) }
            parameters.append(isCaptain)
        }
    }
}
