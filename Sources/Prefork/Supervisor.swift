internal import CPosix
internal import Glibc
public import Logging

/// The thin shell around `SupervisorState`: owns the listening socket and the scoreboard file, starts, watches and ends workers.
/// Single-threaded; never serves a request.
public struct Supervisor: ~Copyable {
    private var state: SupervisorState
    private let command: WorkerCommand
    private let checkCommand: WorkerCommand
    private var planEnvironment: [String]
    private var nextEnvironment: [String] = []
    private let listener: Int32
    private let scoreboard: Int32
    private let manager: ServiceManager
    private let logger: Logger
    private let hooks: SupervisorHooks
    private var controls: [Int32: Int32] = [:]
    private var check: ConfigurationCheck?
    private var exitCode: Int32?
    private var reloads = 0
    private var refusal: String?
    private var nextInspection: Int64
    private static let inspectionInterval: Int64 = 1_000_000_000
    private var nextWatchdog: Int64

    /// - Parameters:
    ///   - plan: of the first generation.
    ///   - check: runs the configuration check of the present binary.
    public init(
        plan: SupervisorPlan, command: WorkerCommand, check: WorkerCommand, listener: Int32, scoreboard: Int32, manager: ServiceManager,
        logger: Logger, hooks: SupervisorHooks
    ) {
        state = SupervisorState(workers: plan.workers)
        self.command = command
        checkCommand = check
        planEnvironment = plan.environment
        self.listener = listener
        self.scoreboard = scoreboard
        self.manager = manager
        self.logger = logger
        self.hooks = hooks
        let now = upa_monotonic_now()
        nextInspection = now + Self.inspectionInterval
        nextWatchdog = manager.watchdogInterval.map { now + $0 } ?? .max
    }

    /// Serves until told to leave; returns the exit code.
    public mutating func run() throws(SystemError) -> Int32 {
        let signals = try SignalQueue([SIGTERM, SIGINT, SIGHUP, SIGUSR2, SIGCHLD])
        perform(state.begin(now: upa_monotonic_now()))
        while exitCode == nil {
            // Signals first: a reload asked for while another ends is known before that end is told.
            let speakers = waitForEvent(signals)
            while let signal = signals.next() { handle(signal: signal) }
            for pid in speakers { readiness(of: pid) }
            feed(.tick)
            inspect()
        }
        for control in controls.values { close(control) }
        return exitCode ?? 0
    }

    private mutating func feed(_ event: SupervisorState.Event) {
        perform(state.handle(event, now: upa_monotonic_now()))
        // A tick that does nothing changes nothing.
        if event != .tick { tell() }
    }

    private mutating func handle(signal: Int32) {
        switch signal {
        case SIGTERM:
            logger.info("draining", metadata: ["signal": "SIGTERM"])
            manager.tell("STOPPING=1\nSTATUS=draining")
            hooks.leaving()
            feed(.drain)
        case SIGINT:
            logger.info("stopping", metadata: ["signal": "SIGINT"])
            manager.tell("STOPPING=1\nSTATUS=stopping")
            feed(.stop)
        case SIGHUP:
            logger.info("reload asked for", metadata: ["signal": "SIGHUP"])
            feed(.reload)
        case SIGUSR2: hooks.dump()
        default: reap()
        }
    }

    private mutating func inspect() {
        let now = upa_monotonic_now()
        if now >= nextWatchdog {
            manager.tell("WATCHDOG=1")
            nextWatchdog = now + (manager.watchdogInterval ?? 0)
        }
        guard now >= nextInspection else { return }
        nextInspection = now + Self.inspectionInterval
        let inspection = hooks.inspect(reportedWorkers)
        for pid in inspection.overdue { feed(.overdue(pid: pid)) }
        for (pid, reason) in inspection.recycle { feed(.recycle(pid: pid, reason: reason)) }
    }

    /// Collects every child that has ended.
    private mutating func reap() {
        while true {
            var status: Int32 = 0
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { return }
            if let check, check.pid == pid {
                self.check = nil
                finishCheck(check, succeeded: upa_wifexited(status) != 0 && upa_wexitstatus(status) == 0)
                continue
            }
            let worker = state.workers.first { $0.pid == pid }
            if let control = controls.removeValue(forKey: pid) { close(control) }
            let expected = upa_wifexited(status) != 0 && upa_wexitstatus(status) == 0
            logger.log(
                level: expected ? .info : .error, "worker ended",
                metadata: [
                    "pid": "\(pid)", "slot": "\(worker?.slot ?? -1)",
                    "reason": upa_wifsignaled(status) != 0 ? "signal \(upa_wtermsig(status))" : "exit \(upa_wexitstatus(status))",
                ])
            if let worker { hooks.occupy(worker.slot, 0) }
            feed(.exited(pid: pid))
        }
    }

