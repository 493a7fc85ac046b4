internal import PostgreSQL
internal import Wire

/// GET /users/search, and the lists that page by cursor.
enum SearchHandlers {
    static func users(_ exchange: Exchange) throws(APIError) -> Answer {
        var query = try QueryFields(exchange)
        let text = query.text("q", TextRule(minimum: 2, maximum: 100))
        let limit = query.integer("limit", 20, 1...100)
        let offset = query.integer("offset", 0, 0...10_000)
        let cursor = query.cursor()
        if cursor != nil, query.has("offset") { query.refuse("cursor", .invalidValue, "Give either 'cursor' or 'offset'") }
        try query.errors.throwIfAny()
        let rows = try exchange.callAsUser(.searchUsers, .repeatable) { parameters in
            parameters.append(text)
            parameters.append(limit)
            parameters.append(offset)
            parameters.append(cursor)
        }
        return Answer(try exchange.body(rows))
    }

    static func profileViews(_ exchange: Exchange) throws(APIError) -> Answer {
        var query = try QueryFields(exchange)
        let limit = query.integer("limit", 20, 1...100)
        let cursor = query.cursor()
        try query.errors.throwIfAny()
        let rows = try exchange.callAsUser(.profileViews, .repeatable) { parameters in
            parameters.append(limit)
            parameters.append(cursor)
        }
        return Answer(try exchange.body(rows))
    }

    static func export(_ exchange: Exchange) throws(APIError) -> Answer {
        var answer = Answer(try exchange.body(try exchange.callAsUser(.export, .repeatable)))
        answer.fileName = "user-profile-export.json"
        return answer
    }
}
