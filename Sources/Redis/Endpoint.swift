/// Where a Redis server is and how to log in: `redis://[user:password@]host[:port][/db]` or `unix:///path[?db=n]`.
public struct Endpoint: Sendable, Equatable {
    public enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
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
        guard url.hasPrefix("redis://") else { return nil }
        var rest = url.dropFirst(8)
        var database = 0
        if let slash = rest.firstIndex(of: "/") {
            let text = rest[rest.index(after: slash)...]
            guard text.isEmpty || Int(text) != nil else { return nil }
            database = Int(text) ?? 0
            rest = rest[..<slash]
        }
        var user: String?
        var password: String?
        if let at = rest.lastIndex(of: "@") {
            let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if let name = login.first, !name.isEmpty { user = String(name) }
            if login.count == 2 { password = String(login[1]) }
            rest = rest[rest.index(after: at)...]
        }
        var host = rest
        var port = 6379
        if let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") {
            guard let number = Int(rest[rest.index(after: colon)...]), (1...65535).contains(number) else { return nil }
            port = number
            host = rest[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.init(address: .tcp(host: String(host), port: port), user: user, password: password, database: database)
    }
}
