internal import CHiredis
internal import CPosix

/// One thread's connection to Redis. Connects on first use and again after an error; after any error the context is freed, never reused.
public final class Session {
    private let endpoint: Endpoint
    private let timeout: timeval
    private var context: UnsafeMutablePointer<redisContext>?
    private var breaker = CircuitBreaker()
    /// The sentinel that knew the master last.
    private var lastSentinel = 0
    /// Connections made so far: a change says that the server may be another.
    public private(set) var connectionCount = 0
    public var isConnected: Bool { context != nil }

    /// - Parameter timeout: milliseconds for connecting and for each reply.
    public init(_ endpoint: Endpoint, timeout: Int) {
        self.endpoint = endpoint
        self.timeout = timeval(tv_sec: timeout / 1000, tv_usec: timeout % 1000 * 1000)
    }

    deinit { if let context { redisFree(context) } }

    /// Sends all commands of the pipeline in one piece and appends their replies to `replies`, in order.
    public func run(_ pipeline: borrowing Pipeline, into replies: inout [Reply]) throws(RedisError) {
        let now = upa_monotonic_now()
        guard breaker.allows(now: now) else { throw .circuitOpen }
        do throws(RedisError) {
            let context = try connected()
            try exchange(context, pipeline, &replies)
            for reply in replies where reply.condemnsConnection { throw .unavailable(reason: "the server cannot take commands: \(reply)") }
            breaker.succeeded()
        } catch {
            if let context { redisFree(context) }
            context = nil
            breaker.failed(now: upa_monotonic_now())
            throw error
        }
    }

    /// Gives the server the script's text; false when it did not take it.
    public func load(_ script: Script) -> Bool {
        var pipeline = Pipeline()
        pipeline.command(arguments: 3)
        pipeline.argument("SCRIPT")
        pipeline.argument("LOAD")
        pipeline.argument(Array(script.text.utf8))
        var replies: [Reply] = []
        return (try? run(pipeline, into: &replies)) != nil && replies.first?.bytes == script.hash
    }

    private func exchange(_ context: UnsafeMutablePointer<redisContext>, _ pipeline: borrowing Pipeline, _ replies: inout [Reply])
        throws(RedisError)
    {
        let queued = pipeline.bytes.withUnsafeBytes { bytes in
            redisAppendFormattedCommand(context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard queued == REDIS_OK else { throw Self.failure(context) }
        for _ in 0..<pipeline.count {
            var raw: UnsafeMutableRawPointer?
            guard redisGetReply(context, &raw) == REDIS_OK, let raw else { throw Self.failure(context) }
            let reply = raw.assumingMemoryBound(to: redisReply.self)
            replies.append(Self.copy(reply.pointee))
            freeReplyObject(raw)
        }
    }

    private func connected() throws(RedisError) -> UnsafeMutablePointer<redisContext> {
        if let context { return context }
        switch endpoint.address {
        case .tcp(let host, let port): try connect { redisConnectWithTimeout(host, Int32(port), timeout) }
        case .unix(let path): try connect { redisConnectUnixWithTimeout(path, timeout) }
        case .sentinel(let hosts, let master):
            let server = try askSentinels(hosts, master)
            try connect { redisConnectWithTimeout(server.host, Int32(server.port), timeout) }
        }
        guard let context else { throw .unavailable(reason: "no connection") }
        try logIn(context)
        if case .sentinel = endpoint.address { try requireMaster(context) }
        connectionCount += 1
        return context
    }

    private func connect(_ make: () -> UnsafeMutablePointer<redisContext>?) throws(RedisError) {
        guard let made = make() else { throw .unavailable(reason: "out of memory") }
        context = made
        guard made.pointee.err == 0, redisSetTimeout(made, timeout) == REDIS_OK else { throw Self.failure(made) }
    }

    /// Where the master is now, by the first sentinel that knows (Redis manual, "Guidelines for Redis clients with Sentinel support").
    private func askSentinels(_ hosts: [Endpoint.SentinelHost], _ master: String) throws(RedisError) -> Endpoint.SentinelHost {
        var question = Pipeline()
        question.command(arguments: 3)
        question.argument("SENTINEL")
        question.argument("get-master-addr-by-name")
        question.argument(Array(master.utf8))
        for index in hosts.indices {
            let sentinel = hosts[(lastSentinel + index) % hosts.count]
            guard let asked = redisConnectWithTimeout(sentinel.host, Int32(sentinel.port), timeout) else { continue }
            defer { redisFree(asked) }
            var replies: [Reply] = []
            guard asked.pointee.err == 0, redisSetTimeout(asked, timeout) == REDIS_OK,
                (try? exchange(asked, question, &replies)) != nil, case .array(let address)? = replies.first, address.count == 2,
                let host = address[0].bytes, let port = address[1].bytes.flatMap({ Int(String(decoding: $0, as: UTF8.self)) })
            else { continue }
            lastSentinel = (lastSentinel + index) % hosts.count
            return Endpoint.SentinelHost(host: String(decoding: host, as: UTF8.self), port: port)
        }
        throw .unavailable(reason: "no sentinel knows \(master)")
    }

    /// A sentinel may not have heard yet that its master became a replica.
    private func requireMaster(_ context: UnsafeMutablePointer<redisContext>) throws(RedisError) {
        var question = Pipeline()
        question.command(arguments: 1)
        question.argument("ROLE")
        var replies: [Reply] = []
        try exchange(context, question, &replies)
        guard case .array(let role)? = replies.first, role.first?.bytes == Array("master".utf8) else {
            throw .unavailable(reason: "the server is no master")
        }
    }

    private func logIn(_ context: UnsafeMutablePointer<redisContext>) throws(RedisError) {
        var commands = Pipeline()
        if let password = endpoint.password {
            commands.command(arguments: endpoint.user == nil ? 2 : 3)
            commands.argument("AUTH")
            if let user = endpoint.user { commands.argument(Array(user.utf8)) }
            commands.argument(Array(password.utf8))
        }
        if endpoint.database != 0 {
            commands.command(arguments: 2)
            commands.argument("SELECT")
            commands.argument(endpoint.database)
        }
        guard commands.count > 0 else { return }
        var replies: [Reply] = []
        try exchange(context, commands, &replies)
        for case .error(let text) in replies { throw .unavailable(reason: text) }
    }

    private static func failure(_ context: UnsafeMutablePointer<redisContext>) -> RedisError {
        let reason = withUnsafeBytes(of: context.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return .unavailable(reason: reason)
    }

    private static func copy(_ reply: redisReply) -> Reply {
        switch reply.type {
        case REDIS_REPLY_STRING: .bytes(Array(UnsafeRawBufferPointer(start: reply.str, count: reply.len)))
        case REDIS_REPLY_INTEGER: .integer(Int(reply.integer))
        case REDIS_REPLY_STATUS: .status(String(cString: reply.str))
        case REDIS_REPLY_ERROR: .error(String(cString: reply.str))
        case REDIS_REPLY_ARRAY: .array((0..<reply.elements).map { index in reply.element[index].map { copy($0.pointee) } ?? .none })
        default: .none
        }
    }
}
