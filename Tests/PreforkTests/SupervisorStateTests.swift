import Prefork
import Testing

private let second: Int64 = 1_000_000_000

/// A supervisor whose processes exist only here: spawns get the next pid at once.
private struct Stage {
    var state: SupervisorState
    var now: Int64 = 0
    var nextPid: Int32 = 100
    var log: [SupervisorState.Action] = []

    /// What a configuration check says: so many workers, or nil for "no".
    var nextCount: Int?

    init(workers: Int) {
        state = SupervisorState(workers: workers)
        nextCount = workers
    }

    mutating func begin() { perform(state.begin(now: now)) }
    mutating func send(_ event: SupervisorState.Event) { perform(state.handle(event, now: now)) }

    mutating func pass(_ time: Int64) {
        now += time
        send(.tick)
    }

    private mutating func perform(_ actions: [SupervisorState.Action]) {
        for action in actions {
            log.append(action)
            if case .spawn(let worker, _, _) = action {
                nextPid += 1
                send(.spawned(worker: worker, pid: nextPid))
            }
            if action == .checkConfiguration {
                send(nextCount.map { .checked(workers: $0) } ?? .checkFailed(reason: "bad"))
            }
        }
    }

    var pids: [Int32] { state.workers.map(\.pid).sorted() }
    mutating func readyAll() { for worker in state.workers where worker.state == .starting { send(.ready(pid: worker.pid)) } }

    mutating func takeLog() -> [SupervisorState.Action] {
        defer { log = [] }
        return log
    }

    static func running(workers: Int) -> Stage {
        var stage = Stage(workers: workers)
        stage.begin()
        stage.readyAll()
        stage.log = []
        return stage
    }
}

@Suite struct Starting {
    @Test func saysSoWhenAllAreReady() {
        var stage = Stage(workers: 2)
        stage.begin()
        stage.send(.ready(pid: 101))
        #expect(!stage.log.contains(.started))
        stage.send(.ready(pid: 102))
        #expect(stage.log.last == .started)
    }

    @Test func givesEachWorkerASlotOfItsOwn() {
        let stage = Stage.running(workers: 4)
        #expect(Set(stage.state.workers.map(\.slot)).count == 4)
    }

    @Test func killsAWorkerThatIsNeverReady() {
        var stage = Stage(workers: 1)
        stage.begin()
        stage.pass(29 * second)
        #expect(!stage.log.contains(.kill(pid: 101)))
        stage.pass(second)
        #expect(stage.log.contains(.kill(pid: 101)))
    }
}

@Suite struct DeadWorkers {
    @Test func areReplacedAtOnce() {
        var stage = Stage.running(workers: 2)
        stage.now += 60 * second
        stage.send(.exited(pid: 101))
        #expect(stage.takeLog() == [.countRestart(reason: "crash"), .spawn(worker: 3, slot: 0, generation: 1)])
        #expect(stage.pids == [102, 103])
    }

    @Test func comeBackAfterGrowingPausesWhenTheyKeepCrashing() {
        var stage = Stage.running(workers: 1)
        var pauses: [Int64] = []
        for _ in 0..<10 {
            stage.send(.exited(pid: stage.nextPid))
            let pause = stage.state.nextDeadline.map { $0 - stage.now } ?? 0
            pauses.append(stage.pids.isEmpty ? pause : 0)
            if stage.pids.isEmpty { stage.pass(pause) }
        }
        let tenth = second / 10
        #expect(pauses == [0, tenth, 2 * tenth, 4 * tenth, 8 * tenth, 16 * tenth, 32 * tenth, 64 * tenth, 10 * second, 10 * second])
    }

    @Test func startAfreshAfterAHealthyLife() {
        var stage = Stage.running(workers: 1)
        for _ in 0..<4 {
            stage.send(.exited(pid: stage.nextPid))
            stage.pass(10 * second)
        }
        stage.takeLogAndForget()
        stage.now += 60 * second
        stage.send(.exited(pid: stage.nextPid))
        #expect(stage.pids.count == 1)
    }

    @Test func areNotReplacedWhileLeaving() {
        var stage = Stage.running(workers: 2)
        stage.send(.drain)
        stage.send(.exited(pid: 101))
        #expect(stage.pids == [102])
        stage.send(.exited(pid: 102))
        #expect(stage.log.last == .leave(exitCode: 0))
    }
}

@Suite struct Leaving {
    @Test func drainsEveryWorkerOnce() {
        var stage = Stage.running(workers: 2)
        stage.send(.drain)
        #expect(stage.takeLog() == [.askToDrain(pid: 101), .askToDrain(pid: 102)])
        stage.send(.drain)
        #expect(stage.takeLog() == [])
    }

