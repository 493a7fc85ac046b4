internal import Synchronization
internal import Wire

/// Users whose cached bodies could not be dropped, nor handed to the change feed, because Redis and the database were away: dropped by the
/// worker's own background thread as soon as Redis is back.
/// Any thread may use it.
final class UnfinishedWrites: Sendable {
    private static let capacity = 100_000
    private let users = Mutex<Set<UserID>>([])

    func add(_ user: UserID) {
        users.withLock { users in
            if users.count < Self.capacity { users.insert(user) }
        }
    }

    /// Takes all of them; whoever takes them must add back what it could not drop.
    func takeAll() -> Set<UserID> {
        users.withLock { users in
            defer { users.removeAll() }
            return users
        }
    }
}