    private mutating func beginCheck() {
        manager.tellReloading()
        do throws(SystemError) {
            check = try ConfigurationCheck(checkCommand)
        } catch {
            feed(.checkFailed(reason: "\(error)"))
        }
    }

    private mutating func finishCheck(_ check: ConfigurationCheck, succeeded: Bool) {
        let output = check.readOutput()
        guard succeeded else {
            feed(.checkFailed(reason: output.split(separator: "\n").prefix(20).joined(separator: "; ")))
            return
        }
        switch hooks.plan(output) {
        case .success(let plan):
            nextEnvironment = plan.environment
            feed(.checked(workers: plan.workers))
        case .failure(let refusal): feed(.checkFailed(reason: refusal.reason))
        }
    }

    private mutating func perform(_ actions: [SupervisorState.Action]) {
        for action in actions {
            switch action {
            case .spawn(let worker, let slot, let generation): spawn(worker, slot: slot, generation: generation)
            case .askToDrain(let pid): kill(pid, SIGTERM)
            case .askToStop(let pid): kill(pid, SIGINT)
            case .abort(let pid): kill(pid, SIGABRT)
            case .kill(let pid):
                logger.error("worker overdue, killed", metadata: ["pid": "\(pid)"])
                kill(pid, SIGKILL)
            case .checkConfiguration: beginCheck()
            case .abandonCheck:
                if let check {
                    kill(check.pid, SIGKILL)
                    _ = check.readOutput()
                }
                check = nil
            case .countRestart(let reason): hooks.countRestart(reason)
            case .started:
                logger.info("ready", metadata: ["workers": "\(state.workers.count)"])
                manager.tell("READY=1\nSTATUS=serving, generation 1")
            case .reloadFinished(let generation): finishReload(generation, nil)
            case .reloadRefused(let reason): finishReload(state.generation, reason)
            case .leave(let code): exitCode = code
            }
        }
    }

    private mutating func finishReload(_ generation: Int, _ refusal: String?) {
        reloads += 1
        self.refusal = refusal
        hooks.reloadEnded(refusal == nil)
        if let refusal {
            logger.error("reload refused, the old generation goes on", metadata: ["reason": "\(refusal)"])
        } else {
            planEnvironment = nextEnvironment
            logger.info("reloaded", metadata: ["generation": "\(generation)"])
        }
        guard state.phase != .leaving else { return }
        let suffix = refusal == nil ? "" : ", last reload refused"
        manager.tell("READY=1\nSTATUS=serving, generation \(generation)\(suffix)")
    }

    private var reportedWorkers: [SupervisorReport.Worker] {
        state.workers.map {
            SupervisorReport.Worker(pid: $0.pid, slot: $0.slot, generation: $0.generation, state: $0.state.rawValue, born: $0.born)
        }
    }

    private func tell() {
        let isReloading = state.phase == .checking || state.phase == .rolling
        hooks.report(
            SupervisorReport(
                generation: state.generation, isReloading: isReloading, reloads: reloads, refusal: refusal, workers: reportedWorkers))
    }

    private mutating func spawn(_ worker: Int, slot: Int, generation: Int) {
        var command = command
        let isRoll = generation > state.generation
        // A worker of a roll must find everything in order: there is a generation at work that it would replace.
        command.environment += isRoll ? nextEnvironment + ["UPA_WORKER_ROLLS_IN=1"] : planEnvironment
        do throws(SystemError) {
            let (pid, control) = try WorkerProcess.spawn(
                command, slot: slot, generation: generation, listener: listener, scoreboard: scoreboard)
            controls[pid] = control
            hooks.occupy(slot, pid)
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
        let deadline = min(state.nextDeadline ?? .max, nextInspection, nextWatchdog)
        let timeout = Int32(clamping: max(0, (deadline - upa_monotonic_now() + 999_999) / 1_000_000))
        guard poll(&descriptors, nfds_t(descriptors.count), timeout) > 0 else { return [] }
        return zip(pids, descriptors.dropFirst()).filter { $0.1.revents != 0 }.map(\.0)
    }
}
