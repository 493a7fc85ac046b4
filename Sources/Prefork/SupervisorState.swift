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
        /// The new configuration was looked at: how many workers it wants, or why it cannot be.
        case checked(workers: Int)
        case checkFailed(reason: String)
        /// A request of the worker has been in flight for too long.
        case overdue(pid: Int32)
        /// The worker has served enough, or grown too large.
        case recycle(pid: Int32, reason: String)
        /// SIGTERM: finish what was accepted, then leave.
        case drain
        /// SIGINT: leave now.
        case stop
        /// Time passed; see `nextDeadline`.
        case tick
    }

    package enum Action: Equatable {
        /// Start a worker in this slot. `worker` is its number for the events that follow.
        case spawn(worker: Int, slot: Int, generation: Int)
        case askToDrain(pid: Int32)
        case askToStop(pid: Int32)
        /// SIGABRT, for one that hangs: it may leave a core.
        case abort(pid: Int32)
        case kill(pid: Int32)
        /// Look at the new configuration; answer with `checked` or `checkFailed`.
        case checkConfiguration
        /// It takes too long: end it, its answer counts no more.
        case abandonCheck
        case reloadFinished(generation: Int)
        case reloadRefused(reason: String)
        /// A worker was, or will be, replaced: for the counters.
        case countRestart(reason: String)
        /// Everything of the first generation is ready.
        case started
        case leave(exitCode: Int32)
    }

    package enum Phase: Equatable { case starting, running, checking, rolling, leaving }

    private let limits: SupervisorLimits
    /// Workers of the present generation, and of the one being rolled in.
    private var count: Int
    private var nextCount = 0
    package private(set) var workers: [WorkerHandle] = []
    package private(set) var generation = 1
    package private(set) var phase = Phase.starting
    private var places: Places
    private var nextNumber = 0
    private var wantsAnotherReload = false
    private var checkDeadline: Int64 = .max

    package init(workers count: Int, limits: SupervisorLimits = SupervisorLimits()) {
        self.count = count
        self.limits = limits
        places = Places(count: count, limits: limits)
    }

    /// Begins the first generation.
    package mutating func begin(now: Int64) -> [Action] { (0..<count).map { spawn(place: $0, generation: generation, now: now) } }

    package mutating func handle(_ event: Event, now: Int64) -> [Action] {
        switch event {
        case .spawned(let number, let pid): return spawned(number, pid, now: now)
        case .spawnFailed(let number): return lost(where: { $0.number == number }, now: now)
        case .ready(let pid): return becameReady(pid, now: now)
        case .exited(let pid): return lost(where: { $0.pid == pid }, now: now)
        case .reload: return reload(now: now)
        case .checked(let workers): return checked(workers, now: now)
        case .checkFailed(let reason): return phase == .checking ? endReload([.reloadRefused(reason: reason)], now: now) : []
        case .overdue(let pid): return overdue(pid, now: now)
        case .recycle(let pid, let reason): return recycle(pid, reason, now: now)
        case .drain: return leave(now: now, fast: false)
        case .stop: return leave(now: now, fast: true)
        case .tick: return tick(now: now)
        }
    }

    /// When `tick` is due next; nil when only an outside event can change anything.
    package var nextDeadline: Int64? {
        let waits = workers.compactMap { $0.deadline(limits) }
        let check = phase == .checking ? checkDeadline : nil
        return (waits + [places.nextDue, check].compactMap { $0 }).min()
    }

    // MARK: starting workers

    private mutating func spawn(place: Int, generation: Int, replacing: Int32? = nil, now: Int64) -> Action {
        let taken = Set(workers.map(\.slot))
        let slot = (0...workers.count).first { !taken.contains($0) } ?? workers.count
        nextNumber += 1
        workers.append(WorkerHandle(number: nextNumber, slot: slot, place: place, generation: generation, replaces: replacing, born: now))
        return .spawn(worker: nextNumber, slot: slot, generation: generation)
    }

    private mutating func spawned(_ number: Int, _ pid: Int32, now: Int64) -> [Action] {
        guard let index = workers.firstIndex(where: { $0.number == number }) else { return [] }
        workers[index].pid = pid
        workers[index].enter(.starting, now: now)
        // A stop, or the end of its roll, that came while the process was being made.
        let isUnwanted = phase == .leaving || (workers[index].generation > generation && phase != .rolling)
        return isUnwanted ? retire(where: { $0.number == number }, now: now) : []
    }

    private mutating func becameReady(_ pid: Int32, now: Int64) -> [Action] {
        guard let index = workers.firstIndex(where: { $0.pid == pid && $0.state == .starting }) else { return [] }
        workers[index].enter(.ready, now: now)
        if let predecessor = workers[index].replaces {
            workers[index].replaces = nil
            return retire(where: { $0.pid == predecessor && $0.state == .ready }, now: now)
        }
        let isRolling = phase == .rolling
        let newest = isRolling ? generation + 1 : generation
        let ready = workers.count { $0.generation == newest && $0.state == .ready }
        guard phase == .starting || isRolling, ready == (isRolling ? nextCount : count) else { return [] }
        guard isRolling else {
            phase = .running
            return [.started] + (wantsAnotherReload ? reload(now: now) : [])
        }
        generation = newest
        count = nextCount
        places = Places(count: count, limits: limits)
        let retired = retire(where: { $0.generation < newest }, now: now)
        return endReload([.reloadFinished(generation: newest)] + retired.map { _ in .countRestart(reason: "reload") } + retired, now: now)
    }

    // MARK: losing workers

    private mutating func lost(where matches: (WorkerHandle) -> Bool, now: Int64) -> [Action] {
        guard let index = workers.firstIndex(where: matches) else { return [] }
        let worker = workers.remove(at: index)
        if phase == .leaving { return workers.isEmpty ? [.leave(exitCode: 0)] : [] }
        switch worker.state {
        case .draining, .stopping: return []
        case .spawning, .starting, .ready, .aborting: break
        }
        if worker.generation > generation {
            return refuseRoll("a worker of the new generation ended before it was ready", now: now)
        }
        // Its predecessor still serves: the next look may try again.
        if worker.replaces != nil { return [] }
        let counted: [Action] = worker.state == .aborting ? [] : [.countRestart(reason: "crash")]
        // Its replacement is on the way already.
        if let heir = workers.firstIndex(where: { $0.replaces == worker.pid }) {
            workers[heir].replaces = nil
            return counted
        }
        guard worker.generation == generation, worker.place < count else { return counted }
        return counted + fill(place: worker.place, lifetime: now - worker.born, now: now)
    }

    /// Fills a place at once, or later when its workers keep dying.
    private mutating func fill(place: Int, lifetime: Int64, now: Int64) -> [Action] {
        guard places.mayFillAtOnce(place, lifetime: lifetime, now: now) else { return [] }
        return [spawn(place: place, generation: generation, now: now)]
    }

    private mutating func overdue(_ pid: Int32, now: Int64) -> [Action] {
        guard let index = workers.firstIndex(where: { $0.pid == pid }), workers[index].state != .aborting else { return [] }
        workers[index].enter(.aborting, now: now)
        return [.abort(pid: pid), .countRestart(reason: "watchdog")]
    }

    /// One at a time, and the replacement first.
    private mutating func recycle(_ pid: Int32, _ reason: String, now: Int64) -> [Action] {
        guard phase == .running, !workers.contains(where: { $0.replaces != nil || $0.state == .draining }),
            let worker = workers.first(where: { $0.pid == pid && $0.state == .ready && $0.generation == generation })
        else { return [] }
        return [.countRestart(reason: reason), spawn(place: worker.place, generation: generation, replacing: pid, now: now)]
    }

    // MARK: reloading

    private mutating func reload(now: Int64) -> [Action] {
        switch phase {
        case .running:
            phase = .checking
            checkDeadline = now + limits.check
            wantsAnotherReload = false
            return [.checkConfiguration]
        // What changed since the roll began may not be in it: roll again afterwards.
        case .checking, .rolling, .starting:
            wantsAnotherReload = true
            return []
        case .leaving: return [.reloadRefused(reason: "stopping")]
        }
    }

    private mutating func checked(_ workers: Int, now: Int64) -> [Action] {
        guard phase == .checking else { return [] }
        guard self.workers.count + workers <= limits.processes else {
            return endReload([.reloadRefused(reason: "workers of earlier reloads are still finishing; try again in a minute")], now: now)
        }
        phase = .rolling
        nextCount = workers
        return (0..<workers).map { spawn(place: $0, generation: generation + 1, now: now) }
    }

    private mutating func refuseRoll(_ reason: String, now: Int64) -> [Action] {
        guard phase == .rolling else { return [] }
        let newest = generation + 1
        let retired = retire(where: { $0.generation == newest }, now: now)
        return endReload(retired + [.reloadRefused(reason: reason)], now: now)
    }

    private mutating func endReload(_ actions: [Action], now: Int64) -> [Action] {
        phase = .running
        return actions + (wantsAnotherReload ? reload(now: now) : [])
    }

    // MARK: ending

    /// Asks workers to finish. One whose process is still being made is asked when its pid is known (`spawned`).
    private mutating func retire(where matches: (WorkerHandle) -> Bool, now: Int64, fast: Bool = false) -> [Action] {
        var actions: [Action] = []
        for index in workers.indices where matches(workers[index]) && workers[index].pid != 0 {
            workers[index].enter(fast ? .stopping : .draining, now: now)
            actions.append(fast ? .askToStop(pid: workers[index].pid) : .askToDrain(pid: workers[index].pid))
        }
        return actions
    }

    private mutating func leave(now: Int64, fast: Bool) -> [Action] {
        let abandoned: [Action] = phase == .checking ? [.abandonCheck] : []
        phase = .leaving
        places.forget()
        guard !workers.isEmpty else { return abandoned + [.leave(exitCode: 0)] }
        return abandoned + retire(where: { fast || ($0.state != .draining && $0.state != .stopping) }, now: now, fast: fast)
    }

    private mutating func tick(now: Int64) -> [Action] {
        var actions: [Action] = []
        for index in workers.indices {
            guard let deadline = workers[index].deadline(limits), deadline <= now else { continue }
            if workers[index].state == .starting { actions.append(.countRestart(reason: "start_timeout")) }
            workers[index].enter(workers[index].state, now: now)
            actions.append(.kill(pid: workers[index].pid))
        }
        if phase == .checking, now >= checkDeadline {
            let seconds = limits.check / 1_000_000_000
            actions += endReload(
                [.abandonCheck, .reloadRefused(reason: "the configuration check took longer than \(seconds) s")], now: now)
        }
        for place in places.takeDue(now: now) { actions.append(spawn(place: place, generation: generation, now: now)) }
        return actions
    }
}
