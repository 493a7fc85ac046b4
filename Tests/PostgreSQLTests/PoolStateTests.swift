import PostgreSQL
import Testing

@Suite struct PoolArithmetic {
    @Test func connectsUpToTheMaximumThenQueues() {
        var pool = PoolState(maximum: 2, retryPause: 100)
        #expect(pool.checkout(now: 0) == .connect)
        pool.connected()
        #expect(pool.checkout(now: 0) == .connect)
        pool.connected()
        #expect(pool.checkout(now: 0) == .wait(ticket: 1))
        #expect(pool.size == 2)
    }

    @Test func reusesWhatCameBack() {
        var pool = PoolState(maximum: 1, retryPause: 100)
        #expect(pool.checkout(now: 0) == .connect)
        pool.connected()
        pool.checkin(keep: true)
        #expect(pool.checkout(now: 0) == .takeIdle)
    }

    @Test func servesWaitersInTheirOrder() {
        var pool = PoolState(maximum: 1, retryPause: 100)
        _ = pool.checkout(now: 0)
        pool.connected()
        #expect(pool.checkout(now: 0) == .wait(ticket: 1))
        #expect(pool.checkout(now: 0) == .wait(ticket: 2))
        pool.checkin(keep: true)
        #expect(pool.retry(ticket: 2, now: 0) == nil)
        #expect(pool.checkout(now: 0) == .wait(ticket: 3))
        #expect(pool.retry(ticket: 1, now: 0) == .takeIdle)
        #expect(pool.retry(ticket: 2, now: 0) == nil)
    }

    @Test func aWaiterThatGaveUpHoldsNobodyUp() {
        var pool = PoolState(maximum: 1, retryPause: 100)
        _ = pool.checkout(now: 0)
        pool.connected()
        _ = pool.checkout(now: 0)
        _ = pool.checkout(now: 0)
        pool.giveUp(ticket: 1)
        pool.checkin(keep: true)
        #expect(pool.retry(ticket: 2, now: 0) == .takeIdle)
    }

    @Test func refusesAtOnceForAMomentAfterAFailedConnect() {
        var pool = PoolState(maximum: 4, retryPause: 100)
        _ = pool.checkout(now: 0)
        pool.connectFailed(now: 0)
        #expect(pool.checkout(now: 99) == .refuse)
        #expect(pool.checkout(now: 100) == .connect)
    }

    @Test func waitersAreRefusedWhenTheLastConnectionIsGoneAndTheServerToo() {
        var pool = PoolState(maximum: 1, retryPause: 100)
        _ = pool.checkout(now: 0)
        pool.connected()
        #expect(pool.checkout(now: 0) == .wait(ticket: 1))
        pool.checkin(keep: false)
        #expect(pool.retry(ticket: 1, now: 0) == .connect)
        pool.connectFailed(now: 0)
        #expect(pool.size == 0)
        #expect(pool.checkout(now: 50) == .refuse)
    }

    @Test func whoFindsAnUnfitConnectionConnectsInItsPlace() {
        var pool = PoolState(maximum: 1, retryPause: 100)
        _ = pool.checkout(now: 0)
        pool.connected()
        #expect(pool.checkout(now: 0) == .wait(ticket: 1))
        #expect(pool.checkout(now: 0) == .wait(ticket: 2))
        pool.checkin(keep: true)
        #expect(pool.retry(ticket: 1, now: 0) == .takeIdle)
        pool.replaceUnfit()
        #expect(pool.size == 1)
        pool.connected()
        pool.checkin(keep: true)
        #expect(pool.retry(ticket: 2, now: 0) == .takeIdle)
    }

    @Test func aBrokenConnectionFreesItsPlace() {
        var pool = PoolState(maximum: 1, retryPause: 100)
        _ = pool.checkout(now: 0)
        pool.connected()
        pool.checkin(keep: false)
        #expect(pool.checkout(now: 0) == .connect)
    }

    @Test func anUnansweredCallLetsOneAtATimeTryAgain() {
        var pool = PoolState(maximum: 4, retryPause: 100, suspicion: 1000)
        _ = pool.checkout(now: 0)
        pool.connected()
        pool.unanswered(now: 0)
        pool.checkin(keep: false)
        #expect(pool.checkout(now: 999) == .refuse)
        #expect(pool.checkout(now: 1000) == .connect)
        #expect(pool.checkout(now: 1000) == .refuse)
        pool.connected()
        #expect(pool.checkout(now: 1000) == .refuse)
        pool.answered()
        pool.checkin(keep: true)
        #expect(pool.checkout(now: 1000) == .takeIdle)
        #expect(pool.checkout(now: 1000) == .connect)
    }
}

@Suite struct CallParameters {
    @Test func noticeANULInsteadOfCuttingTheTextShort() {
        var parameters = Parameters()
        parameters.append("a\0b")
        #expect(parameters.holdsNUL)
        parameters.removeAll()
        parameters.append("ab")
        parameters.append(nil as String?)
        #expect(!parameters.holdsNUL)
        #expect(parameters.count == 2)
    }
}
