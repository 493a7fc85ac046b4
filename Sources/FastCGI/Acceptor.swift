// This file is the whole of the libfcgi interface: accept, receive, answer. One Acceptor a thread.
internal import CFastCGI
internal import CPosix

/// What waiting for a request brought.
public enum Acceptance: Equatable {
    case request
    /// The listening socket's receive timeout passed: look at the drain flag and wait again.
    case nothing
    /// `accept` failed with this errno (EMFILE, ENFILE …): log, wait a moment, go on.
    case failed(Int32)
}

/// Accepts requests on a listening socket that several threads and processes share. Made and used by one thread.
public struct Acceptor: ~Copyable {
    /// libfcgi keeps the address of its request, so it lives on the heap.
    private let native: UnsafeMutablePointer<FCGX_Request>
    private let bodyLimit: Int
    private static let parameterLimit = 32 * 1024

    /// To be called once a process, before the first Acceptor. libfcgi then owns SIGPIPE, SIGUSR1 and SIGTERM: set yours afterwards.
    public static func initializeLibrary() {
        precondition(FCGX_Init() == 0, "libfcgi does not start")
    }

    /// - Parameters:
    ///   - listener: the listening socket, with a receive timeout so that `accept` comes back.
    ///   - bodyLimit: bytes of body that are kept; more is read to its end and reported as too large.
    public init(listener: Int32, bodyLimit: Int) {
        native = .allocate(capacity: 1)
        native.initialize(to: FCGX_Request())
        self.bodyLimit = bodyLimit
        // FCGI_FAIL_ACCEPT_ON_INTR: a signal must not be swallowed by libfcgi's own loop.
        precondition(FCGX_InitRequest(native, listener, FCGI_FAIL_ACCEPT_ON_INTR) == 0, "libfcgi refuses the request")
    }

    deinit {
        FCGX_Free(native, 1)
        native.deinitialize(count: 1)
        native.deallocate()
    }

    /// Waits for a request, at most the listener's receive timeout.
    public mutating func accept() -> Acceptance {
        let result = FCGX_Accept_r(native)
        if result == 0 { return .request }
        let code = result < 0 ? -result : upa_errno()
        return code == EAGAIN || code == EWOULDBLOCK || code == EINTR ? .nothing : .failed(code)
    }

    /// Fills `request` from the one accepted, its body read to the end.
    public mutating func receive(into request: inout Request) {
        request.reset()
        var total = 0
        var next = native.pointee.envp
        while let entry = next?.pointee {
            let length = strlen(entry)
            total += length
            entry.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
                request.take(UnsafeBufferPointer(start: bytes, count: length))
            }
            next = next?.advanced(by: 1)
        }
        if total > Self.parameterLimit { request.completeness = .parameterTooLarge }
        receiveBody(into: &request)
    }

    private mutating func receiveBody(into request: inout Request) {
        guard let lengthText = FCGX_GetParam("CONTENT_LENGTH", native.pointee.envp), let expected = Int(String(cString: lengthText)),
            expected > 0
        else { return }
        var received = 0
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1024) { chunk in
            while received < expected {
                let count = FCGX_GetStr(chunk.baseAddress, Int32(min(chunk.count, expected - received)), native.pointee.in)
                guard count > 0 else { break }
                received += Int(count)
                guard received <= bodyLimit else { continue }
                chunk.baseAddress?.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
                    request.take(body: UnsafeBufferPointer(start: bytes, count: Int(count)))
                }
            }
        }
        if received < expected {
            request.completeness = .bodyTruncated
        } else if expected > bodyLimit {
            request.completeness = .bodyTooLarge
        }
    }

    /// Sends the response and ends the request. False when the web server had gone.
    @discardableResult
    public mutating func answer(_ response: borrowing ResponseWriter) -> Bool {
        let sent = response.bytes.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { FCGX_PutStr($0.baseAddress, Int32($0.count), native.pointee.out) }
        }
        // Detached, the connection is closed at once: libfcgi would shut it down, poll and read it first, for a peer whose bytes could
        // overtake the answer. On a unix socket none can, and the request has been read to its end.
        FCGX_Detach(native)
        FCGX_Finish_r(native)
        return Int(sent) == response.bytes.count
    }
}
