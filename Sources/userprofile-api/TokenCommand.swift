internal import ArgumentParser
internal import Glibc
internal import JWT
internal import UserProfileAPI
internal import Wire

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens for development.", subcommands: [Mint.self])

    struct Mint: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a signed access token. Refuses in production.")

        @Option(name: .long, help: "The user's UUID.") var sub: String
        @Option(name: .long, help: "Seconds until it expires.") var ttl = 900
        @Option(name: .long, help: "A role for the token's `role` claim (the service does not trust it).") var role: [String] = []
        @OptionGroup var environment: EnvironmentOptions

        func run() throws {
            let configuration = try environment.load()
            guard configuration.environment != .production else { throw Failure("tokens are not minted in production") }
            guard let user = UserID(sub) else { throw Failure("--sub must be a UUID") }
            guard ttl > 0 else { throw Failure("--ttl must be positive") }
            print(TokenMint.mint(subject: user, issuedAt: time(nil), lifetime: ttl, key: configuration.tokenPolicy.keys[0], roles: role))
        }
    }
}
