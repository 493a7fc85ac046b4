internal import Glibc

/// Small files read and written whole, without Foundation.
public enum TextFile {
    private static let limit = 1 << 20

    /// The file's text; nil when it cannot be read, is not UTF-8, or is larger than a mebibyte.
    public static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            guard count >= 0, bytes.count <= limit else { return nil }
            if count == 0 { return String(validating: bytes, as: UTF8.self) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Replaces the file in one step, so that a reader sees the old text or the new one.
    public static func replace(_ path: String, with text: String) -> Bool {
        let temporary = "\(path).new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { return false }
        let bytes = Array(text.utf8)
        let written = write(file, bytes, bytes.count)
        close(file)
        return written == bytes.count && rename(temporary, path) == 0
    }
}
