internal import Glibc
internal import Logging
internal import Metrics
internal import Prefork
internal import UserProfileAPI

/// What the supervisor looks for once a second: requests that hang, workers that have served enough or grown too large.
struct WorkerInspection {
    let board: StatusBoard
    let logger: Logger

    func inspect(_ workers: [SupervisorReport.Worker], _ plan: WorkerPlan) -> Inspection {
        var inspection = Inspection()
        let statuses = board.statuses()
        let now = MonotonicClock.now()
        for worker in workers where worker.state == "ready" || worker.state == "draining" {
            let threads = statuses.filter { $0.slot == worker.slot }
            if let hanging = threads.first(where: { $0.started > 0 && now - $0.started > Int64(plan.watchdog) * 1_000_000_000 }) {
                log("request overdue, worker aborted", .critical, hanging, worker.pid, now)
                inspection.overdue.append(worker.pid)
                continue
            }
            guard worker.state == "ready" else { continue }
            let requests = threads.reduce(0) { $0 + Int($1.requests) }
            if plan.recycleRequests > 0, requests >= plan.recycleRequests {
                inspection.recycle.append((worker.pid, "requests"))
            } else if plan.recycleMegabytes > 0, ResidentMemory.kilobytes(of: worker.pid) >= plan.recycleMegabytes * 1024 {
                inspection.recycle.append((worker.pid, "memory"))
            }
        }
        return inspection
    }

    /// SIGUSR2: every thread of every worker.
    func dump() {
        let now = MonotonicClock.now()
        for status in board.statuses() { log("thread", .notice, status, board.process(slot: status.slot), now) }
    }

    private func log(_ message: Logger.Message, _ level: Logger.Level, _ status: StatusBoard.ThreadStatus, _ pid: Int32, _ now: Int64) {
        logger.log(
            level: level, message,
            metadata: [
                "pid": "\(pid)", "slot": "\(status.slot)", "thread": "\(status.thread)", "stage": "\(status.stage)",
                "route": "\(status.route)", "request_trace_id": "\(status.traceID)",
                "age_ms": "\(status.started > 0 ? (now - status.started) / 1_000_000 : 0)",
            ])
    }
}

/// The clock that ages and deadlines are measured on, nanoseconds.
enum MonotonicClock {
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