    @Test func killsWhoOverstaysTheLimit() {
        var stage = Stage.running(workers: 1)
        stage.send(.drain)
        stage.pass(60 * second)
        #expect(stage.log.last == .kill(pid: 101))
    }

    @Test func stopsDrainingWorkersToo() {
        var stage = Stage.running(workers: 1)
        stage.send(.drain)
        stage.send(.stop)
        #expect(stage.log.last == .askToStop(pid: 101))
    }

    @Test func asksAWorkerWhoseProcessIsStillBeingMade() {
        var state = SupervisorState(workers: 1)
        _ = state.begin(now: 0)
        #expect(state.handle(.drain, now: 0) == [])
        #expect(state.handle(.spawned(worker: 1, pid: 7), now: 0) == [.askToDrain(pid: 7)])
        #expect(state.handle(.exited(pid: 7), now: 0) == [.leave(exitCode: 0)])
    }
}

@Suite struct Reloading {
    @Test func drainsTheOldOnlyWhenTheWholeNewGenerationIsReady() {
        var stage = Stage.running(workers: 2)
        stage.send(.reload)
        #expect(stage.pids == [101, 102, 103, 104])
        stage.send(.ready(pid: 103))
        #expect(!stage.log.contains(.askToDrain(pid: 101)))
        stage.send(.ready(pid: 104))
        let end = stage.takeLog().filter { $0 != .countRestart(reason: "reload") }
        #expect(end.suffix(3) == [.reloadFinished(generation: 2), .askToDrain(pid: 101), .askToDrain(pid: 102)])
        stage.send(.exited(pid: 101))
        stage.send(.exited(pid: 102))
        #expect(stage.pids == [103, 104])
        #expect(stage.state.generation == 2)
    }

    @Test func neverSharesASlotBetweenGenerations() {
        var stage = Stage.running(workers: 3)
        stage.send(.reload)
        #expect(Set(stage.state.workers.map(\.slot)).count == 6)
    }

    @Test func keepsTheOldWhenTheNewFails() {
        var stage = Stage.running(workers: 2)
        stage.send(.reload)
        stage.send(.ready(pid: 103))
        stage.send(.exited(pid: 104))
        #expect(stage.log.contains(.askToDrain(pid: 103)))
        #expect(!stage.log.contains(.askToDrain(pid: 101)))
        stage.send(.exited(pid: 103))
        #expect(stage.pids == [101, 102])
        stage.takeLogAndForget()
        stage.send(.reload)
        #expect(stage.log.filter { if case .spawn(_, _, 2) = $0 { true } else { false } }.count == 2)
    }

    @Test func goesOnReplacingOldWorkersMeanwhile() {
        var stage = Stage.running(workers: 1)
        stage.send(.reload)
        stage.now += 60 * second
        stage.send(.exited(pid: 101))
        #expect(stage.log.last == .spawn(worker: 3, slot: 0, generation: 1))
    }

    @Test func aSecondOneMeanwhileRollsAgainAfterwards() {
        var stage = Stage.running(workers: 1)
        stage.send(.reload)
        stage.send(.reload)
        stage.readyAll()
        #expect(stage.log.contains(.reloadFinished(generation: 2)))
        #expect(stage.state.phase == .rolling)
        stage.readyAll()
        #expect(stage.log.contains(.reloadFinished(generation: 3)))
        #expect(stage.state.phase == .running)
    }

    @Test func isRefusedWhileTooManyWorkersStillDrain() {
        var stage = Stage.running(workers: 40)
        for _ in 0..<2 {
            stage.send(.reload)
            stage.readyAll()
        }
        stage.log = []
        stage.send(.reload)
        #expect(stage.log.contains { if case .reloadRefused = $0 { true } else { false } })
        #expect(stage.state.phase == .running)
    }

    @Test func aBadConfigurationStartsNothing() {
        var stage = Stage.running(workers: 2)
        stage.nextCount = nil
        stage.send(.reload)
        #expect(stage.takeLog() == [.checkConfiguration, .reloadRefused(reason: "bad")])
        #expect(stage.pids == [101, 102])
    }

    @Test func aCheckThatNeverEndsIsGivenUp() {
        var state = SupervisorState(workers: 1)
        _ = state.begin(now: 0)
        _ = state.handle(.spawned(worker: 1, pid: 1), now: 0)
        _ = state.handle(.ready(pid: 1), now: 0)
        #expect(state.handle(.reload, now: 0) == [.checkConfiguration])
        #expect(state.nextDeadline == 10 * second)
        #expect(state.handle(.tick, now: 10 * second - 1) == [])
        let end = state.handle(.tick, now: 10 * second)
        #expect(end == [.abandonCheck, .reloadRefused(reason: "the configuration check took longer than 10 s")])
        #expect(state.handle(.checked(workers: 1), now: 11 * second) == [])
        #expect(state.handle(.reload, now: 11 * second) == [.checkConfiguration])
        #expect(state.handle(.drain, now: 11 * second) == [.abandonCheck, .askToDrain(pid: 1)])
    }

