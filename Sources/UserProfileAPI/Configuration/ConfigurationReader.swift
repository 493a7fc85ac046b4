internal import Glibc
internal import HTTPClient
internal import JWT
internal import PostgreSQL
internal import Redis

/// Why a configuration is refused: every problem at once, each with its remedy.
public struct ConfigurationProblems: Error, CustomStringConvertible {
    public let problems: [String]
    public var description: String { problems.map { "configuration: \($0)" }.joined(separator: "\n") }
}

extension Configuration {
    /// Reads the variables; collects every problem instead of stopping at the first.
    /// - Parameter cores: processors of this machine, the default number of workers.
    public static func read(_ variables: [String: String], cores: Int) throws(ConfigurationProblems) -> Configuration {
        var reader = ConfigurationReader(variables: variables)
        let configuration = reader.configuration(cores: cores)
        guard reader.problems.isEmpty else { throw ConfigurationProblems(problems: reader.problems) }
        return configuration
    }

    /// Names beginning with `UPA_` that mean nothing: most likely a typing error.
    public static func unknownVariables(_ variables: [String: String]) -> [String] {
        variables.keys.filter { $0.hasPrefix("UPA_") && !ConfigurationReader.known.contains($0) }.sorted()
    }
}

struct ConfigurationReader {
    static let known: Set<String> = [
        "UPA_WORKERS", "UPA_THREADS", "UPA_PID_FILE", "UPA_WORKER_SLOT", "UPA_WORKER_GENERATION", "UPA_PREPARED_STATEMENTS",
        "UPA_STATEMENT_TIMEOUT_MS", "UPA_REQUEST_DEADLINE_MS", "UPA_REDIS_TIMEOUT_MS",
        "UPA_PASSWORD_CHECKS", "UPA_SCOREBOARD_BASE", "UPA_SCOREBOARD_LAYOUT", "UPA_WORKER_ROLLS_IN", "UPA_WATCHDOG_SECONDS",
        "UPA_RECYCLE_REQUESTS",
        "UPA_RECYCLE_MEGABYTES",
        "UPA_MAX_QUEUE_MS", "UPA_SLOW_REQUEST_MS",
    ]
    /// Pieces of the values that examples and old deployments carried; never a secret.
    private static let exampleMarks = ["dev-", "change-in-production", "change-me", "changeme", "your-secret", "example"]

    let variables: [String: String]
    private(set) var problems: [String] = []
    private var environment = DeploymentEnvironment.development

    init(variables: [String: String]) { self.variables = variables }

    mutating func configuration(cores: Int) -> Configuration {
        var result = Configuration()
        result.environment = choice("ENVIRONMENT", result.environment)
        environment = result.environment
        result.socketPath = required("FCGI_SOCKET", "the path of the unix socket that nginx connects to")
        result.pidFile = value("UPA_PID_FILE")
        result.workers = integer("UPA_WORKERS", cores, 1...40)
        result.threads = integer("UPA_THREADS", result.threads, 1...64)
        readDatabase(&result)
        result.watchdogSeconds = integer("UPA_WATCHDOG_SECONDS", result.watchdogSeconds, 1...3600)
        result.recycleRequests = integer("UPA_RECYCLE_REQUESTS", result.recycleRequests, 0...1_000_000_000)
        result.recycleMegabytes = integer("UPA_RECYCLE_MEGABYTES", result.recycleMegabytes, 0...1_000_000)
        result.longestQueueWait = integer("UPA_MAX_QUEUE_MS", result.longestQueueWait, 10...60_000)
        result.slowRequest = integer("UPA_SLOW_REQUEST_MS", result.slowRequest, 1...600_000)
        readRedis(&result)
        readTokens(&result)
        readServices(&result)
        result.cacheEnabled = flag("CACHE_ENABLED", result.cacheEnabled)
        let defaultTTL = value("CACHE_DEFAULT_TTL") == nil ? nil : integer("CACHE_DEFAULT_TTL", 300, 1...86_400)
        result.profileTTL = integer("CACHE_TTL_USER_PROFILE", defaultTTL ?? result.profileTTL, 1...86_400)
        result.settingsTTL = integer("CACHE_TTL_USER_SETTINGS", defaultTTL ?? result.settingsTTL, 1...86_400)
        result.interestsTTL = integer("CACHE_TTL_USER_INTERESTS", defaultTTL ?? result.interestsTTL, 1...86_400)
        result.imageDomain = value("IMAGE_API_CDN_DOMAIN") ?? ""
        result.rateLimitEnabled = flag("RATE_LIMIT_ENABLED", result.rateLimitEnabled)
        result.metricsEnabled = flag("ENABLE_METRICS", result.metricsEnabled)
        result.logLevel = value("LOG_LEVEL")?.uppercased() ?? result.logLevel
        if !["TRACE", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"].contains(result.logLevel) {
            problems.append("LOG_LEVEL is none of TRACE, DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL")
        }
        result.logFormat = choice("LOG_FORMAT", result.logFormat)
        return result
    }

