/// What the supervisor asks of the program it supervises: it knows processes, the program knows what they do.
public struct SupervisorHooks {
    /// Reads what `config check --plan` said: how many workers to run and what to add to their environment, or why it cannot be.
    public var plan: (String) -> Result<SupervisorPlan, ReloadRefusal>
    /// Called once a second: workers whose oldest request is overdue, and workers to be recycled with the reason.
    public var inspect: ([SupervisorReport.Worker]) -> Inspection
    /// A worker was started in a slot, or left it (pid 0).
    public var occupy: (_ slot: Int, _ pid: Int32) -> Void
    public var countRestart: (String) -> Void
    /// After every change.
    public var report: (SupervisorReport) -> Void
    /// SIGUSR2: log what everybody is doing.
    public var dump: () -> Void
    /// The whole service is ending.
    public var leaving: () -> Void
    /// A reload ended; whether what `plan` read counts now.
    public var reloadEnded: (_ succeeded: Bool) -> Void

    public init(
        plan: @escaping (String) -> Result<SupervisorPlan, ReloadRefusal>, inspect: @escaping ([SupervisorReport.Worker]) -> Inspection,
        occupy: @escaping (Int, Int32) -> Void, countRestart: @escaping (String) -> Void, report: @escaping (SupervisorReport) -> Void,
        dump: @escaping () -> Void, leaving: @escaping () -> Void, reloadEnded: @escaping (Bool) -> Void
    ) {
        self.plan = plan
        self.inspect = inspect
        self.occupy = occupy
        self.countRestart = countRestart
        self.report = report
        self.dump = dump
        self.leaving = leaving
        self.reloadEnded = reloadEnded
    }
}

public struct ReloadRefusal: Error {
    public let reason: String
    public init(_ reason: String) { self.reason = reason }
}

public struct SupervisorPlan: Sendable {
    public let workers: Int
    public let environment: [String]
    public init(workers: Int, environment: [String]) {
        self.workers = workers
        self.environment = environment
    }
}

public struct Inspection: Sendable {
    public var overdue: [Int32] = []
    public var recycle: [(pid: Int32, reason: String)] = []
    public init() {}
}

/// What an outsider may want to know, told after every change.
public struct SupervisorReport: Sendable {
    public struct Worker: Sendable {
        public let pid: Int32
        public let slot: Int
        public let generation: Int
        public let state: String
        /// Monotonic nanoseconds.
        public let born: Int64
    }

    public let generation: Int
    /// A reload is being carried out.
    public let isReloading: Bool
    /// Reloads answered so far, and why the last one was refused.
    public let reloads: Int
    public let refusal: String?
    public let workers: [Worker]
}
