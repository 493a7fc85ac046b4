internal import ArgumentParser
internal import FastCGI
internal import Glibc
internal import Logging
internal import Metrics
internal import Prefork
internal import UserProfileAPI

/// A worker process; started by the supervisor, which hands it its descriptors and its slot.
struct WorkerCommandLine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "A worker process (started by the supervisor).", shouldDisplay: false)

    @OptionGroup var environment: EnvironmentOptions

    func run() throws {
        let signals = try Worker.listen()
        let configuration = try environment.load()
        let (logger, identity) = makeLogger("worker", configuration)
        let variables = try environment.variables()
        guard let slot = variables["UPA_WORKER_SLOT"].flatMap(Int.init), let base = variables["UPA_SCOREBOARD_BASE"].flatMap(Int.init)
        else {
            throw Failure("worker is started by `userprofile-api serve` only")
        }
        let metrics = APIMetrics()
        guard let scoreboard = Self.scoreboard(base: base, layout: variables["UPA_SCOREBOARD_LAYOUT"], metrics.schema) else {
            throw Failure("no shared memory for the counters")
        }
        scoreboard.clearGauges(slot: slot)
        scoreboard.board.setThreads(configuration.threads, slot: slot)
        Acceptor.initializeLibrary()
        let service = Service(
            configuration: configuration, identity: identity, metrics: metrics, scoreboard: scoreboard,
            lockFile: "/proc/self/fd/\(WorkerDescriptor.scoreboard)", logger: logger)
        let isWarm = service.warm()
        guard isWarm || variables["UPA_WORKER_ROLLS_IN"] == nil else {
            throw Failure("the database of the new configuration does not answer")
        }
        service.testLimiter()
        let feed: @Sendable (DrainFlag) -> Void = { drain in service.runChangeFeed(slot: slot, isDraining: { drain.isSet }) }
        try Worker.run(signals: signals, threads: configuration.threads, background: feed) { number, drain in
            var thread = RequestThread(service: service, slot: slot, thread: number, listener: WorkerDescriptor.listener)
            thread.run(isDraining: { drain.isSet })
        }
    }

    /// The shared scoreboard; or one of its own when this binary counts other things than the supervisor's plan says, as a worker that is
    /// replaced between a deployment and its reload does. Its figures are then missing until the reload, but nobody's are wrong.
    private static func scoreboard(base: Int, layout: String?, _ schema: Schema) -> Scoreboard? {
        if layout == "\(schema.layout)" { return Scoreboard(file: WorkerDescriptor.scoreboard, base: base, schema: schema) }
        let file = Scoreboard.makeFile()
        guard file >= 0, let own = Scoreboard.extend(file: file, cells: schema.cellCount) else { return nil }
        return Scoreboard(file: file, base: own, schema: schema)
    }
}
