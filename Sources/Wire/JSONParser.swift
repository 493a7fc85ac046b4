/// Why a text is not the JSON we accept; `offset` counts bytes.
public struct JSONError: Error, Equatable {
    public enum Reason: Sendable { case syntax, depth, duplicateName, invalidUnicode, trailing }
    public let reason: Reason
    public let offset: Int
}

/// Strict JSON in one pass over bytes (RFC 8259): UTF-8 only, no duplicate names, no unpaired surrogates, at most 32 levels.
public struct JSONParser {
    private static let maximumDepth = 32
    private var position = 0
    private var depth = 0

    public static func parse(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        var parser = JSONParser()
        let value = try parser.value(bytes)
        parser.skipSpace(bytes)
        guard parser.position == bytes.count else { throw parser.error(.trailing) }
        return value
    }

    private func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: position) }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        skipSpace(bytes)
        guard position < bytes.count else { throw error(.syntax) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try object(bytes))
        case UInt8(ascii: "["): return .array(try array(bytes))
        case ASCII.quote: return .string(try string(bytes))
        case UInt8(ascii: "t"):
            try literal("true", bytes)
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false", bytes)
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null", bytes)
            return .null
        default: return .number(try number(bytes))
        }
    }

    private mutating func literal(_ word: StaticString, _ bytes: Span<UInt8>) throws(JSONError) {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, word.matches(bytes.extracting(position..<end)) else { throw error(.syntax) }
        position = end
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw error(.depth) }
        position += 1
    }

    /// After an element: true when another follows, false when the closing byte was read.
    private mutating func another(_ bytes: Span<UInt8>, closing: UInt8) throws(JSONError) -> Bool {
        skipSpace(bytes)
        guard position < bytes.count else { throw error(.syntax) }
        let byte = bytes[position]
        guard byte == ASCII.comma || byte == closing else { throw error(.syntax) }
        position += 1
        return byte == ASCII.comma
    }

    private mutating func closes(_ bytes: Span<UInt8>, with closing: UInt8) -> Bool {
        skipSpace(bytes)
        guard position < bytes.count, bytes[position] == closing else { return false }
        position += 1
        return true
    }

    private mutating func array(_ bytes: Span<UInt8>) throws(JSONError) -> [JSONValue] {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        let closing = UInt8(ascii: "]")
        if closes(bytes, with: closing) { return elements }
        repeat { elements.append(try value(bytes)) } while try another(bytes, closing: closing)
        return elements
    }

    private mutating func object(_ bytes: Span<UInt8>) throws(JSONError) -> JSONObject {
        try enter()
        defer { depth -= 1 }
        var object = JSONObject()
        var names: Set<String> = []
        let closing = UInt8(ascii: "}")
        if closes(bytes, with: closing) { return object }
        repeat {
            skipSpace(bytes)
            guard position < bytes.count, bytes[position] == ASCII.quote else { throw error(.syntax) }
            let name = try string(bytes)
            // A set only once the object is large: most have a handful of names.
            if object.members.count == 16 { names = Set(object.members.map(\.name)) }
            let repeated = object.members.count < 16 ? object[name] != nil : !names.insert(name).inserted
            guard !repeated else { throw error(.duplicateName) }
            skipSpace(bytes)
            guard position < bytes.count, bytes[position] == ASCII.colon else { throw error(.syntax) }
            position += 1
            object.append(name, try value(bytes))
        } while try another(bytes, closing: closing)
        return object
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(JSONError) -> JSONNumber {
        let start = position
        if bytes[position] == ASCII.minus { position += 1 }
        let integerStart = position
        guard digits(bytes) else { throw error(.syntax) }
        guard bytes[integerStart] != ASCII.zero || position == integerStart + 1 else { throw error(.syntax) }
        let integerEnd = position
        if position < bytes.count, bytes[position] == ASCII.dot {
            position += 1
            guard digits(bytes) else { throw error(.syntax) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == ASCII.plus || bytes[position] == ASCII.minus { position += 1 }
            guard digits(bytes) else { throw error(.syntax) }
        }
        guard let text = Self.text(bytes.extracting(start..<position)) else { throw error(.syntax) }
        // A short integer needs no second look; the others must not overflow a double.
        guard (position == integerEnd && position - start < 300) || Double(text)?.isFinite == true else { throw error(.syntax) }
        return JSONNumber(text: text)
    }

    /// Skips digits; false when there is none.
    private mutating func digits(_ bytes: Span<UInt8>) -> Bool {
        let start = position
        while position < bytes.count, ASCII.isDigit(bytes[position]) { position += 1 }
        return position > start
    }

    private static func text(_ bytes: Span<UInt8>) -> String? {
        guard let valid = try? UTF8Span(validating: bytes) else { return nil }
        return String(copying: valid)
    }

    private mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == ASCII.quote {
                guard let text = Self.text(bytes.extracting(start..<position)) else { throw error(.invalidUnicode) }
                position += 1
                return text
            }
            if byte == ASCII.backslash { return try escapedString(bytes, from: start) }
            guard byte >= 0x20 else { throw error(.syntax) }
            position += 1
        }
        throw error(.syntax)
    }

    /// The slow path, from the first escape on.
    private mutating func escapedString(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> String {
        var content: [UInt8] = []
        for index in start..<position { content.append(bytes[index]) }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == ASCII.quote {
                guard let text = Self.text(content.span) else { throw error(.invalidUnicode) }
                return text
            }
            guard byte >= 0x20 else { throw error(.syntax) }
            if byte == ASCII.backslash {
                content.append(contentsOf: Character(try escape(bytes)).utf8)
            } else {
                content.append(byte)
            }
        }
        throw error(.syntax)
    }

    private mutating func escape(_ bytes: Span<UInt8>) throws(JSONError) -> Unicode.Scalar {
        guard position < bytes.count else { throw error(.syntax) }
        let letter = bytes[position]
        position += 1
        switch letter {
        case ASCII.quote: return "\""
        case ASCII.backslash: return "\\"
        case ASCII.slash: return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(bytes)
        default: throw error(.syntax)
        }
    }

    private mutating func unicodeEscape(_ bytes: Span<UInt8>) throws(JSONError) -> Unicode.Scalar {
        let first = try codeUnit(bytes)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == ASCII.backslash, bytes[position + 1] == UInt8(ascii: "u")
        else { throw error(.invalidUnicode) }
        position += 2
        let second = try codeUnit(bytes)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00)
        else { throw error(.invalidUnicode) }
        return scalar
    }

    private mutating func codeUnit(_ bytes: Span<UInt8>) throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw error(.syntax) }
        var unit: UInt16 = 0
        for index in position..<position + 4 {
            guard let value = ASCII.hexValue(bytes[index]) else { throw error(.syntax) }
            unit = unit << 4 | UInt16(value)
        }
        position += 4
        return unit
    }
}
