package import Wire

/// An interest as the client gives it: a trimmed tag and a weight in hundredths.
package struct Interest {
    static let maximumCount = 20
    private static let tagRule = TextRule(minimum: 1, maximum: 100)

    let tag: String
    let hundredths: Int

    var json: JSONValue { ["tag": .string(tag), "weight": .number(JSONNumber(text: weightText))] }
    /// The weight as SQL and JSON read it, two decimals.
    package var weightText: String { hundredths == 100 ? "1.00" : hundredths < 10 ? "0.0\(hundredths)" : "0.\(hundredths)" }

    /// The members `tag` and `weight` of `object`; nil after adding to `errors`.
    /// - Parameter prefix: in front of the fields' names, `interests[3].` for an element of a list.
    package init?(_ object: JSONObject, prefix: String, _ errors: inout FieldErrors) {
        let before = errors.count
        errors.refuseUnknown(object, known: ["tag", "weight"], prefix: prefix)
        let tag = Self.tag(object["tag"], field: prefix + "tag", &errors)
        let weight = Self.weight(object["weight"], field: prefix + "weight", &errors)
        guard let tag, let weight, errors.count == before else { return nil }
        self.tag = tag
        hundredths = weight
    }

    private static func tag(_ value: JSONValue?, field: String, _ errors: inout FieldErrors) -> String? {
        guard let value else {
            errors.add(field, .fieldRequired, "Field '\(field)' is required")
            return nil
        }
        guard let text = value.string else {
            errors.add(field, .invalidFormat, "Field '\(field)' must be a string")
            return nil
        }
        let tag = trimmed(text)
        let before = errors.count
        tagRule.check(tag, field: field, &errors)
        if errors.count == before, !tag.unicodeScalars.allSatisfy(isAllowed) {
            errors.add(field, .invalidFormat, "Field '\(field)' may hold letters, digits, spaces and - _ & ' only")
        }
        return errors.count == before ? tag : nil
    }

    private static func weight(_ value: JSONValue?, field: String, _ errors: inout FieldErrors) -> Int? {
        guard let value else { return 100 }
        guard case .number(let number) = value else {
            errors.add(field, .invalidFormat, "Field '\(field)' must be a number")
            return nil
        }
        guard number.double >= 0, number.double <= 1 else {
            errors.add(field, .invalidValue, "Field '\(field)' must be from 0.0 to 1.0", ["min": 0, "max": 1])
            return nil
        }
        return Int((number.double * 100).rounded())
    }

    /// Without the spaces around it.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Letters (with the marks that many scripts write them with), digits of any script, space and `-_&'`.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
            .enclosingMark, .decimalNumber:
            true
        default: scalar == " " || scalar == "-" || scalar == "_" || scalar == "&" || scalar == "'"
        }
    }
}

/// The body of PUT /users/me/interests.
package struct InterestList {
    let interests: [Interest]

    package init(_ object: JSONObject) throws(APIError) {
        var errors = FieldErrors()
        errors.refuseUnknown(object, known: ["interests"])
        var interests: [Interest] = []
        switch object["interests"] {
        case nil: errors.add("interests", .fieldRequired, "Field 'interests' is required")
        case .array(let elements) where elements.count > Interest.maximumCount:
            errors.add(
                "interests", .invalidValue, "At most \(Interest.maximumCount) interests are allowed",
                ["max_items": .integer(Interest.maximumCount)])
        case .array(let elements): interests = Self.read(elements, &errors)
        default: errors.add("interests", .invalidFormat, "Field 'interests' must be a list")
        }
        try errors.throwIfAny()
        self.interests = interests
    }

    private static func read(_ elements: [JSONValue], _ errors: inout FieldErrors) -> [Interest] {
        var interests: [Interest] = []
        // Bytes, as the database compares: equal Strings may be written in different scalars.
        var seen: Set<[UInt8]> = []
        for (index, element) in elements.enumerated() {
            guard case .object(let object) = element else {
                errors.add("interests[\(index)]", .invalidFormat, "Each interest must be an object with tag and weight")
                continue
            }
            guard let interest = Interest(object, prefix: "interests[\(index)].", &errors) else { continue }
            if !seen.insert(Array(interest.tag.lowercased().utf8)).inserted {
                errors.add("interests[\(index)].tag", .invalidValue, "The tag is in the list already")
            }
            interests.append(interest)
        }
        return interests
    }
}
