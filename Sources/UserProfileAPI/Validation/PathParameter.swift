internal import Wire

/// The `{…}` segment of the path.
enum PathParameter {
    static func userID(_ exchange: Exchange) throws(APIError) -> UserID {
        guard let user = UserID(exchange.pathParameter.span) else {
            throw APIError(.invalidFormat, "The user id in the path must be a UUID", ["field": "user_id"])
        }
        return user
    }

    /// Percent-decoded and trimmed, within the rule.
    static func text(_ exchange: Exchange, field: String, _ rule: TextRule) throws(APIError) -> String {
        guard let decoded = PercentEncoding.decode(exchange.pathParameter.span) else {
            throw APIError(.badRequest, "The path is not valid percent-encoded UTF-8", ["field": .string(field)])
        }
        let text = Interest.trimmed(decoded)
        var errors = FieldErrors()
        rule.check(text, field: field, &errors)
        try errors.throwIfAny()
        return text
    }
}
