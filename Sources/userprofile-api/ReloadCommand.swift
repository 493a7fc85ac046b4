internal import ArgumentParser
internal import Glibc
internal import UserProfileAPI

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Roll to a new generation of workers with the present binary and configuration.")

    @Flag(name: .long, help: "Return when the new generation serves, or fail with the reason why it does not.") var wait = false
    @Option(name: .long, help: "The supervisor's pid file; by default $UPA_PID_FILE or $SUPERVISOR_PID_FILE.") var pidFile: String?
    @Option(name: .long, help: "Seconds to wait at the most.") var timeout = 60

    func run() throws {
        let variables = try EnvironmentOptions.parse([]).variables()
        guard let pidFile = pidFile ?? variables["UPA_PID_FILE"] ?? variables["SUPERVISOR_PID_FILE"] else {
            throw ValidationError("which supervisor? Give --pid-file")
        }
        guard let pid = TextFile.read(pidFile).flatMap({ Int32($0.filter(\.isNumber)) }), kill(pid, 0) == 0 else {
            throw ValidationError("no supervisor runs under \(pidFile)")
        }
        let state = SupervisorStateFile(pidFile: pidFile)
        let before = state.read()?.reloads ?? 0
        guard kill(pid, SIGHUP) == 0 else { throw ValidationError("the supervisor \(pid) cannot be signalled") }
        guard wait else { return }
        for _ in 0..<timeout * 50 {
            if let now = state.read(), now.reloads > before {
                guard now.refusal.isEmpty else { throw ValidationError("reload refused: \(now.refusal); the old generation goes on") }
                print("reloaded, generation \(now.generation)")
                return
            }
            usleep(20_000)
        }
        throw ValidationError("no answer within \(timeout) s")
    }
}
