internal import PostgreSQL
internal import Wire

/// A GET that the database answers each time, with an entity tag from body and edit version (columns 0 and 1).
enum TaggedRead {
    static func answer(_ exchange: Exchange, _ function: DatabaseFunction) throws(APIError) -> Answer {
        try answer(exchange, try exchange.callAsUser(function, .repeatable))
    }

    static func answer(_ exchange: Exchange, _ rows: borrowing Rows) throws(APIError) -> Answer {
        let body = try exchange.body(rows)
        var answer = Answer(body[...], caching: .revalidate)
        answer.tag = EntityTag(version: rows.integer(0, 1) ?? 0, body: body)
        return answer
    }
}
