internal import PostgreSQL
internal import Wire

/// GET and PATCH /users/me/settings. The profile shows the settings too.
enum SettingsHandlers {
    static func show(_ exchange: Exchange) throws(APIError) -> Answer {
        try CachedRead.answer(exchange, .settings, .getSettings, ttl: exchange.configuration.settingsTTL)
    }

    static func update(_ exchange: Exchange) throws(APIError) -> Answer {
        let changes = try SettingsChanges(RequestBody.object(exchange))
        return try UserWrite.answer(exchange, .updateSettings, drops: [.settings, .profile]) { parameters in
            parameters.append { $0.append(json: .object(changes.fields)) }
            parameters.append(nil as Int?)
        }
    }
}
