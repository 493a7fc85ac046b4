internal import Glibc
internal import Metrics
internal import PostgreSQL

/// Writes a worker's own figures into its block of the scoreboard now and then: memory, descriptors, processor time, pool, queues.
/// Belongs to the worker's background thread.
final class ProcessFigures {
    private static let interval: Int64 = 1_000_000_000
    private static let queueInterval: Int64 = 10_000_000_000
    private let service: Service
    private let writer: MetricsWriter
    private var next: Int64 = 0
    private var nextQueues: Int64 = 0
    private var processorTime: UInt64 = 0

    init(service: Service, slot: Int) {
        self.service = service
        writer = service.scoreboard.workerWriter(slot: slot)
    }

    /// Updates what is due.
    func update(now: Int64) {
        guard now >= next else { return }
        next = now + Self.interval
        let metrics = service.metrics
        writer.set(metrics.residentMemory, UInt64(ResidentMemory.kilobytes(of: getpid())) * 1024)
        writer.set(metrics.openDescriptors, UInt64(openDescriptors()))
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let total = microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
        writer.increment(metrics.processorTime, by: total - processorTime)
        processorTime = total
        let pool = service.pool.figures
        writer.set(metrics.poolSize, UInt64(pool.size))
        writer.set(metrics.poolWaiting, UInt64(pool.waiting))
    }

    func areQueuesDue(now: Int64) -> Bool { now >= nextQueues }

    /// Asks the database how long the queues are, from one worker only: the figures are of all.
    func updateQueues(_ connection: Connection, now: Int64) {
        nextQueues = now + Self.queueInterval
        let function = DatabaseFunction.queueStatistics.statement
        guard let rows = try? connection.call(function, Parameters(), deadline: now + 500_000_000) else {
            // Too long a queue to count in time: not again before long.
            nextQueues = now + 6 * Self.queueInterval
            return
        }
        for index in APIMetrics.queueFigures.indices {
            writer.set(service.metrics.queues, series: index, UInt64(max(0, rows.integer(0, index) ?? 0)))
        }
    }

    /// Another worker reports the queues now.
    func forgetQueues() {
        for index in APIMetrics.queueFigures.indices { writer.set(service.metrics.queues, series: index, 0) }
    }

    private func microseconds(_ time: timeval) -> UInt64 { UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_usec) }

    private func openDescriptors() -> Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // `.`, `..` and the directory itself.
        return max(0, count - 3)
    }
}
