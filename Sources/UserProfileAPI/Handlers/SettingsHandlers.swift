internal import PostgreSQL
internal import Wire

/// GET and PATCH /users/me/settings.
enum SettingsHandlers {
    static func show(_ exchange: Exchange) throws(APIError) -> Answer {
        try CachedRead.answer(exchange, .settings, .getSettings, ttl: exchange.configuration.settingsTTL)
    }

    static func update(_ exchange: Exchange) throws(APIError) -> Answer {
        let body = try RequestBody.object(exchange)
        exchange.needsPremium = body["ghost_mode"] == .bool(true)
        let changes = try SettingsChanges(body)
        var json: [UInt8] = []
        json.append(json: .object(changes.fields))
        return try UserWrite.conditional(exchange, .updateSettings, json)
    }
}
