internal import ArgumentParser
internal import Glibc
internal import UserProfileAPI

/// Which supervisor a command is about.
struct SupervisorOptions: ParsableArguments {
    @Option(name: .long, help: "The supervisor's pid file; by default $UPA_PID_FILE or $SUPERVISOR_PID_FILE.")
    var pidFile: String?

    /// The running supervisor's pid and its state file.
    func find() throws -> (pid: Int32, state: SupervisorStateFile) {
        let variables = try EnvironmentOptions.parse([]).variables()
        guard let pidFile = pidFile ?? variables["UPA_PID_FILE"] ?? variables["SUPERVISOR_PID_FILE"] else {
            throw Failure("which supervisor? Give --pid-file")
        }
        guard let pid = TextFile.read(pidFile).flatMap({ Int32($0.filter(\.isNumber)) }), kill(pid, 0) == 0 else {
            throw Failure("no supervisor runs under \(pidFile)")
        }
        return (pid, SupervisorStateFile(pidFile: pidFile))
    }
}
