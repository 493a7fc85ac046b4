/// Base64url without padding (RFC 4648 section 5, as RFC 7515 uses it), strict: no padding, no white space, no stray bits.
public enum Base64URL {
    /// Appends what `text` decodes to; false, with nothing promised about `output`, when it is not base64url.
    public static func decode(_ text: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        guard text.count % 4 != 1 else { return false }
        var bits: UInt32 = 0
        var held = 0
        for index in text.indices {
            let value = values[Int(text[index])]
            guard value < 64 else { return false }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        // Bits that belong to no byte must be zero, else two texts would decode alike.
        return bits & (1 << UInt32(held) - 1) == 0
    }

    public static func encode(_ bytes: Span<UInt8>, into output: inout [UInt8]) {
        var bits: UInt32 = 0
        var held = 0
        for index in bytes.indices {
            bits = bits << 8 | UInt32(bytes[index])
            held += 8
            while held >= 6 {
                held -= 6
                output.append(alphabet[Int(bits >> UInt32(held) & 63)])
            }
        }
        if held > 0 { output.append(alphabet[Int(bits << UInt32(6 - held) & 63)]) }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
        return table
    }()
}
