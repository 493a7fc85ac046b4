/// What a username may look like; whether it is taken or reserved is decided in the database.
package enum Username {
    package static func read(_ text: String, _ errors: inout FieldErrors) -> String? {
        let field = "new_username"
        let before = errors.count
        TextRule(minimum: 3, maximum: 30).check(text, field: field, &errors)
        if errors.count == before, !text.utf8.allSatisfy(isAllowed) {
            errors.add(field, .invalidFormat, "Field 'new_username' may hold letters, digits and _ only")
        }
        return errors.count == before ? text : nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == UInt8(ascii: "_")
    }
}
