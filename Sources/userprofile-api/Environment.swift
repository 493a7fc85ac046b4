internal import ArgumentParser
internal import Glibc
internal import Logging
internal import UserProfileAPI

/// Where settings come from; the same for every subcommand.
struct EnvironmentOptions: ParsableArguments {
    @Option(name: .long, help: "A file of NAME=value lines; they win over the process's environment. Read again on every reload.")
    var envFile: String?

    /// The process's environment with the file's assignments on top.
    func variables() throws -> [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        guard let envFile else { return variables }
        guard let text = TextFile.read(envFile) else { throw Failure("\(envFile) cannot be read") }
        do throws(EnvironmentFile.Problem) {
            for (name, value) in try EnvironmentFile.parse(text) { variables[name] = value }
        } catch {
            throw Failure("\(envFile), line \(error.line): not NAME=value")
        }
        return variables
    }

    func load() throws -> Configuration {
        let variables = try variables()
        do {
            return try Configuration.read(variables, cores: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
        } catch {
            throw Failure("\(error)")
        }
    }
}

/// The program's logger: our line shape behind swift-log.
func makeLogger(_ label: String, _ configuration: Configuration) -> (Logger, LogIdentity) {
    let identity = LogIdentity(
        environment: configuration.environment.rawValue, version: UserProfileAPICommand.version, format: configuration.logFormat)
    let level = Logger.Level(rawValue: configuration.logLevel.lowercased()) ?? .info
    let logger = Logger(label: label) { JSONLogHandler(label: $0, level: level, identity: identity) }
    return (logger, identity)
}
