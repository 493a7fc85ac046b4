internal import Redis
internal import Wire

/// What one Redis round trip tells of a request before its handler runs: limit, revoked token, authorization record and cached body, in
/// a single pipeline. For one request thread.
final class Admission {
    /// What is asked.
    struct Question {
        var limit: (policy: RateLimitPolicy, key: [UInt8], counts: Bool)?
        var user: UserID?
        var tokenID: String?
        var body: CachedBody?
    }

    /// What is known.
    struct Findings {
        /// False when Redis did not answer: everything else is then empty.
        var isAvailable = false
        /// True when Redis answered and refused a part (full, or without the right): a limit or a revocation asked for is not known.
        var isPartial = false
        var limit: RateLimitVerdict?
        var isRevoked = false
        /// Set while the change feed is alive: record and body may be trusted if they carry it.
        var epoch: ArraySlice<UInt8>?
        var authorization: Authorization?
        var body: CacheEntry?
        /// What a later store must still find under the user's mark.
        var mark: [UInt8]?
    }

    struct Authorization {
        let record: AuthorizationRecord
        /// Seconds since 1970.
        let stored: Int
        let epoch: ArraySlice<UInt8>
    }

    private let session: Session
    private let limitsDatabase: Int
    private let cacheDatabase: Int
    private var pipeline = Pipeline()
    private var replies: [Reply] = []

    init(session: Session, limitsDatabase: Int, cacheDatabase: Int) {
        self.session = session
        self.limitsDatabase = limitsDatabase
        self.cacheDatabase = cacheDatabase
    }

    func ask(_ question: Question) -> Findings {
        write(question)
        guard pipeline.count > 0 else { return Findings(isAvailable: true) }
        replies.removeAll(keepingCapacity: true)
        guard (try? session.run(pipeline, into: &replies)) != nil else { return Findings() }
        if question.limit != nil, replies.contains(where: \.isUnknownScript), session.load(RateLimitScript.take) { return ask(question) }
        return read(question)
    }

    /// The session rests in the cache database; the limiter's is chosen around its one command.
    private func write(_ question: Question) {
        pipeline.removeAll()
        if let (policy, key, counts) = question.limit {
            select(limitsDatabase)
            pipeline.call(RateLimitScript.take, keys: 1, arguments: 3)
            pipeline.argument(key)
            pipeline.argument(policy.limit.count)
            pipeline.argument(policy.limit.window * 1_000_000)
            pipeline.argument(counts ? 1 : 0)
            select(cacheDatabase)
        }
        if let tokenID = question.tokenID {
            pipeline.command(arguments: 2)
            pipeline.argument("EXISTS")
            pipeline.argument(Array("blacklist:jti:\(tokenID)".utf8))
        }
        guard let user = question.user else { return }
        pipeline.command(arguments: question.body == nil ? 3 : 5)
        pipeline.argument("MGET")
        pipeline.argument(CacheKeys.lease)
        CacheKeys.authorization(user, &pipeline)
        if let body = question.body {
            CacheKeys.body(body, user, &pipeline)
            CacheKeys.mark(user, &pipeline)
        }
    }

    private func select(_ database: Int) {
        guard limitsDatabase != cacheDatabase else { return }
        pipeline.command(arguments: 2)
        pipeline.argument("SELECT")
        pipeline.argument(database)
    }

    private func read(_ question: Question) -> Findings {
        var findings = Findings(isAvailable: true)
        var next = replies.makeIterator()
        if question.limit != nil {
            let selects = limitsDatabase != cacheDatabase
            if selects { _ = next.next() }
            findings.limit = next.next()?.integer.map(RateLimitVerdict.init(scriptResult:))
            findings.isPartial = findings.limit == nil
            if selects { _ = next.next() }
        }
        if question.tokenID != nil {
            let count = next.next()?.integer
            findings.isRevoked = count == 1
            if count == nil { findings.isPartial = true }
        }
        guard question.user != nil else { return findings }
        guard case .array(let values)? = next.next(), values.count >= 2 else { return findings }
        findings.epoch = values[0].bytes.map { $0.prefix(LeaseValue.epochLength) }
        findings.authorization = values[1].bytes.flatMap(Self.authorization)
        if question.body != nil, values.count == 4 {
            findings.body = values[2].bytes.flatMap(CacheEntry.init)
            findings.mark = values[3].bytes
        }
        return findings
    }

    /// `<stored> <epoch> v1 …`
    private static func authorization(_ bytes: [UInt8]) -> Authorization? {
        guard let first = bytes.firstIndex(of: ASCII.space), let second = bytes[(first + 1)...].firstIndex(of: ASCII.space),
            let stored = decimal(bytes[..<first]), let record = AuthorizationRecord(bytes.span.extracting((second + 1)...))
        else { return nil }
        return Authorization(record: record, stored: stored, epoch: bytes[(first + 1)..<second])
    }

    /// Takes the newest entry of a limit back.
    func refund(_ key: [UInt8]) -> Bool {
        pipeline.removeAll()
        select(limitsDatabase)
        pipeline.call(RateLimitScript.refund, keys: 1, arguments: 0)
        pipeline.argument(key)
        select(cacheDatabase)
        replies.removeAll(keepingCapacity: true)
        guard (try? session.run(pipeline, into: &replies)) != nil else { return false }
        if replies.contains(where: \.isUnknownScript), session.load(RateLimitScript.refund) { return refund(key) }
        return !replies.contains(where: \.isError)
    }
}
