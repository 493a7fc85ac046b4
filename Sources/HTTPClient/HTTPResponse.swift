/// A response to a request of ours: its status and body.
public struct HTTPResponse: Sendable, Equatable {
    public let status: Int
    public let body: [UInt8]

    /// Reads a whole HTTP/1.1 response (RFC 9112) whose connection was asked to close; nil when it is incomplete or no HTTP.
    package init?(_ bytes: [UInt8]) {
        guard let headEnd = Self.find([13, 10, 13, 10], in: bytes, from: 0) else { return nil }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1."), let status = Int(first.dropFirst(9).prefix(3)) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.lowercased()
        }
        let rest = bytes[(headEnd + 4)...]
        if headers["transfer-encoding"] == "chunked" {
            guard let body = Self.unchunked(Array(rest)) else { return nil }
            self.body = body
        } else if let length = headers["content-length"] {
            guard let count = Int(length), count >= 0, rest.count >= count else { return nil }
            body = Array(rest.prefix(count))
        } else {
            body = Array(rest)
        }
        self.status = status
    }

    private static func unchunked(_ bytes: [UInt8]) -> [UInt8]? {
        var body: [UInt8] = []
        var position = 0
        while let lineEnd = find([13, 10], in: bytes, from: position) {
            let line = String(decoding: bytes[position..<lineEnd].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let size = Int(line, radix: 16), size >= 0, size <= bytes.count else { return nil }
            if size == 0 { return body }
            let end = lineEnd + 2 + size
            guard end + 2 <= bytes.count else { return nil }
            body += bytes[(lineEnd + 2)..<end]
            position = end + 2
        }
        return nil
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count - start >= pattern.count else { return nil }
        return (start...(bytes.count - pattern.count)).first { bytes[$0..<$0 + pattern.count].elementsEqual(pattern) }
    }
}
