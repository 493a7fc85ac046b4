/// A five-character SQLSTATE (PostgreSQL manual, appendix A).
public struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let description: String

    public init(_ code: String) { description = code }
    public init(stringLiteral value: StaticString) { description = value.description }

    /// Two sessions collided, or the server was told to shut down, and it undid ours: known not to have happened, so it may be tried again.
    public var isRetryable: Bool { self == "40001" || self == "40P01" || self == "57P01" || spoilsConnection }

    /// A prepared statement no longer fits (0A000: cached plan must not change result type) or is gone (26000): it was not executed, and
    /// another connection prepares it anew.
    var spoilsConnection: Bool { self == "0A000" || self == "26000" }

    /// The server has become read-only or is going away: every connection of the pool leads to the same place.
    public var condemnsPool: Bool { self == "25006" || self == "57P01" || self == "57P02" || self == "57P03" }
}

/// Why a call did not bring rows.
public enum DatabaseError: Error {
    /// Nothing was sent: no connection could be had in time. The call did not happen.
    case unavailable(reason: String)
    /// The connection broke before the statement was handed over whole. The call did not happen.
    case notSent(reason: String)
    /// The statement was sent and the connection lost, or its deadline passed: nobody knows whether it happened.
    case outcomeUnknown(reason: String)
    /// The server refused. `detail` is the DETAIL field, which our own functions fill with a JSON object.
    case refused(state: SQLState, message: String, detail: String?)
}
