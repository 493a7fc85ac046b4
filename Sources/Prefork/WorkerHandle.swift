/// How long the supervisor waits for what; nanoseconds.
package struct SupervisorLimits: Sendable {
    /// A worker that is not ready after this long is killed.
    package var start: Int64 = 30_000_000_000
    /// A draining worker that has not gone after this long is killed.
    package var drain: Int64 = 60_000_000_000
    /// Processes at the same time, as many as the scoreboard has slots; some are kept for replacements.
    package var processes = 120
    /// A configuration check that takes longer is given up.
    package var check: Int64 = 10_000_000_000
    /// From SIGABRT to SIGKILL.
    package var abort: Int64 = 2_000_000_000
    package var shortestBackoff: Int64 = 100_000_000
    package var longestBackoff: Int64 = 10_000_000_000
    /// A worker that lived this long was no crash at start: its place starts afresh without a pause.
    package var healthyAge: Int64 = 5_000_000_000

    package init() {}
}

/// The supervisor's view of one worker.
package struct WorkerHandle: Equatable {
    package enum State: String { case spawning, starting, ready, draining, stopping, aborting }

    package let number: Int
    /// Its part of the scoreboard.
    package let slot: Int
    /// Which of the generation's places it fills.
    package let place: Int
    package let generation: Int
    package var pid: Int32 = 0
    package private(set) var state = State.spawning
    private var since: Int64
    package let born: Int64
    /// The worker that is to drain when this one is ready.
    package var replaces: Int32?

    init(number: Int, slot: Int, place: Int, generation: Int, replaces: Int32?, born: Int64) {
        self.number = number
        self.slot = slot
        self.place = place
        self.generation = generation
        self.replaces = replaces
        self.born = born
        since = born
    }

    mutating func enter(_ state: State, now: Int64) {
        self.state = state
        since = now
    }

    /// When patience with its state ends.
    func deadline(_ limits: SupervisorLimits) -> Int64? {
        switch state {
        case .spawning, .ready: nil
        case .starting: since + limits.start
        case .draining, .stopping: since + limits.drain
        case .aborting: since + limits.abort
        }
    }
}

/// The places of a generation and how often their workers died: one that keeps crashing comes back after growing pauses.
struct Places {
    private let limits: SupervisorLimits
    private var failures: [Int]
    private var vacancies: [(place: Int, due: Int64)] = []

    init(count: Int, limits: SupervisorLimits) {
        self.limits = limits
        failures = Array(repeating: 0, count: count)
    }

    var nextDue: Int64? { vacancies.map(\.due).min() }

    /// False when the place must wait; `takeDue` then gives it out.
    mutating func mayFillAtOnce(_ place: Int, lifetime: Int64, now: Int64) -> Bool {
        failures[place] = lifetime >= limits.healthyAge ? 0 : failures[place] + 1
        guard failures[place] > 1 else { return true }
        let pause = min(limits.longestBackoff, limits.shortestBackoff << Int64(min(failures[place] - 2, 10)))
        vacancies.append((place, now + pause))
        return false
    }

    mutating func takeDue(now: Int64) -> [Int] {
        defer { vacancies.removeAll { $0.due <= now } }
        return vacancies.filter { $0.due <= now }.map(\.place)
    }

    mutating func forget() { vacancies.removeAll() }
}
