internal import CPosix
internal import Glibc

/// Looks at a new configuration before anything is started with it: the binary itself, run as `config check --plan`, says what it would
/// do or what is wrong. One child, whose words are read when it has ended.
struct ConfigurationCheck {
    let pid: Int32
    /// An anonymous file that takes the child's output and errors.
    private let output: Int32

    init(_ command: WorkerCommand) throws(SystemError) {
        output = upa_memfd("check")
        guard output >= 0 else { throw SystemError("memfd") }
        do throws(SystemError) {
            pid = try WorkerProcess.spawn(command, extra: [], descriptors: [(output, 1), (output, 2)])
        } catch {
            close(output)
            throw error
        }
    }

    /// What the child wrote; closes the file.
    func readOutput() -> String {
        defer { close(output) }
        lseek(output, 0, SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = read(output, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
