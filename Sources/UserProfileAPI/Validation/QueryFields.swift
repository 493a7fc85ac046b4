internal import FastCGI
internal import Wire

/// The query's parameters, decoded and checked one by one. Names that nobody asks for are ignored, as caches and trackers add some.
struct QueryFields {
    private var values: [(name: String, value: String)] = []
    private(set) var errors = FieldErrors()

    init(_ exchange: Exchange) throws(APIError) {
        guard let uri = exchange.request[.uri], let mark = uri.firstIndex(of: UInt8(ascii: "?")) else { return }
        for pair in uri[(mark + 1)...].split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let name = Self.decode(pair[..<equals]), let value = Self.decode(pair[equals...].dropFirst()) else {
                throw APIError(.badRequest, "The query is not valid percent-encoded UTF-8")
            }
            values.append((name, value))
        }
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> String? { PercentEncoding.decode(text.span, plusIsSpace: true) }

    /// The value given; given twice, nobody knows which is meant.
    private mutating func value(_ field: String) -> String? {
        let given = values.filter { $0.name == field }
        if given.count > 1 { errors.add(field, .invalidValue, "Parameter '\(field)' is given more than once") }
        return given.first?.value
    }

    func has(_ field: String) -> Bool { values.contains { $0.name == field } }

    mutating func integer(_ field: String, _ fallback: Int, _ range: ClosedRange<Int>) -> Int {
        guard let text = value(field) else { return fallback }
        guard let number = Int(text), text.utf8.allSatisfy({ ASCII.isDigit($0) || $0 == ASCII.minus }) else {
            errors.add(field, .invalidFormat, "Parameter '\(field)' must be a whole number")
            return fallback
        }
        guard range.contains(number) else {
            errors.add(
                field, .invalidValue, "Parameter '\(field)' must be from \(range.lowerBound) to \(range.upperBound)",
                ["min": .integer(range.lowerBound), "max": .integer(range.upperBound)])
            return fallback
        }
        return number
    }

    /// Text within the rule, without the spaces around it.
    mutating func text(_ field: String, _ rule: TextRule, trimmed: Bool = true) -> String {
        guard let given = value(field) else {
            errors.add(field, .fieldRequired, "Parameter '\(field)' is required")
            return ""
        }
        let text = trimmed ? Interest.trimmed(given) : given
        rule.check(text, field: field, &errors)
        return text
    }

    /// An opaque cursor that an answer gave out.
    mutating func cursor() -> String? {
        guard let text = value("cursor") else { return nil }
        guard !text.isEmpty, text.utf8.count <= 500, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            errors.add("cursor", .invalidFormat, "Parameter 'cursor' is not one that was given out")
            return nil
        }
        return text
    }

    mutating func refuse(_ field: String, _ code: ErrorCode, _ message: String) { errors.add(field, code, message) }
}
