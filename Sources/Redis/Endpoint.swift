/// Where a Redis server is and how to log in: `redis://[user:password@]host[:port][/db]`, `unix:///path`, or
/// `redis+sentinel://[user:password@]host[:port][,host[:port]…]/master[/db]`, whose sentinels are asked on every connect.
public struct Endpoint: Sendable, Equatable {
    public enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
        /// The master that these sentinels know by a name.
        case sentinel(hosts: [SentinelHost], master: String)
    }

    public struct SentinelHost: Sendable, Equatable {
        public let host: String
        public let port: Int
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    public var address: Address
    public var user: String?
    public var password: String?
    public var database: Int

    public init(address: Address, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
    }

    /// nil when it is no such URL.
    public init?(url: String) {
        if url.hasPrefix("unix://") {
            let path = String(url.dropFirst(7))
            guard path.hasPrefix("/") else { return nil }
            self.init(address: .unix(path: path))
            return
        }
        if url.hasPrefix("redis+sentinel://") {
            self.init(sentinel: url.dropFirst(17))
            return
        }
        guard url.hasPrefix("redis://") else { return nil }
        var rest = url.dropFirst(8)
        var database = 0
        if let slash = rest.firstIndex(of: "/") {
            let text = rest[rest.index(after: slash)...]
            guard text.isEmpty || Int(text) != nil else { return nil }
            database = Int(text) ?? 0
            rest = rest[..<slash]
        }
        let (user, password) = Self.takeLogin(&rest)
        guard let server = Self.hostAndPort(rest, defaultPort: 6379) else { return nil }
        self.init(address: .tcp(host: server.host, port: server.port), user: user, password: password, database: database)
    }

    /// What follows `redis+sentinel://`.
    private init?(sentinel text: Substring) {
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, !parts[1].isEmpty else { return nil }
        let database = parts.count == 3 ? Int(parts[2]) : 0
        guard let database else { return nil }
        let (user, password) = Self.takeLogin(&parts[0])
        var hosts: [SentinelHost] = []
        for part in parts[0].split(separator: ",") {
            guard let server = Self.hostAndPort(part, defaultPort: 26379) else { return nil }
            hosts.append(SentinelHost(host: server.host, port: server.port))
        }
        guard !hosts.isEmpty else { return nil }
        self.init(address: .sentinel(hosts: hosts, master: String(parts[1])), user: user, password: password, database: database)
    }

    /// Cuts `user:password@` off the front.
    private static func takeLogin(_ rest: inout Substring) -> (user: String?, password: String?) {
        guard let at = rest.lastIndex(of: "@") else { return (nil, nil) }
        let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        rest = rest[rest.index(after: at)...]
        let user = login.first.flatMap { $0.isEmpty ? nil : String($0) }
        return (user, login.count == 2 ? String(login[1]) : nil)
    }

    private static func hostAndPort(_ text: Substring, defaultPort: Int) -> (host: String, port: Int)? {
        var host = text
        var port = defaultPort
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65535).contains(number) else { return nil }
            port = number
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : (String(host), port)
    }
}
