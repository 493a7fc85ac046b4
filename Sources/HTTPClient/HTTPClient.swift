internal import COpenSSL
internal import CPosix
internal import Glibc

/// Why a call to a sibling service brought no response.
public struct HTTPError: Error, CustomStringConvertible {
    public let description: String
}

/// One POST a connection to a sibling service, over TCP or TLS, within a deadline. Blocking; any thread may call it.
public enum HTTPClient {
    private static let maximumResponse = 256 * 1024

    /// - Parameters:
    ///   - headers: names and values, beside Host, Content-Length and Connection.
    ///   - deadline: monotonic nanoseconds.
    public static func post(
        _ url: HTTPURL, path: String, headers: [(String, String)], body: [UInt8], deadline: Int64
    ) throws(HTTPError) -> HTTPResponse {
        var head =
            "POST \(url.path)\(path) HTTP/1.1\r\nHost: \(url.host):\(url.port)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n"
        for (name, value) in headers {
            guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw HTTPError(description: "a header value with control characters")
            }
            head += "\(name): \(value)\r\n"
        }
        let socket = try TCPSocket(host: url.host, port: url.port, deadline: deadline)
        let received: [UInt8]
        if url.isSecure {
            let channel = try TLSChannel(socket: socket, host: url.host)
            try channel.write(Array("\(head)\r\n".utf8) + body)
            received = try channel.readToEnd(limit: maximumResponse)
        } else {
            try socket.write(Array("\(head)\r\n".utf8) + body)
            received = try socket.readToEnd(limit: maximumResponse)
        }
        guard let response = HTTPResponse(received) else { throw HTTPError(description: "no complete HTTP response") }
        return response
    }
}

/// A connected TCP socket whose every operation ends at the deadline.
private final class TCPSocket {
    let descriptor: Int32
    let deadline: Int64

    init(host: String, port: Int, deadline: Int64) throws(HTTPError) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let first = list else { throw HTTPError(description: "host not found") }
        defer { freeaddrinfo(first) }
        var candidate: UnsafeMutablePointer<addrinfo>? = first
        while let address = candidate?.pointee {
            if let connected = Self.connect(address, deadline: deadline) {
                descriptor = connected
                self.deadline = deadline
                return
            }
            candidate = address.ai_next
        }
        throw HTTPError(description: "cannot connect")
    }

    deinit { close(descriptor) }

    private static func connect(_ address: addrinfo, deadline: Int64) -> Int32? {
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(address.ai_family, address.ai_socktype | flags, address.ai_protocol)
        guard socket >= 0 else { return nil }
        if Glibc.connect(socket, address.ai_addr, address.ai_addrlen) == 0 { return socket }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        if upa_errno() == EINPROGRESS, wait(socket, POLLOUT, until: deadline),
            getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code == 0
        {
            return socket
        }
        close(socket)
        return nil
    }

    /// Waits until the socket is ready; false at the deadline.
    static func wait(_ socket: Int32, _ events: Int32, until deadline: Int64) -> Bool {
        var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
        while true {
            let left = (deadline - upa_monotonic_now()) / 1_000_000
            guard left > 0 else { return false }
            let ready = poll(&descriptor, 1, Int32(min(left, 60_000)))
            if ready > 0 { return true }
            if ready < 0, upa_errno() != EINTR { return false }
        }
    }

    func wait(_ events: Int32) throws(HTTPError) {
        guard Self.wait(descriptor, events, until: deadline) else { throw HTTPError(description: "no answer in time") }
    }

    func write(_ bytes: [UInt8]) throws(HTTPError) {
        var sent = 0
        while sent < bytes.count {
            try wait(POLLOUT)
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw HTTPError(description: "the connection broke") }
            sent += count
        }
    }

    func readToEnd(limit: Int) throws(HTTPError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8192)
        while true {
            try wait(POLLIN)
            let count = read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw HTTPError(description: "the connection broke") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw HTTPError(description: "the response is too large") }
        }
    }
}

/// TLS 1.2 or newer on a socket, the certificate checked against the system's authorities and the host's name.
private final class TLSChannel {
    private let context: OpaquePointer
    private let session: OpaquePointer
    private let socket: TCPSocket

    init(socket: TCPSocket, host: String) throws(HTTPError) {
        guard let context = SSL_CTX_new(TLS_client_method()), let session = SSL_new(context) else { throw HTTPError(description: "no TLS") }
        self.context = context
        self.session = session
        self.socket = socket
        SSL_CTX_set_default_verify_paths(context)
        SSL_set_verify(session, SSL_VERIFY_PEER, nil)
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) != 1 {
            SSL_set1_host(session, host)
            _ = upa_ssl_set_server_name(session, host)
        }
        SSL_set_fd(session, socket.descriptor)
        try run("TLS handshake") { SSL_connect(session) }
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    /// Repeats an operation until it is done, waiting for the socket as OpenSSL asks; its positive result.
    @discardableResult
    private func run(_ what: String, _ operation: () -> Int32) throws(HTTPError) -> Int32 {
        while true {
            ERR_clear_error()  // SSL_get_error looks at what anybody left in this thread's queue (SSL_get_error(3))
            let result = operation()
            if result > 0 { return result }
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ: try socket.wait(POLLIN)
            case SSL_ERROR_WANT_WRITE: try socket.wait(POLLOUT)
            case SSL_ERROR_ZERO_RETURN: return 0
            default: throw HTTPError(description: "\(what) failed")
            }
        }
    }

    func write(_ bytes: [UInt8]) throws(HTTPError) { try run("TLS write") { SSL_write(session, bytes, Int32(bytes.count)) } }

    func readToEnd(limit: Int) throws(HTTPError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = try run("TLS read") { SSL_read(session, &chunk, Int32(chunk.count)) }
            if count == 0 { return bytes }
            bytes += chunk[..<Int(count)]
            guard bytes.count <= limit else { throw HTTPError(description: "the response is too large") }
        }
    }
}
