/// A JSON text as a value (RFC 8259). Object members keep their order; a repeated name is refused by the parser.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    public var integer: Int? {
        guard case .number(let value) = self else { return nil }
        return value.integer
    }
}

/// A number kept as it was written: what it means is for the field to decide.
public struct JSONNumber: Sendable, Equatable {
    public let text: String

    /// - Parameter text: a number as RFC 8259 section 6 writes it.
    public init(text: String) { self.text = text }

    /// The value of an integer literal (no fraction, no exponent) that fits; nil otherwise.
    public var integer: Int? { Int(text) }

    /// The nearest double; always finite (the parser refuses what overflows).
    public var double: Double { Double(text) ?? 0 }
}

/// The members of an object in the order they were written, names unique.
public struct JSONObject: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public let name: String
        public let value: JSONValue
    }

    public internal(set) var members: [Member] = []

    public init() {}

    public subscript(name: String) -> JSONValue? {
        for member in members where member.name == name { return member.value }
        return nil
    }

    public mutating func append(_ name: String, _ value: JSONValue) { members.append(Member(name: name, value: value)) }
}
