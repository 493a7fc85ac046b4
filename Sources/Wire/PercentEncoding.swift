/// Percent-decoding of paths and queries (RFC 3986 section 2.1; `+` as space in queries, as HTML forms write it).
public enum PercentEncoding {
    /// The decoded text; nil for a broken escape, or when the result is not UTF-8 or holds a NUL.
    public static func decode(_ text: Span<UInt8>, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == ASCII.percent {
                guard index + 2 < text.count, let high = ASCII.hexValue(text[index + 1]), let low = ASCII.hexValue(text[index + 2])
                else { return nil }
                bytes.append(high << 4 | low)
                index += 3
                continue
            }
            bytes.append(plusIsSpace && byte == ASCII.plus ? ASCII.space : byte)
            index += 1
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
