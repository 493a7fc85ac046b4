internal import ArgumentParser
internal import UserProfileAPI

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check or show the configuration.", subcommands: [Check.self, Show.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Report every problem of the configuration; exit 0 when there is none.")
        @Flag(name: .long, help: ArgumentHelp("Print what the supervisor needs to know.", visibility: .hidden)) var plan = false
        @OptionGroup var environment: EnvironmentOptions

        func run() throws {
            let configuration = try environment.load()
            if plan {
                print(WorkerPlan(configuration).text)
                return
            }
            for name in Configuration.unknownVariables(try environment.variables()) {
                print("warning: \(name) is not known; a typing error?")
            }
            print("configuration is valid")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the effective configuration, secrets masked.")
        @OptionGroup var environment: EnvironmentOptions

        func run() throws {
            for (name, value) in try environment.load().shown { print("\(name)=\(value)") }
        }
    }
}
