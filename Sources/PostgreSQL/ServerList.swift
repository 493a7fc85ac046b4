internal import CPostgreSQL

/// The servers that a connection string names (PostgreSQL manual, 34.1.1.3), to be tried one at a time: libpq passes over a host that
/// refuses, but driven without blocking it leaves a silent one to its caller.
package struct ServerList: Equatable {
    /// The parameters that choose each server, to be given after the whole string; one empty list when the string names none or one.
    package let choices: [[String: String]]

    package init(url: String) {
        choices = Self.choices(Self.lists(url))
    }

    private static func choices(_ lists: [String: [String]]) -> [[String: String]] {
        let count = max(lists["host"]?.count ?? 0, lists["hostaddr"]?.count ?? 0)
        guard count > 1 else { return [[:]] }
        return (0..<count).map { index in
            // A single port is everybody's.
            lists.compactMapValues { values in index < values.count ? values[index] : values.count == 1 ? values[0] : nil }
        }
    }

    private static func lists(_ url: String) -> [String: [String]] {
        guard let options = PQconninfoParse(url, nil) else { return [:] }
        defer { PQconninfoFree(options) }
        var lists: [String: [String]] = [:]
        var next = options
        while let keyword = next.pointee.keyword {
            let name = String(cString: keyword)
            if ["host", "hostaddr", "port"].contains(name), let value = next.pointee.val {
                lists[name] = String(cString: value).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            next += 1
        }
        return lists
    }
}
