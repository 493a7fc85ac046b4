/// A user's UUID as sixteen bytes in two words: compared, hashed and written without a heap allocation (RFC 9562).
public struct UserID: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the canonical 8-4-4-4-12 form, either case; nil for anything else.
    public init?(_ text: Span<UInt8>) {
        guard text.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var nibbles = 0
        for index in 0..<36 {
            let byte = text[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == ASCII.minus else { return nil }
                continue
            }
            guard let value = ASCII.hexValue(byte) else { return nil }
            if nibbles < 16 {
                words.0 = words.0 << 4 | UInt64(value)
            } else {
                words.1 = words.1 << 4 | UInt64(value)
            }
            nibbles += 1
        }
        self.init(high: words.0, low: words.1)
    }

    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    /// Appends the canonical lower-case form, 36 bytes.
    public func write(to buffer: inout [UInt8]) {
        var text = InlineArray<36, UInt8>(repeating: ASCII.minus)
        var position = 0
        for digit in 0..<32 {
            let word = digit < 16 ? high : low
            text[position] = ASCII.lowerHex(UInt8(truncatingIfNeeded: word >> UInt64(60 - digit % 16 * 4) & 15))
            position += digit == 7 || digit == 11 || digit == 15 || digit == 19 ? 2 : 1
        }
        buffer.append(text.span)
    }
}

extension UserID: CustomStringConvertible {
    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
