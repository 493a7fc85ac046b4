internal import JWT
internal import PostgreSQL
internal import Wire

/// PATCH /users/me/username, DELETE /users/me, POST /users/me/heartbeat.
enum AccountHandlers {
    private static let confirmation = "DELETE MY ACCOUNT"

    static func rename(_ exchange: Exchange) throws(APIError) -> Answer {
        var fields = BodyFields(try RequestBody.object(exchange))
        let name = fields.text("new_username", Username.read)
        try fields.finish()
        return try UserWrite.answer(exchange, .updateUsername) { $0.append(name) }
    }

    /// Nothing changes before the password is verified; then the hash that was verified must still be the account's.
    static func delete(_ exchange: Exchange) throws(APIError) -> Answer {
        var fields = BodyFields(try RequestBody.object(exchange))
        let password = fields.text("password", TextRule(minimum: 1, maximum: 1024, allowsLineBreaks: true))
        let given = fields.text("confirmation", TextRule(maximum: 100))
        if let given, given != confirmation {
            fields.refuse("confirmation", .invalidValue, "Field 'confirmation' must be: \(confirmation)")
        }
        try fields.finish()
        let verified = try PasswordCheck.verify(password ?? "", exchange)
        // The limit on deletions counts those whose password was right.
        if let policy = RateLimitPolicy.ofRoutes[exchange.route.rawValue] { try exchange.take(policy) }
        return try UserWrite.answer(exchange, .deleteAccount) { $0.append(verified) }
    }

    static func heartbeat(_ exchange: Exchange) throws(APIError) -> Answer {
        try UserWrite.answer(exchange, .heartbeat)
    }
}
