internal import Glibc
internal import Prefork
internal import UserProfileAPI

/// What the supervisor tells outsiders, in a file beside its pid file: replaced after every change, read by `reload --wait` and `status`.
struct SupervisorStateFile {
    let path: String

    init(pidFile: String) { path = pidFile + ".state" }

    struct Worker {
        let pid: Int32
        let slot: Int
        let generation: Int
        let state: String
        let born: Int64
    }

    struct Content {
        var generation = 0
        var isReloading = false
        var reloads = 0
        var refusal = ""
        /// The scoreboard as a path that others may open.
        var scoreboard = ""
        var workers: [Worker] = []
    }

    func write(_ report: SupervisorReport, scoreboard: Int32) {
        let refusal = report.refusal.map { $0.filter { $0 != "\n" && $0 != "\r\n" } } ?? ""
        var text = """
            generation=\(report.generation)
            reloading=\(report.isReloading)
            reloads=\(report.reloads)
            refusal=\(refusal)
            scoreboard=/proc/\(getpid())/fd/\(scoreboard)

            """
        for worker in report.workers {
            text += "worker=\(worker.pid) \(worker.slot) \(worker.generation) \(worker.state) \(worker.born)\n"
        }
        _ = TextFile.replace(path, with: text)
    }

    func read() -> Content? {
        guard let text = TextFile.read(path), let lines = try? EnvironmentFile.parse(text) else { return nil }
        var content = Content()
        for (name, value) in lines {
            switch name {
            case "generation": content.generation = Int(value) ?? 0
            case "reloading": content.isReloading = value == "true"
            case "reloads": content.reloads = Int(value) ?? 0
            case "refusal": content.refusal = value
            case "scoreboard": content.scoreboard = value
            case "worker":
                let fields = value.split(separator: " ")
                guard fields.count == 5, let pid = Int32(fields[0]), let slot = Int(fields[1]), let generation = Int(fields[2]),
                    let born = Int64(fields[4])
                else { continue }
                content.workers.append(Worker(pid: pid, slot: slot, generation: generation, state: String(fields[3]), born: born))
            default: break
            }
        }
        return content
    }

    func remove() { unlink(path) }
}
