internal import Wire

/// What a text field may hold; lengths count Unicode scalars, as PostgreSQL's varchar does.
struct TextRule {
    var minimum = 0
    let maximum: Int
    /// Newline and tab, in texts of several lines.
    var allowsLineBreaks = false
    /// For what must only be found, not stored: rows of before today's rules may hold anything.
    var allowsControl = false

    func check(_ text: String, field: String, _ errors: inout FieldErrors) {
        let length = text.unicodeScalars.count
        if length > maximum {
            errors.add(field, .fieldTooLong, "Field '\(field)' exceeds \(maximum) characters", ["max_length": .integer(maximum)])
        } else if length < minimum {
            errors.add(field, .fieldTooShort, "Field '\(field)' has fewer than \(minimum) characters", ["min_length": .integer(minimum)])
        } else if text.unicodeScalars.contains(where: isForbidden) {
            errors.add(field, .invalidFormat, "Field '\(field)' contains control characters")
        }
    }

    private func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        // No row can hold a NUL.
        if scalar == "\0" { return true }
        if allowsControl { return false }
        if allowsLineBreaks, scalar == "\n" || scalar == "\t" { return false }
        return scalar.properties.generalCategory == .control
    }
}
