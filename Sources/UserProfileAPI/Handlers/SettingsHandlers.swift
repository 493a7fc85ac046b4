internal import PostgreSQL
internal import Wire

/// GET and PATCH /users/me/settings.
enum SettingsHandlers {
    static func show(_ exchange: Exchange) throws(APIError) -> Answer {
        try CachedRead.answer(exchange, .settings, .getSettings, ttl: exchange.configuration.settingsTTL)
    }

    static func update(_ exchange: Exchange) throws(APIError) -> Answer {
        let changes = try SettingsChanges(RequestBody.object(exchange))
        var json: [UInt8] = []
        json.append(json: .object(changes.fields))
        return try UserWrite.conditional(exchange, .updateSettings, json)
    }
}
