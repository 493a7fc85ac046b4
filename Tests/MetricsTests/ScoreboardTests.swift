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

    func make(slots: Int = 2, threads: Int = 2) throws -> (Scoreboard, Int32) {
        let file = Scoreboard.makeFile(schema: schema, slots: slots, threads: threads)
        return (try #require(Scoreboard(file: file, schema: schema, slots: slots, threads: threads)), file)
    }
}

@Suite struct Scoreboards {
    @Test func addUpAllSlotsAndThreads() throws {
        let board = Board()
        let (scoreboard, file) = try board.make()
        defer { close(file) }
        scoreboard.writer(slot: 0, thread: 0).increment(board.requests)
        scoreboard.writer(slot: 1, thread: 1).increment(board.requests, by: 4)
        scoreboard.writer(slot: 1, thread: 0).increment(board.requests, series: 1)
        var text = ""
        PrometheusText.render(scoreboard, into: &text)
        #expect(text.contains("# TYPE requests_total counter\nrequests_total{route=\"/a\"} 5\nrequests_total{route=\"/b\"} 1\n"))
    }

    @Test func surviveTheProcessThatWrote() throws {
        let board = Board()
        let (first, file) = try board.make()
        defer { close(file) }
        first.writer(slot: 0, thread: 0).increment(board.requests, by: 7)
        let second = try #require(Scoreboard(file: file, schema: board.schema, slots: 2, threads: 2))
        second.writer(slot: 0, thread: 0).increment(board.requests)
        var text = ""
        PrometheusText.render(first, into: &text)
        #expect(text.contains("requests_total{route=\"/a\"} 8\n"))
    }

    @Test func refuseAnotherShape() throws {
        let board = Board()
        let (_, file) = try board.make()
        defer { close(file) }
        #expect(Scoreboard(file: file, schema: board.schema, slots: 200, threads: 200) == nil)
    }

    @Test func histogramsAreCumulativeAndKeepTheirSum() throws {
        let board = Board()
        let (scoreboard, file) = try board.make()
        defer { close(file) }
        let writer = scoreboard.writer(slot: 0, thread: 0)
        for nanoseconds: UInt64 in [100_000_000, 500_000_000, 900_000_000, 3_000_000_000] {
            writer.observe(board.duration, nanoseconds: nanoseconds)
        }
        var text = ""
        PrometheusText.render(scoreboard, into: &text)
        #expect(
            text.hasSuffix(
                "seconds_bucket{le=\"0.5\"} 2\nseconds_bucket{le=\"1.0\"} 3\nseconds_bucket{le=\"+Inf\"} 4\nseconds_sum 4.5\nseconds_count 4\n"
            ))
    }

    @Test func gaugesOfADeadWorkerGoCountersStay() throws {
        let board = Board()
        let (scoreboard, file) = try board.make()
        defer { close(file) }
        let writer = scoreboard.writer(slot: 1, thread: 1)
        writer.set(board.busy, 1)
        writer.increment(board.requests)
        scoreboard.clearGauges(slot: 1)
        var text = ""
        PrometheusText.render(scoreboard, into: &text)
        #expect(text.contains("\nbusy 0\n"))
        #expect(text.contains("requests_total{route=\"/a\"} 1\n"))
    }
}