    private mutating func readDatabase(_ result: inout Configuration) {
        let url = secret("DATABASE_URL") ?? ""
        if !url.hasPrefix("postgresql://"), !url.hasPrefix("postgres://") {
            problems.append("DATABASE_URL must be postgresql://user:password@host:port/database")
        } else if !ConnectionOptions.isValid(url: url) {
            problems.append("DATABASE_URL is no valid URL: percent-encode what is special in user and password")
        }
        result.databaseURL = Secret(url)
        result.poolMinimum = integer("DATABASE_POOL_MIN_SIZE", result.poolMinimum, 0...10_000)
        result.poolMaximum = integer("DATABASE_POOL_MAX_SIZE", result.poolMaximum, 2...10_000)
        if result.poolMaximum < 4 * result.workers {
            problems.append(
                "DATABASE_POOL_MAX_SIZE must be at least four times UPA_WORKERS (\(4 * result.workers)): a pool and a change feed each, and two generations side by side during a reload"
            )
        }
        result.preparesStatements = flag("UPA_PREPARED_STATEMENTS", result.preparesStatements)
        result.statementTimeout = integer("UPA_STATEMENT_TIMEOUT_MS", result.statementTimeout, 100...10_000)
        result.requestDeadline = integer("UPA_REQUEST_DEADLINE_MS", result.requestDeadline, 200...15_000)
        if result.statementTimeout >= result.requestDeadline {
            problems.append("UPA_STATEMENT_TIMEOUT_MS must be below UPA_REQUEST_DEADLINE_MS")
        }
    }

    private mutating func readRedis(_ result: inout Configuration) {
        result.cacheDatabase = integer("REDIS_CACHE_DB", result.cacheDatabase, 0...1023)
        result.rateLimitDatabase = integer("REDIS_RATE_LIMIT_DB", result.rateLimitDatabase, 0...1023)
        result.redisTimeout = integer("UPA_REDIS_TIMEOUT_MS", result.redisTimeout, 5...5_000)
        if let url = secret("REDIS_URL") {
            result.redis = Endpoint(url: url)
            if result.redis == nil {
                problems.append(
                    "REDIS_URL must be redis://[user:password@]host[:port], unix:///path or redis+sentinel://host:port,host:port/master")
            }
        } else {
            problems.append("REDIS_URL is not set: redis://[user:password@]host[:port]")
        }
    }

    private mutating func readTokens(_ result: inout Configuration) {
        if let algorithm = value("JWT_ALGORITHM"), algorithm != "HS256" { problems.append("JWT_ALGORITHM: only HS256 is supported") }
        var keys: [TokenKey] = []
        if let present = secret("JWT_SECRET_KEY") {
            checkSecret("JWT_SECRET_KEY", present)
            keys.append(TokenKey(secret: Array(present.utf8), id: value("JWT_KEY_ID")))
        } else {
            problems.append("JWT_SECRET_KEY is not set: openssl rand -hex 32 makes one")
        }
        if let previous = secret("JWT_SECRET_KEY_PREVIOUS") {
            checkSecret("JWT_SECRET_KEY_PREVIOUS", previous)
            keys.append(TokenKey(secret: Array(previous.utf8), id: value("JWT_KEY_ID_PREVIOUS")))
        }
        let leeway = integer("JWT_LEEWAY_SECONDS", 0, 0...60)
        result.tokenPolicy = TokenPolicy(keys: keys, issuer: value("JWT_ISSUER"), audience: value("JWT_AUDIENCE"), leeway: leeway)
        result.accessTokenLifetime = integer("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", 30, 1...525_600) * 60
    }