    @Test func theNewConfigurationDecidesHowManyWorkers() {
        var stage = Stage.running(workers: 1)
        stage.nextCount = 3
        stage.send(.reload)
        stage.readyAll()
        stage.send(.exited(pid: 101))
        #expect(stage.pids == [102, 103, 104])
        stage.nextCount = 1
        stage.send(.reload)
        stage.readyAll()
        for pid: Int32 in [102, 103, 104] { stage.send(.exited(pid: pid)) }
        #expect(stage.pids == [105])
    }

    @Test func aRollWhoseProcessesCannotBeMadeLeavesNoneBehind() {
        var state = SupervisorState(workers: 2)
        _ = state.begin(now: 0)
        for pid: Int32 in [1, 2] {
            _ = state.handle(.spawned(worker: Int(pid), pid: pid), now: 0)
            _ = state.handle(.ready(pid: pid), now: 0)
        }
        _ = state.handle(.reload, now: 0)
        _ = state.handle(.checked(workers: 2), now: 0)
        #expect(state.handle(.spawnFailed(worker: 3), now: 0).contains { if case .reloadRefused = $0 { true } else { false } })
        #expect(state.handle(.spawned(worker: 4, pid: 4), now: 0) == [.askToDrain(pid: 4)])
    }
}

@Suite struct HangingWorkers {
    @Test func areAbortedThenKilledThenReplaced() {
        var stage = Stage.running(workers: 1)
        stage.now += 60 * second
        stage.send(.overdue(pid: 101))
        #expect(stage.takeLog() == [.abort(pid: 101), .countRestart(reason: "watchdog")])
        stage.send(.overdue(pid: 101))
        #expect(stage.takeLog() == [])
        stage.pass(2 * second)
        #expect(stage.takeLog() == [.kill(pid: 101)])
        stage.send(.exited(pid: 101))
        #expect(stage.takeLog() == [.spawn(worker: 2, slot: 0, generation: 1)])
    }
}

@Suite struct Recycling {
    @Test func startsTheReplacementFirst() {
        var stage = Stage.running(workers: 2)
        stage.send(.recycle(pid: 101, reason: "requests"))
        #expect(stage.takeLog() == [.countRestart(reason: "requests"), .spawn(worker: 3, slot: 2, generation: 1)])
        stage.send(.ready(pid: 103))
        #expect(stage.takeLog() == [.askToDrain(pid: 101)])
        stage.send(.exited(pid: 101))
        #expect(stage.takeLog() == [])
        #expect(stage.pids == [102, 103])
    }

    @Test func takesOneAtATime() {
        var stage = Stage.running(workers: 2)
        stage.send(.recycle(pid: 101, reason: "memory"))
        stage.log = []
        stage.send(.recycle(pid: 102, reason: "memory"))
        #expect(stage.takeLog() == [])
        stage.send(.ready(pid: 103))
        stage.send(.recycle(pid: 102, reason: "memory"))
        #expect(!stage.log.contains(.countRestart(reason: "memory")))
        stage.send(.exited(pid: 101))
        stage.send(.recycle(pid: 102, reason: "memory"))
        #expect(stage.log.contains(.countRestart(reason: "memory")))
    }

    @Test func aReplacementThatDiesLeavesItsPredecessorAtWork() {
        var stage = Stage.running(workers: 1)
        stage.send(.recycle(pid: 101, reason: "requests"))
        stage.send(.exited(pid: 102))
        #expect(stage.pids == [101])
        #expect(stage.state.workers[0].state == .ready)
    }

    @Test func aPredecessorThatDiesFirstIsReplacedOnce() {
        var stage = Stage.running(workers: 1)
        stage.now += 60 * second
        stage.send(.recycle(pid: 101, reason: "requests"))
        stage.send(.exited(pid: 101))
        stage.readyAll()
        #expect(stage.pids == [102])
    }

    @Test func waitsWhileARollIsUnderWay() {
        var stage = Stage.running(workers: 1)
        stage.send(.reload)
        stage.log = []
        stage.send(.recycle(pid: 101, reason: "requests"))
        #expect(stage.takeLog() == [])
    }
}

extension Stage {
    fileprivate mutating func takeLogAndForget() { log = [] }
}
