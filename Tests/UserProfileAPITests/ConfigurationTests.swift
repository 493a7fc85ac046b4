import Testing
import UserProfileAPI

private let valid = [
    "FCGI_SOCKET": "/run/x.sock", "DATABASE_URL": "postgresql://u:p@h/d", "REDIS_URL": "redis://h",
    "JWT_SECRET_KEY": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
]

private func problems(_ changes: [String: String]) -> [String] {
    do throws(ConfigurationProblems) {
        _ = try Configuration.read(valid.merging(changes) { $1 }, cores: 2)
        return []
    } catch {
        return error.problems
    }
}

@Suite struct Configurations {
    @Test func theNeedfulIsEnough() { #expect(problems([:]) == []) }

    @Test func everyProblemIsReportedAtOnce() throws {
        let found = problems(["DATABASE_URL": "", "REDIS_URL": "x", "JWT_SECRET_KEY": "short", "UPA_THREADS": "0", "ENVIRONMENT": "prod"])
        #expect(found.count == 5)
    }

    @Test(arguments: [
        "dev-secret-key-that-is-long-enough-to-pass-it", "change-in-production-0123456789-0123456789",
        "Your-Secret-0123456789-0123456789-0123",
    ])
    func productionRefusesExampleSecrets(_ secret: String) {
        #expect(problems(["JWT_SECRET_KEY": secret]) == [])
        #expect(problems(["JWT_SECRET_KEY": secret, "ENVIRONMENT": "production"]).count == 1)
    }

    @Test func onlyHS256() { #expect(problems(["JWT_ALGORITHM": "RS256"]).count == 1) }

    @Test func thePoolsOfTwoGenerationsStayWithinTheLimit() throws {
        for (workers, threads, maximum) in [(2, 4, 100), (8, 16, 100), (25, 4, 100), (1, 1, 4)] {
            let changes = ["UPA_WORKERS": "\(workers)", "UPA_THREADS": "\(threads)", "DATABASE_POOL_MAX_SIZE": "\(maximum)"]
            let configuration = try Configuration.read(valid.merging(changes) { $1 }, cores: 2)
            #expect((configuration.poolSizePerWorker + 1) * workers * 2 <= maximum)
            #expect(configuration.poolSizePerWorker >= 1)
        }
        #expect(problems(["UPA_WORKERS": "26"]).count == 1)
    }

    @Test func secretsAreNeverShown() throws {
        let configuration = try Configuration.read(valid, cores: 2)
        for (name, value) in configuration.shown where ["JWT_SECRET_KEY", "DATABASE_URL", "REDIS_URL"].contains(name) {
            #expect(value == "********")
        }
        #expect(!"\(configuration.databaseURL)".contains("u:p"))
    }

    @Test func typingErrorsAreNoticed() {
        #expect(Configuration.unknownVariables(["UPA_WORKER": "2", "UPA_WORKERS": "2", "PATH": ""]) == ["UPA_WORKER"])
    }
}

@Suite struct EnvironmentFiles {
    @Test func areReadAsSystemdReadsThem() throws {
        let pairs = try EnvironmentFile.parse("# c\n\nA=1\nexport C=\"q # q\"\nD='$HOME'\n;x\nE=a=b\r\n")
        #expect(pairs.map(\.name) == ["A", "C", "D", "E"])
        #expect(pairs.map(\.value) == ["1", "q # q", "$HOME", "a=b"])
    }

    @Test func nameTheLineThatIsNone() {
        #expect(throws: EnvironmentFile.Problem(line: 2)) { try EnvironmentFile.parse("A=1\nB C\n") }
        #expect(throws: EnvironmentFile.Problem(line: 1)) { try EnvironmentFile.parse("=1") }
    }
}
