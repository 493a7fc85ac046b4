internal import ArgumentParser
internal import UserProfileAPI
internal import Wire

struct RateLimitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ratelimit", abstract: "Rate limits, for operators.", subcommands: [Explain.self])

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show where a user or service stands in the limit of a route.",
            discussion: "ROUTE is the name in the RateLimit header, such as users-me, or METHOD /path as the contract writes it.")

        @Argument(help: "A user's UUID or a service's name.") var user: String
        @Argument(help: "The route.") var route: String
        @OptionGroup var environment: EnvironmentOptions

        func run() throws {
            let configuration = try environment.load()
            guard let explanation = RateLimitExplanation(route: route, subject: user, configuration) else {
                throw Failure("no limited route is called '\(route)', or '\(user)' is neither a UUID nor a service")
            }
            for line in try explanation.read() { print(line) }
        }
    }
}
