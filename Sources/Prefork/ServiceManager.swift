internal import CPosix
internal import Glibc

/// What systemd hands a service and wants to hear from it: sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3). All of it is a few
/// environment variables and one datagram, so no library. Without systemd nothing happens.
public struct ServiceManager {
    private let socketPath: String?
    /// Half of the watchdog's period, as systemd advises; monotonic nanoseconds, nil when no watchdog is set.
    let watchdogInterval: Int64?

    /// Reads and removes the variables, so that workers do not inherit them.
    public init() {
        socketPath = Self.take("NOTIFY_SOCKET")
        let isForUs = Self.take("WATCHDOG_PID").flatMap(Int32.init) ?? getpid() == getpid()
        watchdogInterval = Self.take("WATCHDOG_USEC").flatMap(Int64.init).flatMap { isForUs ? $0 * 500 : nil }
    }

    /// The listening socket that systemd opened for us, if it did.
    public static func takeListener() throws(SystemError) -> Int32? {
        defer { unsetenv("LISTEN_FDNAMES") }
        guard take("LISTEN_PID").flatMap(Int32.init) == getpid(), let count = take("LISTEN_FDS").flatMap(Int.init), count >= 1 else {
            return nil
        }
        // SD_LISTEN_FDS_START
        let socket: Int32 = 3
        guard fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 else { throw SystemError("the socket from systemd") }
        try ListeningSocket.setReceiveTimeout(socket)
        return socket
    }

    /// Sends one state, several lines allowed: `READY=1`, `STATUS=…`.
    public func tell(_ state: String) {
        guard let socketPath else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard socketPath.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: socketPath.utf8)
            // An abstract socket is written with @ for the NUL byte.
            if path[0] == UInt8(ascii: "@") { path[0] = 0 }
        }
        let socket = upa_unix_datagram_socket()
        guard socket >= 0 else { return }
        defer { close(socket) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + socketPath.utf8.count)
        let bytes = Array(state.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = sendto(socket, bytes, bytes.count, 0, $0, length) }
        }
    }

    func tellReloading() { tell("RELOADING=1\nMONOTONIC_USEC=\(upa_monotonic_now() / 1000)") }

    private static func take(_ name: String) -> String? {
        defer { unsetenv(name) }
        return getenv(name).map { String(cString: $0) }
    }
}
