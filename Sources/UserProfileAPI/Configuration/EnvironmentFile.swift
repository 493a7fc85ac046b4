/// Reads files of `NAME=value` lines as systemd's `EnvironmentFile=` does (systemd.exec(5)): comments, quotes, no expansion.
public enum EnvironmentFile {
    public struct Problem: Error, Equatable {
        public let line: Int

        public init(line: Int) { self.line = line }
    }

    /// The assignments in order; `export ` in front is allowed so that a shell can read the same file.
    public static func parse(_ text: String) throws(Problem) -> [(name: String, value: String)] {
        var assignments: [(String, String)] = []
        for (number, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: isLineBreak).enumerated() {
            var line = trimmed(raw)
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("export ") { line = trimmed(line.dropFirst(7)) }
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex, line[..<equals].utf8.allSatisfy(isNameByte)
            else { throw Problem(line: number + 1) }
            assignments.append((String(line[..<equals]), unquoted(line[line.index(after: equals)...])))
        }
        return assignments
    }

    /// A line break is one Character in Swift, whichever of the two it is.
    private static func isLineBreak(_ character: Character) -> Bool { character == "\n" || character == "\r\n" }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func unquoted(_ text: Substring) -> String {
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        return String(text)
    }
}
