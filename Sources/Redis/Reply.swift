/// A reply copied out of hiredis (RESP2).
public enum Reply: Sendable, Equatable {
    case none
    case status(String)
    case integer(Int)
    case bytes([UInt8])
    case array([Reply])
    /// An error that the server answered to this one command; the connection goes on.
    case error(String)

    public var bytes: [UInt8]? {
        guard case .bytes(let value) = self else { return nil }
        return value
    }

    public var isError: Bool {
        guard case .error = self else { return false }
        return true
    }

    /// The server is loading, has lost its master or became a replica: another connection may lead to one that works.
    var condemnsConnection: Bool {
        guard case .error(let text) = self else { return false }
        return ["READONLY", "LOADING", "MASTERDOWN", "UNKILLABLE"].contains { text.hasPrefix($0) }
    }

    public var integer: Int? {
        guard case .integer(let value) = self else { return nil }
        return value
    }
}

/// Why Redis gave no reply at all.
public enum RedisError: Error {
    /// The circuit is open after recent failures: not even tried.
    case circuitOpen
    case unavailable(reason: String)
}
