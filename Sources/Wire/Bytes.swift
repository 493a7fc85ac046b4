/// ASCII constants and appends on byte buffers: what every writer in this room shares.
public enum ASCII {
    public static let space = UInt8(ascii: " ")
    public static let quote = UInt8(ascii: "\"")
    public static let backslash = UInt8(ascii: "\\")
    public static let slash = UInt8(ascii: "/")
    public static let percent = UInt8(ascii: "%")
    public static let plus = UInt8(ascii: "+")
    public static let minus = UInt8(ascii: "-")
    public static let dot = UInt8(ascii: ".")
    public static let colon = UInt8(ascii: ":")
    public static let comma = UInt8(ascii: ",")
    public static let zero = UInt8(ascii: "0")
    public static let nine = UInt8(ascii: "9")

    /// The value of a hexadecimal digit of either case, nil for anything else.
    @inlinable
    public static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    @inlinable
    public static func isDigit(_ byte: UInt8) -> Bool { byte >= zero && byte <= nine }

    @inlinable
    public static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }

    @inlinable
    public static func lowerHex(_ nibble: UInt8) -> UInt8 { nibble < 10 ? nibble + 0x30 : nibble - 10 + 0x61 }
}

extension [UInt8] {
    /// Appends the bytes of a literal without making a String of it.
    @inlinable
    public mutating func append(_ literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    @inlinable
    public mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// Appends bytes in one piece; a Span is no Sequence.
    public mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Appends an integer in decimal digits.
    public mutating func append(decimal value: Int) {
        if value < 0 { append(ASCII.minus) }
        var magnitude = value.magnitude
        let start = count
        repeat {
            append(UInt8(truncatingIfNeeded: magnitude % 10) + ASCII.zero)
            magnitude /= 10
        } while magnitude > 0
        self[start...].reverse()
    }

    /// Appends `value` with exactly `width` digits, zeros in front; `value` must fit.
    public mutating func append(decimal value: Int, width: Int) {
        var scale = 1
        for _ in 1..<Swift.max(width, 1) { scale *= 10 }
        while scale > 0 {
            append(UInt8(truncatingIfNeeded: value / scale % 10) + ASCII.zero)
            scale /= 10
        }
    }
}

extension StaticString {
    /// Whether `bytes` are exactly this literal.
    @inlinable
    public func matches(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count == utf8CodeUnitCount else { return false }
        for index in bytes.indices where bytes[index] != utf8Start[index] { return false }
        return true
    }
}
