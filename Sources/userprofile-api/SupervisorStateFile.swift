internal import Glibc
internal import Prefork
internal import UserProfileAPI

/// What the supervisor tells outsiders, in a file beside its pid file: replaced after every change, read by `reload --wait`.
struct SupervisorStateFile {
    let path: String

    init(pidFile: String) { path = pidFile + ".state" }

    struct Content {
        var generation = 0
        var reloads = 0
        var refusal = ""
    }

    func write(_ report: Supervisor.Report) {
        let workers = report.workers.map(String.init).joined(separator: " ")
        _ = TextFile.replace(
            path, with: "generation=\(report.generation)\nreloads=\(report.reloads)\nrefusal=\(report.refusal ?? "")\nworkers=\(workers)\n")
    }

    func read() -> Content? {
        guard let text = TextFile.read(path), let lines = try? EnvironmentFile.parse(text) else { return nil }
        var content = Content()
        for (name, value) in lines {
            switch name {
            case "generation": content.generation = Int(value) ?? 0
            case "reloads": content.reloads = Int(value) ?? 0
            case "refusal": content.refusal = value
            default: break
            }
        }
        return content
    }

    func remove() { unlink(path) }
}
