internal import PostgreSQL
internal import Wire

/// Photo moderation and bans, for moderators and admins.
enum AdminHandlers {
    static func photoQueue(_ exchange: Exchange) throws(APIError) -> Answer {
        var query = try QueryFields(exchange)
        let limit = query.integer("limit", 50, 1...200)
        let offset = query.integer("offset", 0, 0...1_000_000)
        try query.errors.throwIfAny()
        let rows = try exchange.callAsUser(.photoQueue, .repeatable) { parameters in
            parameters.append(limit)
            parameters.append(offset)
        }
        return Answer(try exchange.body(rows))
    }

    static func moderatePhoto(_ exchange: Exchange) throws(APIError) -> Answer {
        let user = try PathParameter.userID(exchange)
        var fields = BodyFields(try RequestBody.object(exchange))
        let status = fields.choice("status", ["approved", "rejected"])
        let reason = fields.text("reason", TextRule(maximum: 1000, allowsLineBreaks: true), required: false)
        let url = fields.text("photo_url", TextRule(minimum: 1, maximum: PhotoURL.maximum), required: false)
        try fields.finish()
        return try UserWrite.answer(exchange, .moderatePhoto, of: user) { parameters in
            parameters.append { user.write(to: &$0) }
            parameters.append(status)
            parameters.append(reason)
            parameters.append(url)
        }
    }

    static func ban(_ exchange: Exchange) throws(APIError) -> Answer {
        let user = try PathParameter.userID(exchange)
        var fields = BodyFields(try RequestBody.object(exchange))
        let reason = fields.text("reason", TextRule(minimum: 1, maximum: 1000, allowsLineBreaks: true))
        let expiresAt = fields.future("expires_at", now: .now, nullable: false)
        try fields.finish()
        return try UserWrite.answer(exchange, .banUser, of: user) { parameters in
            parameters.append { user.write(to: &$0) }
            parameters.append(reason)
            parameters.append(expiresAt?.sql)
        }
    }

    static func unban(_ exchange: Exchange) throws(APIError) -> Answer {
        let user = try PathParameter.userID(exchange)
        return try UserWrite.answer(exchange, .unbanUser, of: user) { parameters in
            parameters.append { user.write(to: &$0) }
        }
    }
}