    private mutating func readServices(_ result: inout Configuration) {
        for service in ServiceName.allCases {
            let keys = secret(service.variable)?.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty } ?? []
            for key in keys { checkSecret(service.variable, String(key), minimum: 16) }
            result.serviceKeys[service] = keys.map { Array($0.utf8) }
        }
        let scopes = value("SERVICE_KEY_SCOPES") ?? "own"
        if scopes != "own", scopes != "any" { problems.append("SERVICE_KEY_SCOPES must be own or any") }
        result.anyServiceKeyOpensAll = scopes == "any"
        result.passwordChecks = integer("UPA_PASSWORD_CHECKS", result.passwordChecks, 1...64)
        switch value("PASSWORD_VERIFIER") ?? "database" {
        case "database": break
        case "auth-api":
            guard let url = HTTPURL(required("AUTH_API_URL", "where auth-api listens, http:// or https://")) else {
                problems.append("AUTH_API_URL must be http://host[:port] or https://host[:port]")
                return
            }
            let path = required("AUTH_API_VERIFY_PATH", "the path of auth-api's password check")
            if !path.hasPrefix("/") { problems.append("AUTH_API_VERIFY_PATH must begin with /") }
            guard let token = secret("AUTH_API_TOKEN") else {
                problems.append("AUTH_API_TOKEN is not set: auth-api's service token")
                return
            }
            result.passwordVerifier = .authAPI(url: url, path: path, token: Secret(token))
        default: problems.append("PASSWORD_VERIFIER must be database or auth-api")
        }
    }

    private mutating func checkSecret(_ name: String, _ secret: String, minimum: Int = 32) {
        if secret.utf8.count < minimum { problems.append("\(name) is shorter than \(minimum) characters: openssl rand -hex 32 makes one") }
        guard environment == .production else { return }
        let lowered = secret.lowercased()
        if Self.exampleMarks.contains(where: { lowered.contains($0) }) {
            problems.append("\(name) is a development or example value: production needs a fresh one")
        }
    }

    // MARK: single values

    /// A variable that is set and not empty.
    private func value(_ name: String) -> String? {
        guard let text = variables[name], !text.isEmpty else { return nil }
        return text
    }

    /// `NAME`, or the content of the file that `NAME_FILE` names, without its last line break.
    private mutating func secret(_ name: String) -> String? {
        if let text = value(name) { return text }
        guard let path = value("\(name)_FILE") else { return nil }
        guard let text = TextFile.read(path) else {
            problems.append("\(name)_FILE: \(path) cannot be read")
            return nil
        }
        let trimmed = text.hasSuffix("\n") ? String(text.dropLast()) : text
        return trimmed.isEmpty ? nil : trimmed
    }

    private mutating func required(_ name: String, _ meaning: String) -> String {
        if let text = value(name) { return text }
        problems.append("\(name) is not set: \(meaning)")
        return ""
    }

    private mutating func integer(_ name: String, _ fallback: Int, _ range: ClosedRange<Int>) -> Int {
        guard let text = value(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            problems.append("\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return number
    }

    private mutating func flag(_ name: String, _ fallback: Bool) -> Bool {
        guard let text = value(name)?.lowercased() else { return fallback }
        if ["true", "1", "yes", "on"].contains(text) { return true }
        if ["false", "0", "no", "off"].contains(text) { return false }
        problems.append("\(name) must be true or false")
        return fallback
    }

    private mutating func choice<Value: RawRepresentable<String>>(_ name: String, _ fallback: Value) -> Value {
        guard let text = value(name) else { return fallback }
        guard let known = Value(rawValue: text) else {
            problems.append("\(name) has an unknown value")
            return fallback
        }
        return known
    }
}
