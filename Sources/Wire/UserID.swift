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
        var shift = 60
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { buffer.append(ASCII.minus) }
            let word = index < 16 ? high : low
            buffer.append(ASCII.lowerHex(UInt8(truncatingIfNeeded: word >> UInt64(shift) & 15)))
            shift = shift == 0 ? 60 : shift - 4
        }
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
