import Glibc
import Metrics
import Testing

private struct Board {
    var schema = Schema()
    let requests: Counter
    let busy: Gauge
    let duration: Histogram

    init() {
        requests = schema.counter("requests_total", "Requests.", series: ["route=\"/a\"", "route=\"/b\""])
        busy = schema.gauge("busy", "Busy.")
        duration = schema.histogram("seconds", "Time.", bounds: [0.5, 1])
    }

    /// A scoreboard in a file of its own, slots 0 and 1 occupied.
    func make() throws -> (Scoreboard, file: Int32, base: Int) {
        let file = Scoreboard.makeFile()
        let base = try #require(Scoreboard.extend(file: file, cells: schema.cellCount))
        let scoreboard = try #require(Scoreboard(file: file, base: base, schema: schema))
        for slot in 0...1 {
            scoreboard.board.setProcess(100 + Int32(slot), slot: slot)
            scoreboard.board.setThreads(2, slot: slot)
        }
        return (scoreboard, file, base)
    }
}

private func text(_ scoreboard: Scoreboard) -> String {
    var text = ""
    PrometheusText.render(scoreboard, into: &text)
    return text
}

@Suite struct Scoreboards {
    @Test func addUpAllSlotsAndThreads() throws {
        let board = Board()
        let (scoreboard, file, _) = try board.make()
        defer { close(file) }
        scoreboard.writer(slot: 0, thread: 0).increment(board.requests)
        scoreboard.writer(slot: 1, thread: 1).increment(board.requests, by: 4)
        scoreboard.workerWriter(slot: 1).increment(board.requests, series: 1)
        #expect(
            text(scoreboard).contains("# TYPE requests_total counter\nrequests_total{route=\"/a\"} 5\nrequests_total{route=\"/b\"} 1\n"))
    }

    @Test func surviveTheProcessThatWrote() throws {
        let board = Board()
        let (first, file, base) = try board.make()
        defer { close(file) }
        first.writer(slot: 0, thread: 0).increment(board.requests, by: 7)
        let second = try #require(Scoreboard(file: file, base: base, schema: board.schema))
        second.writer(slot: 0, thread: 0).increment(board.requests)
        #expect(text(first).contains("requests_total{route=\"/a\"} 8\n"))
    }

    @Test func refuseAFileWithoutRoomForThem() throws {
        let board = Board()
        let file = Scoreboard.makeFile()
        defer { close(file) }
        #expect(Scoreboard(file: file, base: StatusBoard.size, schema: board.schema) == nil)
        #expect(Scoreboard(file: file, base: 0, schema: board.schema) == nil)
    }

    @Test func anotherLayoutCountsInItsOwnPlaceOfTheSameFile() throws {
        let board = Board()
        let (first, file, _) = try board.make()
        defer { close(file) }
        first.writer(slot: 0, thread: 0).increment(board.requests, by: 7)
        var other = Schema()
        let others = other.counter("others_total", "Others.")
        #expect(other.layout != board.schema.layout)
        let base = try #require(Scoreboard.extend(file: file, cells: other.cellCount))
        let second = try #require(Scoreboard(file: file, base: base, schema: other))
        second.writer(slot: 0, thread: 0).increment(others)
        #expect(text(second).contains("others_total 1\n"))
        #expect(text(first).contains("requests_total{route=\"/a\"} 7\n"))
    }

    @Test func histogramsAreCumulativeAndKeepTheirSum() throws {
        let board = Board()
        let (scoreboard, file, _) = try board.make()
        defer { close(file) }
        let writer = scoreboard.writer(slot: 0, thread: 0)
        for nanoseconds: UInt64 in [100_000_000, 500_000_000, 900_000_000, 3_000_000_000] {
            writer.observe(board.duration, nanoseconds: nanoseconds)
        }
        let expected =
            "seconds_bucket{le=\"0.5\"} 2\nseconds_bucket{le=\"1.0\"} 3\nseconds_bucket{le=\"+Inf\"} 4\nseconds_sum 4.5\nseconds_count 4\n"
        #expect(text(scoreboard).contains(expected))
    }

    @Test func gaugesOfADeadWorkerGoCountersStay() throws {
        let board = Board()
        let (scoreboard, file, _) = try board.make()
        defer { close(file) }
        let writer = scoreboard.writer(slot: 1, thread: 1)
        writer.set(board.busy, 1)
        writer.increment(board.requests)
        #expect(text(scoreboard).contains("\nbusy 1\n"))
        scoreboard.board.setProcess(0, slot: 1)
        #expect(text(scoreboard).contains("\nbusy 0\n"))
        #expect(text(scoreboard).contains("requests_total{route=\"/a\"} 1\n"))
        scoreboard.board.setProcess(200, slot: 1)
        scoreboard.clearGauges(slot: 1)
        #expect(text(scoreboard).contains("\nbusy 0\n"))
    }

    @Test func restartsAreCountedByReason() throws {
        let (scoreboard, file, _) = try Board().make()
        defer { close(file) }
        scoreboard.board.countRestart("crash")
        scoreboard.board.countRestart("crash")
        scoreboard.board.countRestart("no such reason")
        #expect(text(scoreboard).contains("worker_restarts_total{reason=\"crash\"} 2\nworker_restarts_total{reason=\"watchdog\"} 0\n"))
    }
}

@Suite struct StatusBoards {
    @Test func tellWhatAThreadIsDoing() throws {
        let (scoreboard, file, _) = try Board().make()
        defer { close(file) }
        let board = scoreboard.board
        board.setThreads(2, slot: 1)
        let writer = board.writer(slot: 1, thread: 1)
        writer.begin(at: 42)
        writer.name(route: "/api/v1/users/me".utf8.span, traceID: "0123456789abcdef0123456789abcdef".utf8.span)
        writer.stage(.database)
        let status = try #require(board.statuses().first { $0.slot == 1 && $0.thread == 1 })
        #expect(status.started == 42)
        #expect(status.stage == .database)
        #expect(status.route == "/api/v1/users/me")
        #expect(status.traceID == "0123456789abcdef0123456789abcdef")
        #expect(status.requests == 1)
        writer.end()
        #expect(board.statuses().allSatisfy { $0.started == 0 })
    }

    @Test func cutWhatDoesNotFitAndForgetWhatWasThereBefore() throws {
        let (scoreboard, file, _) = try Board().make()
        defer { close(file) }
        let board = scoreboard.board
        board.setThreads(1, slot: 0)
        let writer = board.writer(slot: 0, thread: 0)
        let long = String(repeating: "x", count: 100)
        writer.name(route: long.utf8.span, traceID: long.utf8.span)
        #expect(board.statuses()[0].route.count == 48)
        #expect(board.statuses()[0].traceID.count == 64)
        writer.begin(at: 1)
        #expect(board.statuses()[0].route == "")
        writer.name(route: "/healthy".utf8.span, traceID: "".utf8.span)
        #expect(board.statuses()[0].route == "/healthy")
    }

    @Test func forgetTheThreadsOfAWorkerThatHasGone() throws {
        let (scoreboard, file, _) = try Board().make()
        defer { close(file) }
        let board = scoreboard.board
        board.setThreads(1, slot: 0)
        board.writer(slot: 0, thread: 0).begin(at: 1)
        board.setProcess(0, slot: 0)
        #expect(!board.statuses().contains { $0.slot == 0 })
        board.setProcess(7, slot: 0)
        board.setThreads(1, slot: 0)
        #expect(board.statuses()[0].started == 0)
        #expect(board.statuses()[0].requests == 0)
    }
}
