internal import PostgreSQL
internal import Wire

/// Trust counters: the user's own view, and what sibling services report.
enum TrustHandlers {
    private static let deltas = -100...100

    static func show(_ exchange: Exchange) throws(APIError) -> Answer {
        try TaggedRead.answer(exchange, .getVerification)
    }

    static func verify(_ exchange: Exchange) throws(APIError) -> Answer { try ServiceWrite.answer(exchange, .verify) }

    /// The tenth no-show bans: whatever the account shows has changed.
    static func noShow(_ exchange: Exchange) throws(APIError) -> Answer {
        try ServiceWrite.answer(exchange, .noShow)
    }

    static func activityCounters(_ exchange: Exchange) throws(APIError) -> Answer {
        try ServiceWrite.answer(exchange, .updateActivityCounters) { () throws(APIError) in
            var fields = BodyFields(try RequestBody.object(exchange))
            let created = fields.integer("created_delta", deltas)
            let attended = fields.integer("attended_delta", deltas)
            try fields.finish()
            return { parameters in
                parameters.append(created)
                parameters.append(attended)
            }
        }
    }
}
