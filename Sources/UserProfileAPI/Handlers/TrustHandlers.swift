internal import PostgreSQL
internal import Wire

/// Trust counters: the user's own view, and what sibling services report.
enum TrustHandlers {
    private static let deltas = -100...100

    static func show(_ exchange: Exchange) throws(APIError) -> Answer {
        Answer(try exchange.body(try exchange.callAsUser(.getVerification, .repeatable)), caching: .revalidate)
    }

    static func verify(_ exchange: Exchange) throws(APIError) -> Answer { try ServiceWrite.answer(exchange, .verify, drops: [.profile]) }

    /// The tenth no-show bans: whatever the account shows has changed.
    static func noShow(_ exchange: Exchange) throws(APIError) -> Answer {
        try ServiceWrite.answer(exchange, .noShow, drops: CachedBody.allCases)
    }

    static func activityCounters(_ exchange: Exchange) throws(APIError) -> Answer {
        try ServiceWrite.answer(exchange, .updateActivityCounters, drops: [.profile]) { () throws(APIError) in
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
