internal import FastCGI
internal import PostgreSQL
internal import Wire

/// The main photo and the further ones.
enum PhotoHandlers {
    static func setMain(_ exchange: Exchange) throws(APIError) -> Answer { try put(exchange, .setMainPhoto) }
    static func add(_ exchange: Exchange) throws(APIError) -> Answer { try put(exchange, .addPhoto) }

    private static func put(_ exchange: Exchange, _ function: DatabaseFunction) throws(APIError) -> Answer {
        var fields = BodyFields(try RequestBody.object(exchange))
        let domain = exchange.configuration.imageDomain
        let url = fields.text("photo_url") { PhotoURL.read($0, domain: domain, &$1) }
        try fields.finish()
        return try UserWrite.answer(exchange, function) { $0.append(url) }
    }

    /// The URL comes in the body, or in the query from clients that cannot send one with DELETE. Any address that could stand in the
    /// list may be removed, also one that today's rules would not let in.
    static func remove(_ exchange: Exchange) throws(APIError) -> Answer {
        let rule = TextRule(minimum: 1, maximum: RequestBody.limit, allowsControl: true)
        let url: String?
        if exchange.request.body.isEmpty {
            var query = try QueryFields(exchange)
            url = query.text("photo_url", rule, trimmed: false)
            try query.errors.throwIfAny()
        } else {
            var fields = BodyFields(try RequestBody.object(exchange))
            url = fields.text("photo_url", rule)
            try fields.finish()
        }
        return try UserWrite.answer(exchange, .removePhoto) { $0.append(url) }
    }
}
