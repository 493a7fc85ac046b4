internal import PostgreSQL
internal import Wire

/// GET, PUT, POST /users/me/interests and DELETE /users/me/interests/{tag}. The profile shows the interests too, so both bodies go.
enum InterestHandlers {
    static func list(_ exchange: Exchange) throws(APIError) -> Answer {
        try CachedRead.answer(exchange, .interests, .getInterests, ttl: exchange.configuration.interestsTTL)
    }

    static func replace(_ exchange: Exchange) throws(APIError) -> Answer {
        let list = try InterestList(RequestBody.object(exchange))
        let rows = try exchange.callAsUser(.setInterests, .write) { parameters in
            parameters.append { $0.append(json: .array(list.interests.map(\.json))) }
            parameters.append(nil as Int?)
        }
        exchange.invalidate(.interests, .profile)
        return Answer(try exchange.body(rows))
    }

    static func add(_ exchange: Exchange) throws(APIError) -> Answer {
        var errors = FieldErrors()
        let interest = Interest(try RequestBody.object(exchange), prefix: "", &errors)
        try errors.throwIfAny()
        guard let interest else { preconditionFailure("an interest refused without an error") }
        let rows = try exchange.callAsUser(.addInterest, .write) { parameters in
            parameters.append(interest.tag)
            parameters.append(interest.weightText)
        }
        exchange.invalidate(.interests, .profile)
        return Answer(try exchange.body(rows))
    }

    static func remove(_ exchange: Exchange) throws(APIError) -> Answer {
        let tag = try PathParameter.text(exchange, field: "tag", TextRule(minimum: 1, maximum: 100))
        let rows = try exchange.callAsUser(.removeInterest, .write) { $0.append(tag) }
        exchange.invalidate(.interests, .profile)
        return Answer(try exchange.body(rows))
    }
}
