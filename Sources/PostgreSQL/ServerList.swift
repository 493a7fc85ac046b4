internal import CPostgreSQL

/// The servers that a connection string names (PostgreSQL manual, 34.1.1.3), to be tried one at a time: libpq passes over a host that
/// refuses, but driven without blocking it leaves a silent one to its caller.
package struct ServerList: Equatable {
    private static let lists = ["host", "hostaddr", "port"]
    /// The parameters that lead to each server.
    package let choices: [[String: String]]

    package init(url: String) {
        let parameters = Self.parameters(url)
        let servers = parameters.filter { Self.lists.contains($0.key) }
            .mapValues { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        let count = max(servers["host"]?.count ?? 0, servers["hostaddr"]?.count ?? 0)
        guard count > 1 else {
            choices = [["dbname": url]]
            return
        }
        choices = (0..<count).map { index in
            var choice = parameters
            for (name, values) in servers {
                // A single port is everybody's, an empty one the usual one.
                let value = values.count == 1 ? values[0] : index < values.count ? values[index] : ""
                choice[name] = value.isEmpty ? nil : value
            }
            return choice
        }
    }

    private static func parameters(_ url: String) -> [String: String] {
        guard let options = PQconninfoParse(url, nil) else { return [:] }
        defer { PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var next = options
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            next += 1
        }
        return parameters
    }
}
