internal import PostgreSQL
internal import Wire

/// GET, PUT, POST /users/me/interests and DELETE /users/me/interests/{tag}.
enum InterestHandlers {
    static func list(_ exchange: Exchange) throws(APIError) -> Answer {
        try CachedRead.answer(exchange, .interests, .getInterests, ttl: exchange.configuration.interestsTTL)
    }

    static func replace(_ exchange: Exchange) throws(APIError) -> Answer {
        let list = try InterestList(RequestBody.object(exchange))
        var json: [UInt8] = []
        json.append(json: .array(list.interests.map(\.json)))
        return try UserWrite.conditional(exchange, .setInterests, json)
    }

    static func add(_ exchange: Exchange) throws(APIError) -> Answer {
        var errors = FieldErrors()
        let interest = Interest(try RequestBody.object(exchange), prefix: "", &errors)
        try errors.throwIfAny()
        return try UserWrite.answer(exchange, .addInterest) { parameters in
            parameters.append(interest?.tag)
            parameters.append(interest?.weightText)
        }
    }

    static func remove(_ exchange: Exchange) throws(APIError) -> Answer {
        let tag = try PathParameter.text(exchange, field: "tag", TextRule(minimum: 1, maximum: 100, allowsControl: true))
        return try UserWrite.answer(exchange, .removeInterest) { $0.append(tag) }
    }
}
