internal import Wire

/// Reads the members of a body one by one, collecting what is wrong; `finish` refuses what nobody asked for and throws.
/// An explicit `null` is a wrong type unless the field says otherwise.
struct BodyFields {
    private let object: JSONObject
    private var known: [String] = []
    private(set) var errors = FieldErrors()

    init(_ object: JSONObject) { self.object = object }

    /// The member, or nil after noting that it is missing when `required`.
    private mutating func member(_ field: String, required: Bool) -> JSONValue? {
        known.append(field)
        if let value = object[field] { return value }
        if required { errors.add(field, .fieldRequired, "Field '\(field)' is required") }
        return nil
    }

    private mutating func wrongType(_ field: String, _ expected: String) {
        errors.add(field, .invalidFormat, "Field '\(field)' must be \(expected)")
    }

    mutating func text(_ field: String, _ rule: TextRule, required: Bool = true) -> String? {
        guard let value = member(field, required: required) else { return nil }
        guard let text = value.string else {
            wrongType(field, "a string")
            return nil
        }
        rule.check(text, field: field, &errors)
        return text
    }

    /// A string that `read` accepts or refuses with errors of its own.
    mutating func text<Value>(_ field: String, required: Bool = true, _ read: (String, inout FieldErrors) -> Value?) -> Value? {
        guard let value = member(field, required: required) else { return nil }
        guard let text = value.string else {
            wrongType(field, "a string")
            return nil
        }
        return read(text, &errors)
    }

    mutating func flag(_ field: String, required: Bool = true) -> Bool? {
        guard let value = member(field, required: required) else { return nil }
        guard case .bool(let flag) = value else {
            wrongType(field, "true or false")
            return nil
        }
        return flag
    }

    mutating func integer(_ field: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = member(field, required: true) else { return nil }
        guard let number = value.integer else {
            wrongType(field, "a whole number")
            return nil
        }
        guard range.contains(number) else {
            errors.add(
                field, .invalidValue, "Field '\(field)' must be from \(range.lowerBound) to \(range.upperBound)",
                ["min": .integer(range.lowerBound), "max": .integer(range.upperBound)])
            return nil
        }
        return number
    }

    /// An instant that must lie ahead of `now`, if that is given.
    mutating func future(_ field: String, now: Timestamp?, nullable: Bool) -> Timestamp? {
        guard let value = member(field, required: false), !(nullable && value == .null) else { return nil }
        guard let text = value.string, let instant = Timestamp(Array(text.utf8).span) else {
            wrongType(field, "a time such as 2026-01-31T09:15:00Z")
            return nil
        }
        if let now, instant <= now {
            errors.add(field, .invalidValue, "Field '\(field)' must lie in the future")
            return nil
        }
        return instant
    }

    mutating func choice(_ field: String, _ values: [String]) -> String? {
        guard let value = member(field, required: true) else { return nil }
        guard let text = value.string else {
            wrongType(field, "a string")
            return nil
        }
        guard values.contains(text) else {
            errors.add(
                field, .invalidValue, "Field '\(field)' must be one of \(values.joined(separator: ", "))",
                ["allowed": .array(values.map(JSONValue.string))])
            return nil
        }
        return text
    }

    mutating func refuse(_ field: String, _ code: ErrorCode, _ message: String) { errors.add(field, code, message) }

    mutating func finish() throws(APIError) {
        errors.refuseUnknown(object, known: known)
        try errors.throwIfAny()
    }
}

extension Timestamp {
    static var now: Timestamp { Timestamp(microseconds: Int(Clock.realtime() / 1000)) }

    /// RFC 3339 with microseconds, as PostgreSQL reads it.
    var sql: String {
        var bytes: [UInt8] = []
        write(to: &bytes, fractionDigits: 6)
        return String(decoding: bytes, as: UTF8.self)
    }
}
