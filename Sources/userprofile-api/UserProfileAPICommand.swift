internal import ArgumentParser

/// The composition root: what can be run. Everything it does stands in the rooms it puts together.
@main
struct UserProfileAPICommand: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "userprofile-api",
        abstract: "User Profile API: FastCGI workers behind nginx.",
        version: version,
        subcommands: [
            ServeCommand.self, WorkerCommandLine.self, ReloadCommand.self, StatusCommand.self, RateLimitCommand.self, ConfigCommand.self,
            TokenCommand.self,
            VersionCommand.self,
        ])
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() { print(UserProfileAPICommand.version) }
}
