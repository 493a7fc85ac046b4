/// What the supervisor knows and decides: events in, actions out. No clock, no process, no descriptor; times are monotonic nanoseconds.
package struct SupervisorState {
    package enum Event: Equatable {
        /// The process for this worker number runs under this pid.
        case spawned(worker: Int, pid: Int32)
        case spawnFailed(worker: Int)
        /// The worker has its connections and threads and accepts requests.
        case ready(pid: Int32)
        case exited(pid: Int32)
        /// SIGHUP: roll to a new generation.
        case reload
        /// SIGTERM: finish what was accepted, then leave.
        case drain
        /// SIGINT: leave now.
        case stop
        /// Time passed; see `nextDeadline`.
        case tick
    }

    package enum Action: Equatable {
        /// Start a worker in this scoreboard slot. `worker` is its number for the events that follow.
        case spawn(worker: Int, slot: Int, generation: Int)
        case askToDrain(pid: Int32)
        case askToStop(pid: Int32)
        case kill(pid: Int32)
        case reloadFinished(generation: Int)
        case reloadRefused(reason: String)
        /// Everything of the first generation is ready.
        case started
        case leave(exitCode: Int32)
    }

    package struct Limits: Sendable {
        /// A worker that is not ready after this long is killed.
        package var start: Int64 = 30_000_000_000
        /// A draining worker that has not gone after this long is killed.
        package var drain: Int64 = 60_000_000_000
        package var shortestBackoff: Int64 = 100_000_000
        package var longestBackoff: Int64 = 10_000_000_000
        /// A worker that lived this long was no crash at start: its place starts afresh without a pause.
        package var healthyAge: Int64 = 5_000_000_000

        package init() {}
    }

    package struct Worker: Equatable {
        package enum State: Equatable { case spawning, starting, ready, draining, stopping }
        package let number: Int
        package let slot: Int
        /// Which of the generation's places it fills, 0..<workers.
        package let place: Int
        package let generation: Int
        package var pid: Int32 = 0
        package var state = State.spawning
        package var since: Int64
        package let born: Int64
    }

    private enum Phase: Equatable { case starting, running, rolling, leaving }

    /// A place of the present generation whose worker died: when it is filled again.
    private struct Vacancy {
        let place: Int
        let due: Int64
    }

    private let count: Int
    private let limits: Limits
    package private(set) var workers: [Worker] = []
    package private(set) var generation = 1
    private var phase = Phase.starting
    private var failures: [Int]
    private var vacancies: [Vacancy] = []
    private var nextNumber = 0
    private var exitCode: Int32 = 0

    package init(workers count: Int, limits: Limits = Limits()) {
        self.count = count
        self.limits = limits
        failures = Array(repeating: 0, count: count)
    }

    /// Scoreboard slots needed at the most: two generations side by side, and a replacement while its predecessor is killed.
    package static func slots(forWorkers count: Int) -> Int { count * 3 }

    /// Begins the first generation.
    package mutating func begin(now: Int64) -> [Action] { (0..<count).map { spawn(place: $0, generation: generation, now: now) } }

    package mutating func handle(_ event: Event, now: Int64) -> [Action] {
        switch event {
        case .spawned(let number, let pid):
            if let index = workers.firstIndex(where: { $0.number == number }) {
                workers[index].pid = pid
                workers[index].state = .starting
                workers[index].since = now
            }
            // A stop that came while the process was being made.
            return phase == .leaving ? retire(where: { $0.number == number }, now: now) : []
        case .spawnFailed(let number): return lost(where: { $0.number == number }, now: now)
        case .ready(let pid): return becameReady(pid, now: now)
        case .exited(let pid): return lost(where: { $0.pid == pid }, now: now)
        case .reload: return reload(now: now)
        case .drain: return leave(now: now, fast: false)
        case .stop: return leave(now: now, fast: true)
        case .tick: return tick(now: now)
        }
    }

    /// When `tick` is due next; nil when only an outside event can change anything.
    package var nextDeadline: Int64? {
        let waits = workers.compactMap { worker -> Int64? in
            switch worker.state {
            case .spawning, .ready: nil
            case .starting: worker.since + limits.start
            case .draining, .stopping: worker.since + limits.drain
            }
        }
        return (waits + vacancies.map(\.due)).min()
    }

    private mutating func spawn(place: Int, generation: Int, now: Int64) -> Action {
        let taken = Set(workers.map(\.slot))
        guard let slot = (0..<Self.slots(forWorkers: count)).first(where: { !taken.contains($0) }) else {
            preconditionFailure("more workers than slots")
        }
        nextNumber += 1
        workers.append(Worker(number: nextNumber, slot: slot, place: place, generation: generation, since: now, born: now))
        return .spawn(worker: nextNumber, slot: slot, generation: generation)
    }

    private mutating func becameReady(_ pid: Int32, now: Int64) -> [Action] {
        if let index = workers.firstIndex(where: { $0.pid == pid && $0.state == .starting }) {
            workers[index].state = .ready
            workers[index].since = now
        }
        let newest = phase == .rolling ? generation + 1 : generation
        guard workers.filter({ $0.generation == newest && $0.state == .ready }).count == count else { return [] }
        switch phase {
        case .starting:
            phase = .running
            return [.started]
        case .rolling:
            generation = newest
            phase = .running
            vacancies.removeAll()
            failures = Array(repeating: 0, count: count)
            return [.reloadFinished(generation: newest)] + retire(where: { $0.generation < newest }, now: now)
        case .running, .leaving: return []
        }
    }

    private mutating func lost(where matches: (Worker) -> Bool, now: Int64) -> [Action] {
        guard let index = workers.firstIndex(where: matches) else { return [] }
        let worker = workers.remove(at: index)
        if phase == .leaving { return workers.isEmpty ? [.leave(exitCode: exitCode)] : [] }
        guard worker.state != .draining, worker.state != .stopping else { return [] }
        if worker.generation > generation { return refuseReload("a worker of the new generation ended before it was ready", now: now) }
        failures[worker.place] = now - worker.born >= limits.healthyAge ? 0 : failures[worker.place] + 1
        let pause =
            failures[worker.place] <= 1
            ? 0 : min(limits.longestBackoff, limits.shortestBackoff << Int64(min(failures[worker.place] - 2, 10)))
        if pause == 0 { return [spawn(place: worker.place, generation: generation, now: now)] }
        vacancies.append(Vacancy(place: worker.place, due: now + pause))
        return []
    }

    private mutating func reload(now: Int64) -> [Action] {
        switch phase {
        case .running:
            phase = .rolling
            return (0..<count).map { spawn(place: $0, generation: generation + 1, now: now) }
        case .rolling: return [.reloadRefused(reason: "a reload is under way")]
        case .starting: return [.reloadRefused(reason: "still starting")]
        case .leaving: return [.reloadRefused(reason: "stopping")]
        }
    }

    private mutating func refuseReload(_ reason: String, now: Int64) -> [Action] {
        phase = .running
        let newest = generation + 1
        return [.reloadRefused(reason: reason)] + retire(where: { $0.generation == newest }, now: now)
    }

    /// Asks workers to finish. One whose process is still being made is asked when its pid is known (`spawned`).
    private mutating func retire(where matches: (Worker) -> Bool, now: Int64, fast: Bool = false) -> [Action] {
        var actions: [Action] = []
        for index in workers.indices where matches(workers[index]) && workers[index].pid != 0 {
            workers[index].state = fast ? .stopping : .draining
            workers[index].since = now
            actions.append(fast ? .askToStop(pid: workers[index].pid) : .askToDrain(pid: workers[index].pid))
        }
        return actions
    }

    private mutating func leave(now: Int64, fast: Bool) -> [Action] {
        phase = .leaving
        vacancies.removeAll()
        guard !workers.isEmpty else { return [.leave(exitCode: exitCode)] }
        return retire(where: { fast || ($0.state != .draining && $0.state != .stopping) }, now: now, fast: fast)
    }

    private mutating func tick(now: Int64) -> [Action] {
        var actions: [Action] = []
        for index in workers.indices {
            let worker = workers[index]
            switch worker.state {
            case .starting where now >= worker.since + limits.start, .draining where now >= worker.since + limits.drain,
                .stopping where now >= worker.since + limits.drain:
                workers[index].since = now
                actions.append(.kill(pid: worker.pid))
            default: break
            }
        }
        for vacancy in vacancies where vacancy.due <= now { actions.append(spawn(place: vacancy.place, generation: generation, now: now)) }
        vacancies.removeAll { $0.due <= now }
        return actions
    }
}
