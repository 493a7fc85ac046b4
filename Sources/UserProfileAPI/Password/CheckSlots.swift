internal import CPosix
internal import Glibc

/// How many password checks run at once on this host: each takes a lot of memory. A slot is the lock on one byte of a file that all
/// workers share, so a worker that dies gives its slot back.
struct CheckSlots {
    private let path: String
    private let count: Int

    /// - Parameter path: a file that every worker can open; only locked, never written.
    init(path: String, count: Int) {
        self.path = path
        self.count = count
    }

    /// Runs `body` in a slot; nil when none got free before the deadline (monotonic nanoseconds).
    func run<Value>(deadline: Int64, _ body: () -> Value) -> Value? {
        // A description of its own for each check: locks belong to it.
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        while true {
            for slot in 0..<count where upa_try_lock_byte(file, slot) == 0 {
                defer { _ = upa_unlock_byte(file, slot) }
                return body()
            }
            guard Clock.monotonic() < deadline else { return nil }
            Pause.milliseconds(20)
        }
    }
}
