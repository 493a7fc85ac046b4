internal import CPosix
internal import Glibc

/// Why a listening socket, a process or a file could not be made: what was tried, and errno.
public struct SystemError: Error, CustomStringConvertible {
    public let operation: String
    public let code: Int32

    init(_ operation: String) {
        self.operation = operation
        code = upa_errno()
    }

    init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    public var description: String { "\(operation): \(String(cString: strerror(code)))" }
}

/// The unix socket that nginx connects to. The supervisor makes it, workers share it and never close or unlink it.
public enum ListeningSocket {
    static let backlog: Int32 = 4096

    /// Makes a socket at `path`, mode 0660. A socket file that nobody listens on is replaced, a live one is an error.
    public static func bind(path: String) throws(SystemError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else { throw SystemError("socket path \(path)", code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }

        if try isAlive(&address) { throw SystemError("socket \(path)", code: EADDRINUSE) }
        unlink(path)
        let socket = upa_unix_socket()
        guard socket >= 0 else { throw SystemError("socket") }
        // The mode must be right from the first moment on: there is no fchmod for a socket's file.
        let mask = umask(0o117)
        let bound = withSockaddr(&address) { Glibc.bind(socket, $0, $1) }
        umask(mask)
        guard bound == 0 else { throw SystemError("bind \(path)") }
        guard listen(socket, backlog) == 0 else { throw SystemError("listen \(path)") }
        try setReceiveTimeout(socket)
        return socket
    }

    /// Accept must come back now and then, so that a thread sees the drain flag: nothing else wakes it. Not inherited by connections.
    static func setReceiveTimeout(_ socket: Int32) throws(SystemError) {
        var timeout = timeval(tv_sec: 0, tv_usec: 250_000)
        guard setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size)) == 0 else {
            throw SystemError("SO_RCVTIMEO")
        }
    }

    private static func isAlive(_ address: inout sockaddr_un) throws(SystemError) -> Bool {
        let probe = upa_unix_socket()
        guard probe >= 0 else { throw SystemError("socket") }
        defer { close(probe) }
        return withSockaddr(&address) { connect(probe, $0, $1) } == 0
    }

    private static func withSockaddr(_ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
