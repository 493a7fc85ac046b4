internal import CPosix
internal import Glibc

/// What a worker process runs: this binary again, so that a roll takes in a new binary and a new configuration.
public struct WorkerCommand: Sendable {
    public var executable: String
    public var arguments: [String]
    /// `NAME=value`, added to the supervisor's own environment.
    public var environment: [String]

    public init(executable: String, arguments: [String], environment: [String] = []) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }
}

/// The descriptors a worker finds; everything else is closed.
public enum WorkerDescriptor {
    /// The listening socket, where FastCGI expects it (`FCGI_LISTENSOCK_FILENO`).
    public static let listener: Int32 = 0
    public static let scoreboard: Int32 = 3
    /// A socket to the supervisor: readiness goes up, its closing means drain.
    public static let control: Int32 = 4
}

/// Starts processes by spawn and exec; the supervisor never forks itself.
enum WorkerProcess {
    /// - Returns: the pid, and the supervisor's end of the control socket.
    static func spawn(
        _ command: WorkerCommand, slot: Int, generation: Int, listener: Int32, scoreboard: Int32
    ) throws(SystemError) -> (pid: Int32, control: Int32) {
        var pair: [Int32] = [-1, -1]
        guard upa_socketpair(&pair) == 0 else { throw SystemError("socketpair") }
        defer { close(pair[1]) }
        do throws(SystemError) {
            let pid = try spawn(
                command, extra: ["UPA_WORKER_SLOT=\(slot)", "UPA_WORKER_GENERATION=\(generation)"],
                descriptors: [
                    (listener, WorkerDescriptor.listener), (scoreboard, WorkerDescriptor.scoreboard), (pair[1], WorkerDescriptor.control),
                ])
            return (pid, pair[0])
        } catch {
            close(pair[0])
            throw error
        }
    }

    /// Starts a process that finds each source descriptor under its target number and none above the control socket's.
    /// - Parameter extra: `NAME=value` beside the inherited environment and the command's.
    static func spawn(_ command: WorkerCommand, extra: [String], descriptors: [(source: Int32, target: Int32)]) throws(SystemError) -> Int32
    {
        var moved: [(source: Int32, target: Int32)] = []
        defer { for (copy, _) in moved { close(copy) } }
        for (source, target) in descriptors {
            // Out of the way of the numbers they are to get, so that no dup2 overwrites another's source.
            let copy = fcntl(source, F_DUPFD_CLOEXEC, 10)
            guard copy >= 0 else { throw SystemError("F_DUPFD_CLOEXEC") }
            moved.append((copy, target))
        }
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        for (copy, target) in moved { posix_spawn_file_actions_adddup2(&files, copy, target) }
        posix_spawn_file_actions_addclosefrom_np(&files, WorkerDescriptor.control + 1)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let arguments = ([command.executable] + command.arguments).map { strdup($0) } + [nil]
        let environment = (inheritedEnvironment() + command.environment + extra).map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var pid: Int32 = 0
        let failure = posix_spawn(&pid, command.executable, &files, &attributes, arguments, environment)
        guard failure == 0 else { throw SystemError("spawn \(command.executable)", code: failure) }
        return pid
    }

    private static func inheritedEnvironment() -> [String] {
        var entries: [String] = []
        var next = Glibc.environ
        while let entry = next.pointee {
            entries.append(String(cString: entry))
            next += 1
        }
        return entries
    }
}
