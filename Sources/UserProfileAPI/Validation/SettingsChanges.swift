package import Wire

/// The body of PATCH /users/me/settings: any of the nine.
package struct SettingsChanges {
    private static let flags = [
        "email_notifications", "push_notifications", "activity_reminders", "community_updates", "friend_requests", "marketing_emails",
        "ghost_mode",
    ]
    let fields: JSONObject

    package init(_ object: JSONObject) throws(APIError) {
        var reader = BodyFields(object)
        var accepted = JSONObject()
        for field in Self.flags {
            if let flag = reader.flag(field, required: false) { accepted.append(field, .bool(flag)) }
        }
        if let language = reader.text("language", required: false, Self.language) { accepted.append("language", .string(language)) }
        if let zone = reader.text("timezone", required: false, Self.timezone) { accepted.append("timezone", .string(zone)) }
        try reader.finish()
        fields = accepted
    }

    /// `xx` or `xx-YY`.
    private static func language(_ text: String, _ errors: inout FieldErrors) -> String? {
        let bytes = Array(text.utf8)
        let isPlain = bytes.count == 2
        let isRegional = bytes.count == 5 && bytes[2] == ASCII.minus && bytes[3...].allSatisfy { (0x41...0x5A).contains($0) }
        guard isPlain || isRegional, bytes[..<2].allSatisfy({ (0x61...0x7A).contains($0) }) else {
            errors.add("language", .invalidFormat, "Field 'language' must look like en or en-GB")
            return nil
        }
        return text
    }

    /// Whether the name exists is the database's to say; here only what can be one.
    private static func timezone(_ text: String, _ errors: inout FieldErrors) -> String? {
        let isName =
            !text.isEmpty && text.utf8.count <= 50
            && text.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || "/_+-".utf8.contains($0) }
        guard isName else {
            errors.add("timezone", .invalidFormat, "Field 'timezone' must be an IANA name such as Europe/Amsterdam")
            return nil
        }
        return text
    }
}
