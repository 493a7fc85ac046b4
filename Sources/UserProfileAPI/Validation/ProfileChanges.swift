package import Wire

/// The body of PATCH /users/me: the fields given, `null` to clear one.
package struct ProfileChanges {
    static let minimumAge = 18
    private static let textRules: [(field: String, rule: TextRule)] = [
        ("first_name", TextRule(maximum: 100)), ("last_name", TextRule(maximum: 100)),
        ("profile_description", TextRule(maximum: 5000, allowsLineBreaks: true)), ("gender", TextRule(maximum: 50)),
    ]
    private static let earliestBirth = CalendarDate(year: 1900, month: 1, day: 1)

    let fields: JSONObject

    package init(_ object: JSONObject, today: CalendarDate) throws(APIError) {
        var errors = FieldErrors()
        var accepted = JSONObject()
        for member in object.members {
            if let (field, rule) = Self.textRules.first(where: { $0.field == member.name }) {
                Self.checkText(member.value, field, rule, &errors)
            } else if member.name == "date_of_birth" {
                Self.checkDateOfBirth(member.value, today: today, &errors)
            } else {
                continue
            }
            accepted.append(member.name, member.value)
        }
        errors.refuseUnknown(object, known: Self.textRules.map(\.field) + ["date_of_birth"])
        try errors.throwIfAny()
        fields = accepted
    }

    private static func checkText(_ value: JSONValue, _ field: String, _ rule: TextRule, _ errors: inout FieldErrors) {
        switch value {
        case .null: return
        case .string(let text): rule.check(text, field: field, &errors)
        default: errors.add(field, .invalidFormat, "Field '\(field)' must be a string or null")
        }
    }

    private static func checkDateOfBirth(_ value: JSONValue, today: CalendarDate, _ errors: inout FieldErrors) {
        let field = "date_of_birth"
        if value == .null { return }
        guard let text = value.string, let date = CalendarDate(Array(text.utf8).span) else {
            return errors.add(field, .invalidFormat, "Field 'date_of_birth' must be a date, YYYY-MM-DD")
        }
        if let earliest = earliestBirth, date < earliest {
            return errors.add(field, .invalidValue, "Field 'date_of_birth' must not be before 1900")
        }
        let age = date.age(on: today)
        if age < minimumAge {
            errors.add(
                field, .ageRestriction, "Users must be at least \(minimumAge) years old",
                ["min_age": .integer(minimumAge), "provided_age": .integer(max(0, age))])
        }
    }
}
