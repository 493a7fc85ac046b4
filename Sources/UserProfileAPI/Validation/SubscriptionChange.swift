package import Wire

/// The body of the subscription endpoints: free has no expiry, a paid tier has one ahead.
package struct SubscriptionChange {
    let level: String
    let expiresAt: Timestamp?

    /// - Parameter now: what the expiry must lie after; nil leaves that to the database, which knows whether the request was carried out
    ///   before.
    package init(_ object: JSONObject, now: Timestamp?) throws(APIError) {
        let field = "subscription_expires_at"
        var reader = BodyFields(object)
        let level = reader.choice("subscription_level", ["free", "club", "premium"])
        // `null` is how an answer writes "no expiry", so it may come back.
        let expiresAt = reader.future(field, now: now, nullable: true)
        let given = object[field].map { $0 != .null } ?? false
        if level == "free", given {
            reader.refuse(field, .invalidValue, "The free tier has no expiry")
        } else if let level, level != "free", !given {
            reader.refuse(field, .fieldRequired, "Field '\(field)' is required for \(level)")
        }
        try reader.finish()
        self.level = level ?? "free"
        self.expiresAt = expiresAt
    }
}
