/// Writes one CGI response (RFC 3875 section 6) into a buffer that its thread keeps: head, then body, one piece for libfcgi.
/// `Content-Length` is always sent: without it a worker's death looks like a complete answer.
public struct ResponseWriter {
    public private(set) var bytes: [UInt8] = []

    public init() { bytes.reserveCapacity(8 * 1024) }

    /// Begins a response anew.
    public mutating func begin(status: Int, phrase: StaticString) {
        bytes.removeAll(keepingCapacity: true)
        append("Status: ")
        appendDecimal(status)
        append(" ")
        append(phrase)
        append("\r\n")
    }

    public mutating func header(_ name: StaticString, _ value: StaticString) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// A header whose value is known at run time. Bytes that would end the line are left out, so a value can never forge a header.
    public mutating func header(_ name: StaticString, bytes value: Span<UInt8>) {
        append(name)
        append(": ")
        for index in value.indices where value[index] >= 0x20 && value[index] != 0x7F { bytes.append(value[index]) }
        append("\r\n")
    }

    /// A header whose value `write` appends; it must not hold what would end the line.
    public mutating func header(_ name: StaticString, writing write: (inout [UInt8]) -> Void) {
        append(name)
        append(": ")
        write(&bytes)
        append("\r\n")
    }

    public mutating func header(_ name: StaticString, _ value: Int) {
        append(name)
        append(": ")
        appendDecimal(value)
        append("\r\n")
    }

    /// Ends the head and appends the body.
    /// - Parameter sendBody: false for HEAD, whose head is that of GET.
    public mutating func end(body: Span<UInt8>, sendBody: Bool = true) {
        header("Content-Length", body.count)
        append("\r\n")
        if sendBody { body.withUnsafeBufferPointer { bytes.append(contentsOf: $0) } }
    }

    /// Ends a response that has no body by nature (304).
    public mutating func endWithoutBody() { append("\r\n") }

    private mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func appendDecimal(_ value: Int) {
        let start = bytes.count
        var rest = value.magnitude
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0"))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}
