internal import JWT
internal import PostgreSQL
internal import Wire

/// Tiers and captains.
enum SubscriptionHandlers {
    static func show(_ exchange: Exchange) throws(APIError) -> Answer {
        try TaggedRead.answer(exchange, .getSubscription)
    }

    /// For an admin, or with the payment service's key beside the user's token.
    static func updateOwn(_ exchange: Exchange) throws(APIError) -> Answer {
        guard let caller = exchange.caller else { preconditionFailure("an authenticated route") }
        // Which services may stand in for payment was judged with the key.
        let byPayment = exchange.callingService != nil
        let change = try change(exchange)
        let idempotency = try Idempotency(exchange, caller: caller.subject.description)
        let rows = try exchange.changing(caller.subject) { () throws(APIError) in
            try exchange.callAsUser(.updateOwnSubscription, idempotency.effect) { parameters in
                parameters.append(byPayment)
                bind(change, &parameters)
                idempotency.bind(&parameters)
            }
        }
        return try Idempotency.answer(rows)
    }

    static func update(_ exchange: Exchange) throws(APIError) -> Answer {
        try ServiceWrite.answer(exchange, .updateSubscription) { () throws(APIError) in
            let change = try change(exchange)
            return { bind(change, &$0) }
        }
    }

    /// A retry may come after the expiry that it asks for.
    private static func change(_ exchange: Exchange) throws(APIError) -> SubscriptionChange {
        try SubscriptionChange(RequestBody.object(exchange), now: exchange.request[.idempotencyKey] == nil ? .now : nil)
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
        return try UserWrite.answer(exchange, .setCaptain, of: user) { parameters in
            parameters.append { user.write(to: &$0) }
            parameters.append(isCaptain)
        }
    }
}
