extension [UInt8] {
    /// Appends `text` as a JSON string in quotes; escapes what RFC 8259 section 7 demands and nothing else.
    public mutating func append(jsonString text: String) {
        append(ASCII.quote)
        append(jsonEscaping: text.utf8.span)
        append(ASCII.quote)
    }

    /// The same for bytes that are UTF-8 already, without the quotes. Runs without an escape are copied whole.
    public mutating func append(jsonEscaping utf8: Span<UInt8>) {
        var start = 0
        for index in utf8.indices {
            let byte = utf8[index]
            guard byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash || byte == 0x7F else { continue }
            append(utf8.extracting(start..<index))
            appendEscape(byte)
            start = index + 1
        }
        append(utf8.extracting(start..<utf8.count))
    }

    private mutating func appendEscape(_ byte: UInt8) {
        switch byte {
        case ASCII.quote, ASCII.backslash:
            append(ASCII.backslash)
            append(byte)
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default:
            append("\\u00")
            append(ASCII.lowerHex(byte >> 4))
            append(ASCII.lowerHex(byte & 15))
        }
    }

    public mutating func append(json value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" as StaticString : "false")
        case .number(let number): append(number.text)
        case .string(let text): append(jsonString: text)
        case .array(let elements):
            append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { append(ASCII.comma) }
                append(json: element)
            }
            append(UInt8(ascii: "]"))
        case .object(let object):
            append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { append(ASCII.comma) }
                append(jsonString: member.name)
                append(ASCII.colon)
                append(json: member.value)
            }
            append(UInt8(ascii: "}"))
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (name, value) in elements { append(name, value) }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(JSONNumber(text: String(value))) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements { object.append(name, value) }
        self = .object(object)
    }

    public static func integer(_ value: Int) -> JSONValue { .number(JSONNumber(text: String(value))) }
}
