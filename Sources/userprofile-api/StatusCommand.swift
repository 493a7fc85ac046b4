internal import ArgumentParser
internal import Glibc
internal import Metrics
internal import UserProfileAPI

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the supervisor's workers and what they are doing.")

    @OptionGroup var supervisor: SupervisorOptions

    func run() throws {
        let (pid, stateFile) = try supervisor.find()
        guard let state = stateFile.read() else { throw Failure("the supervisor has not said anything yet") }
        let file = open(state.scoreboard, O_RDWR | O_CLOEXEC)
        guard file >= 0, let board = StatusBoard(file: file) else {
            throw Failure("\(state.scoreboard) cannot be read: run this as the service's user or as root")
        }
        print("supervisor \(pid), generation \(state.generation)\(state.isReloading ? ", reloading" : ""), reloads \(state.reloads)")
        if !state.refusal.isEmpty { print("last reload refused: \(state.refusal)") }
        print(row(["PID", "GEN", "STATE", "AGE", "REQUESTS", "IN FLIGHT", "RSS MB", "OLDEST MS", "ROUTE"]))
        let statuses = board.statuses()
        let now = MonotonicClock.now()
        for worker in state.workers {
            let threads = statuses.filter { $0.slot == worker.slot }
            let busy = threads.filter { $0.started > 0 }
            let oldest = busy.min { $0.started < $1.started }
            print(
                row([
                    "\(worker.pid)", "\(worker.generation)", worker.state, "\((now - worker.born) / 1_000_000_000)s",
                    "\(threads.reduce(0) { $0 + $1.requests })", "\(busy.count)/\(threads.count)",
                    "\(ResidentMemory.kilobytes(of: worker.pid) / 1024)", oldest.map { "\((now - $0.started) / 1_000_000)" } ?? "-",
                    oldest?.route ?? "-",
                ]))
        }
    }

    private func row(_ cells: [String]) -> String {
        let widths = [8, 4, 9, 8, 10, 10, 7, 10, 0]
        return zip(cells, widths).map { $0 + String(repeating: " ", count: max(1, $1 - $0.count)) }.joined()
    }
}
