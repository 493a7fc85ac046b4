internal import PostgreSQL
internal import Wire

/// GET and PATCH /users/me, GET /users/{user_id}.
enum ProfileHandlers {
    static func own(_ exchange: Exchange) throws(APIError) -> Answer {
        try CachedRead.answer(exchange, .profile, .getOwnProfile, ttl: exchange.configuration.profileTTL)
    }

    static func `public`(_ exchange: Exchange) throws(APIError) -> Answer {
        let user = try PathParameter.userID(exchange)
        // A HEAD looks at nothing that would be worth a record.
        let recordsView = !exchange.isHead
        let rows = try exchange.callAsUser(.getPublicProfile, recordsView ? .write : .repeatable) { parameters in
            parameters.append { user.write(to: &$0) }
            parameters.append(recordsView)
        }
        return try TaggedRead.answer(exchange, rows)
    }

    static func update(_ exchange: Exchange) throws(APIError) -> Answer {
        let changes = try ProfileChanges(RequestBody.object(exchange), today: CalendarDate(epochSeconds: Clock.seconds()))
        var json: [UInt8] = []
        json.append(json: .object(changes.fields))
        return try UserWrite.conditional(exchange, .updateProfile, json)
    }
}
