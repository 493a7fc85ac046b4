internal import ArgumentParser
internal import Glibc
internal import Logging
internal import Metrics
internal import Prefork
internal import UserProfileAPI

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the supervisor and its workers.",
        discussion: "SIGTERM drains, SIGINT stops at once, SIGHUP rolls to a new generation with new configuration and binary.")

    @OptionGroup var environment: EnvironmentOptions

    func run() throws {
        let configuration = try environment.load()
        let (logger, _) = makeLogger("supervisor", configuration)
        for name in Configuration.unknownVariables(try environment.variables()) {
            logger.warning("unknown variable", metadata: ["name": "\(name)"])
        }
        let schema = APIMetrics().schema
        let slots = Supervisor.slots(forWorkers: configuration.workers)
        let file = Scoreboard.makeFile(schema: schema, slots: slots, threads: configuration.threads)
        guard file >= 0, let scoreboard = Scoreboard(file: file, schema: schema, slots: slots, threads: configuration.threads) else {
            throw ValidationError("no shared memory for the scoreboard")
        }
        let listener = try ListeningSocket.bind(path: configuration.socketPath)
        if let pidFile = configuration.pidFile { try PIDFile.write(pidFile) }
        let stateFile = configuration.pidFile.map(SupervisorStateFile.init)
        var supervisor = Supervisor(
            workers: configuration.workers, command: try workerCommand(slots: slots), listener: listener, scoreboard: file, logger: logger,
            onExit: { scoreboard.clearGauges(slot: $0) }, report: { stateFile?.write($0) })
        let code = try supervisor.run()
        unlink(configuration.socketPath)
        stateFile?.remove()
        if let pidFile = configuration.pidFile { unlink(pidFile) }
        logger.info("ended", metadata: ["exit": "\(code)"])
        throw ExitCode(code)
    }

    private func workerCommand(slots: Int) throws -> WorkerCommand {
        var arguments = ["worker"]
        if let file = environment.envFile { arguments += ["--env-file", try absolute(file)] }
        return WorkerCommand(
            executable: try ownPath(), arguments: arguments,
            environment: [
                "UPA_SLOTS=\(slots)",
                // A worker that is told to abort must be gone at once, not print for a second.
                "SWIFT_BACKTRACE=enable=no",
                // libfcgi lingers on close up to this many milliseconds, waiting for the server to close first.
                "LIBFCGI_OS_CLOSE_POLL_TIMEOUT=100",
            ])
    }

    /// The path this was started by, absolute, symbolic links kept: a deployment may point them at a newer release.
    private func ownPath() throws -> String {
        let name = CommandLine.arguments[0]
        if name.contains("/") { return try absolute(name) }
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { $0.baseAddress.map { readlink("/proc/self/exe", $0, Int(PATH_MAX)) } ?? -1 }
        guard count > 0 else { throw ValidationError("/proc/self/exe cannot be read") }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    private func absolute(_ path: String) throws -> String {
        if path.hasPrefix("/") { return path }
        guard let directory = getcwd(nil, 0) else { throw ValidationError("the working directory is gone") }
        defer { free(directory) }
        return "\(String(cString: directory))/\(path)"
    }
}

/// The file that names the supervisor's process.
enum PIDFile {
    static func write(_ path: String) throws {
        guard TextFile.replace(path, with: "\(getpid())\n") else { throw ValidationError("\(path) cannot be written") }
    }
}
