internal import ArgumentParser
internal import Glibc
internal import Logging
internal import Metrics
internal import Prefork
internal import UserProfileAPI

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the supervisor and its workers.",
        discussion: """
            SIGTERM drains, SIGINT stops at once, SIGHUP rolls to a new generation with new configuration and binary, SIGUSR2 logs what
            every request thread is doing.
            """)

    @OptionGroup var environment: EnvironmentOptions

    func run() throws {
        let configuration = try environment.load()
        let (logger, _) = makeLogger("supervisor", configuration)
        for name in Configuration.unknownVariables(try environment.variables()) {
            logger.warning("unknown variable", metadata: ["name": "\(name)"])
        }
        let manager = ServiceManager()
        let file = Scoreboard.makeFile()
        guard file >= 0, let board = StatusBoard(file: file) else { throw Failure("no shared memory for the scoreboard") }
        let activated = try ServiceManager.takeListener()
        let listener = try activated ?? ListeningSocket.bind(path: configuration.socketPath)
        if let pidFile = configuration.pidFile { try PIDFile.write(pidFile) }
        let stateFile = configuration.pidFile.map { SupervisorStateFile(pidFile: $0) }
        let plans = PlanKeeper(scoreboard: file, logger: logger, plan: WorkerPlan(configuration))
        guard case .success(let plan) = plans.prepare(plans.present) else {
            throw Failure("no shared memory for the counters")
        }
        let inspection = WorkerInspection(board: board, logger: logger)
        let hooks = SupervisorHooks(
            plan: plans.read, inspect: { inspection.inspect($0, plans.present) }, occupy: { board.setProcess($1, slot: $0) },
            countRestart: board.countRestart, report: { stateFile?.write($0, scoreboard: file) }, dump: inspection.dump,
            leaving: board.setLeaving, reloadEnded: plans.finish)
        let commands = try WorkerCommands(environment)
        var supervisor = Supervisor(
            plan: plan, command: commands.worker, check: commands.check, listener: listener, scoreboard: file, manager: manager,
            logger: logger, hooks: hooks)
        let code = try supervisor.run()
        if activated == nil { unlink(configuration.socketPath) }
        stateFile?.remove()
        if let pidFile = configuration.pidFile { unlink(pidFile) }
        logger.info("ended", metadata: ["exit": "\(code)"])
        throw ExitCode(code)
    }
}

/// The plan that counts, the one that a reload is trying, and room in the scoreboard for the layouts they want.
final class PlanKeeper {
    private let scoreboard: Int32
    private let logger: Logger
    private(set) var present: WorkerPlan
    private var pending: WorkerPlan?
    /// Where the counters of each layout begin: going back to a release finds its own again.
    private var bases: [UInt64: Int] = [:]

    init(scoreboard: Int32, logger: Logger, plan: WorkerPlan) {
        self.scoreboard = scoreboard
        self.logger = logger
        present = plan
    }

    func read(_ text: String) -> Result<SupervisorPlan, ReloadRefusal> {
        guard let plan = WorkerPlan(text: text) else { return .failure(ReloadRefusal("the binary's plan is not understood")) }
        pending = plan
        return prepare(plan)
    }

    /// The reload is over: what it tried counts from now on, or never did.
    func finish(succeeded: Bool) {
        if succeeded, let pending { present = pending }
        pending = nil
    }

    /// The counters of a known layout go on where they are; a binary that counts other things starts its own, from zero.
    func prepare(_ plan: WorkerPlan) -> Result<SupervisorPlan, ReloadRefusal> {
        if bases[plan.layout] == nil {
            if !bases.isEmpty { logger.notice("the new binary counts other things: its counters begin at zero") }
            bases[plan.layout] = Scoreboard.extend(file: scoreboard, cells: plan.cells)
        }
        guard let base = bases[plan.layout] else { return .failure(ReloadRefusal("no shared memory for the counters")) }
        return .success(
            SupervisorPlan(
                workers: plan.workers, environment: ["UPA_SCOREBOARD_BASE=\(base)", "UPA_SCOREBOARD_LAYOUT=\(plan.layout)"]))
    }
}

/// How this binary is started again: as a worker, and to check a configuration.
struct WorkerCommands {
    let worker: WorkerCommand
    let check: WorkerCommand

    init(_ environment: EnvironmentOptions) throws {
        let executable = try Self.ownPath()
        let file = try environment.envFile.map { ["--env-file", try Self.absolute($0)] } ?? []
        worker = WorkerCommand(
            executable: executable, arguments: ["worker"] + file,
            environment: [
                // A worker that is told to abort must be gone at once, not print for a second.
                "SWIFT_BACKTRACE=enable=no",
                // libfcgi lingers on close for the web server to close first (2 s by default). That guards TCP against a reset that overtakes
                // the answer; on a unix socket what was written is the reader's already, and the wait costs two context switches.
                "LIBFCGI_OS_CLOSE_POLL_TIMEOUT=0",
            ])
        check = WorkerCommand(executable: executable, arguments: ["config", "check", "--plan"] + file)
    }

    /// The path this was started by, absolute, symbolic links kept: a deployment may point them at a newer release.
    private static func ownPath() throws -> String {
        let name = CommandLine.arguments[0]
        if name.contains("/") { return try absolute(name) }
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { $0.baseAddress.map { readlink("/proc/self/exe", $0, Int(PATH_MAX)) } ?? -1 }
        guard count > 0 else { throw Failure("/proc/self/exe cannot be read") }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    private static func absolute(_ path: String) throws -> String {
        if path.hasPrefix("/") { return path }
        guard let directory = getcwd(nil, 0) else { throw Failure("the working directory is gone") }
        defer { free(directory) }
        return "\(String(cString: directory))/\(path)"
    }
}

/// The file that names the supervisor's process.
enum PIDFile {
    static func write(_ path: String) throws {
        guard TextFile.replace(path, with: "\(getpid())\n") else { throw Failure("\(path) cannot be written") }
    }
}
