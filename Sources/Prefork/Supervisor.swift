internal import CPosix
internal import Glibc
public import Logging

/// The thin shell around `SupervisorState`: owns the listening socket and the scoreboard file, starts, watches and ends workers.
/// Single-threaded; never serves a request.
public struct Supervisor: ~Copyable {
    private var state: SupervisorState
    private let command: WorkerCommand
    private let listener: Int32
    private let scoreboard: Int32
    private let logger: Logger
    private let onExit: (Int) -> Void
    private let report: (Report) -> Void
    private var controls: [Int32: Int32] = [:]
    private var exitCode: Int32?
    private var reloads = 0

    /// What an outsider may want to know, told after every change.
    public struct Report: Sendable {
        public let generation: Int
        /// Reloads asked for and answered so far, and the reason of the last refusal.
        public let reloads: Int
        public let refusal: String?
        public let workers: [Int32]
    }

    /// - Parameters:
    ///   - workers: processes that serve at the same time.
    ///   - onExit: called with the slot of a worker that has gone.
    ///   - report: called after start, reloads and changes of workers.
    public init(
        workers: Int, command: WorkerCommand, listener: Int32, scoreboard: Int32, logger: Logger,
        onExit: @escaping (Int) -> Void, report: @escaping (Report) -> Void
    ) {
        state = SupervisorState(workers: workers)
        self.command = command
        self.listener = listener
        self.scoreboard = scoreboard
        self.logger = logger
        self.onExit = onExit
        self.report = report
    }

    /// Scoreboard slots for that many workers.
    public static func slots(forWorkers count: Int) -> Int { SupervisorState.slots(forWorkers: count) }

    /// Serves until told to leave; returns the exit code.
    public mutating func run() throws(SystemError) -> Int32 {
        let signals = try SignalQueue([SIGTERM, SIGINT, SIGHUP, SIGCHLD])
        perform(state.begin(now: upa_monotonic_now()))
        while exitCode == nil {
            let ready = waitForEvent(signals)
            for pid in ready { readiness(of: pid) }
            while let signal = signals.next() { handle(signal: signal) }
            feed(.tick)
        }
        for control in controls.values { close(control) }
        return exitCode ?? 0
    }

    private mutating func feed(_ event: SupervisorState.Event) { perform(state.handle(event, now: upa_monotonic_now())) }

    private mutating func handle(signal: Int32) {
        switch signal {
        case SIGTERM:
            logger.info("draining", metadata: ["signal": "SIGTERM"])
            feed(.drain)
        case SIGINT:
            logger.info("stopping", metadata: ["signal": "SIGINT"])
            feed(.stop)
        case SIGHUP:
            logger.info("reloading", metadata: ["signal": "SIGHUP"])
            feed(.reload)
        default: reap()
        }
    }

    /// Collects every child that has ended.
    private mutating func reap() {
        while true {
            var status: Int32 = 0
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { return }
            let worker = state.workers.first { $0.pid == pid }
            if let control = controls.removeValue(forKey: pid) { close(control) }
            let expected = upa_wifexited(status) != 0 && upa_wexitstatus(status) == 0
            logger.log(
                level: expected ? .info : .error, "worker ended",
                metadata: [
                    "pid": "\(pid)", "slot": "\(worker?.slot ?? -1)",
                    "reason": upa_wifsignaled(status) != 0 ? "signal \(upa_wtermsig(status))" : "exit \(upa_wexitstatus(status))",
                ])
            if let worker { onExit(worker.slot) }
            feed(.exited(pid: pid))
        }
    }

    private mutating func perform(_ actions: [SupervisorState.Action]) {
        for action in actions {
            switch action {
            case .spawn(let worker, let slot, let generation): spawn(worker, slot: slot, generation: generation)
            case .askToDrain(let pid): kill(pid, SIGTERM)
            case .askToStop(let pid): kill(pid, SIGINT)
            case .kill(let pid):
                logger.error("worker overdue, killed", metadata: ["pid": "\(pid)"])
                kill(pid, SIGKILL)
            case .started: logger.info("ready", metadata: ["workers": "\(state.workers.count)"])
            case .reloadFinished(let generation):
                reloads += 1
                logger.info("reloaded", metadata: ["generation": "\(generation)"])
            case .reloadRefused(let reason):
                reloads += 1
                logger.error("reload refused", metadata: ["reason": "\(reason)"])
                tell(refusal: reason)
                continue
            case .leave(let code): exitCode = code
            }
            tell(refusal: nil)
        }
    }

    private func tell(refusal: String?) {
        let ready = state.workers.filter { $0.state == .ready }.map(\.pid)
        report(Report(generation: state.generation, reloads: reloads, refusal: refusal, workers: ready))
    }

    private mutating func spawn(_ worker: Int, slot: Int, generation: Int) {
        do throws(SystemError) {
            let (pid, control) = try WorkerProcess.spawn(
                command, slot: slot, generation: generation, listener: listener, scoreboard: scoreboard)
            controls[pid] = control
            logger.info("worker started", metadata: ["pid": "\(pid)", "slot": "\(slot)", "generation": "\(generation)"])
            feed(.spawned(worker: worker, pid: pid))
        } catch {
            logger.error("worker not started", metadata: ["reason": "\(error)"])
            feed(.spawnFailed(worker: worker))
        }
    }

    private mutating func readiness(of pid: Int32) {
        guard let control = controls[pid] else { return }
        var byte: UInt8 = 0
        if read(control, &byte, 1) == 1 {
            feed(.ready(pid: pid))
        } else {
            // Its end closed: it is about to exit, and SIGCHLD will say so. Watching on would only spin.
            close(control)
            controls[pid] = nil
        }
    }

    /// Waits for a signal, a worker's word or the next deadline; returns the workers that have something to say.
    private borrowing func waitForEvent(_ signals: borrowing SignalQueue) -> [Int32] {
        let pids = Array(controls.keys)
        var descriptors = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
        for pid in pids { descriptors.append(pollfd(fd: controls[pid] ?? -1, events: Int16(POLLIN), revents: 0)) }
        var timeout: Int32 = -1
        if let deadline = state.nextDeadline {
            timeout = Int32(clamping: max(0, (deadline - upa_monotonic_now() + 999_999) / 1_000_000))
        }
        guard poll(&descriptors, nfds_t(descriptors.count), timeout) > 0 else { return [] }
        return zip(pids, descriptors.dropFirst()).filter { $0.1.revents != 0 }.map(\.0)
    }
}
