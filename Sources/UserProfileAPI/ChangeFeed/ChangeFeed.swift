internal import Crypto
internal import Logging
internal import PostgreSQL
internal import Redis
internal import Wire

/// Carries what others wrote into the database over to Redis: reads `activity.changes`, drops the cached bodies and records of the users
/// in it, and renews the lease that lets request threads trust the rest. One thread in every worker; one of them all does the reading
/// at a time, the others take over when its lease grows old. See README, "How others' writes become visible".
final class ChangeFeed {
    /// Milliseconds between two looks: what a foreign write waits at the most while all is well.
    private static let interval = 25
    /// Milliseconds that a lease lasts from the beginning of the look that earned it. Nothing older than this is ever trusted.
    private static let lease = 900
    /// A lease with less than this left has been given up by its reader.
    private static let abandoned = 780
    private static let batch = 500

    private let service: Service
    private let session: Session
    private let pool: Pool
    private let cache: BodyCache
    private let figures: ProcessFigures
    private let name: [UInt8]
    private var pipeline = Pipeline()
    private var replies: [Reply] = []
    private var parameters = Parameters()
    /// The server's identity at this connection; entries of another are not believed (a restart may have brought back old ones).
    private var epoch: (connection: Int, value: [UInt8])?
    private var isWell = true

    init(service: Service, session: Session, pool: Pool, figures: ProcessFigures) {
        self.service = service
        self.figures = figures
        self.session = session
        self.pool = pool
        cache = BodyCache(session: session)
        name = Digest.random(6).flatMap { [ASCII.lowerHex($0 >> 4), ASCII.lowerHex($0 & 15)] }
    }

    func run(isDraining: () -> Bool) {
        while !isDraining() {
            figures.update(now: Clock.monotonic())
            let isWellNow = look()
            if !isWellNow { service.cacheTrust.suspend() }
            if isWell != isWellNow {
                isWell = isWellNow
                service.logger.log(
                    level: isWell ? .info : .warning, isWell ? "change feed alive" : "change feed broken: caches are not trusted")
            }
            Pause.milliseconds(isWell ? Self.interval : 4 * Self.interval)
        }
        finishWrites()
    }

    /// One look; false when Redis or the database did not answer.
    private func look() -> Bool {
        finishWrites()
        guard let epoch = currentEpoch() else { return false }
        guard let holder = holder() else { return false }
        if !holder.isMine, holder.millisecondsLeft > Self.abandoned {
            figures.forgetQueues()
            return true
        }
        let start = Clock.monotonic()
        do throws(DatabaseError) {
            while try carryOver() == Self.batch {}
        } catch {
            return false
        }
        let left = Self.lease - Int((Clock.monotonic() - start) / 1_000_000)
        guard left > 0, renew(epoch, milliseconds: left) else { return false }
        // After the lease: nobody's cache waits for figures.
        updateQueues()
        return true
    }

    private func updateQueues() {
        guard figures.areQueuesDue(now: Clock.monotonic()), let lease = try? pool.checkout(deadline: Clock.monotonic() + 100_000_000) else {
            return
        }
        figures.updateQueues(lease.connection, now: Clock.monotonic())
        pool.checkin(lease)
    }

    /// Reads a batch of changes, makes them take effect, then forgets them: a reader that dies in between leaves them to the next.
    private func carryOver() throws(DatabaseError) -> Int {
        let lease = try pool.checkout(deadline: Clock.monotonic() + 500_000_000)
        let connection = lease.connection
        do throws(DatabaseError) {
            parameters.removeAll()
            parameters.append(Self.batch)
            let rows = try connection.call(DatabaseFunction.readChanges.statement, parameters, deadline: Clock.monotonic() + 500_000_000)
            let count = rows.count
            if count > 0 {
                var users: Set<UserID> = []
                var numbers: [UInt8] = [UInt8(ascii: "{")]
                for row in 0..<count {
                    if row > 0 { numbers.append(ASCII.comma) }
                    numbers += rows.bytes(row, 0) ?? []
                    if let user = rows.bytes(row, 1).flatMap({ UserID($0.span) }) { users.insert(user) }
                }
                numbers.append(UInt8(ascii: "}"))
                guard drop(users) else { throw .unavailable(reason: "Redis did not take the changes") }
                parameters.removeAll()
                parameters.append { $0 += numbers }
                _ = try connection.call(DatabaseFunction.forgetChanges.statement, parameters, deadline: Clock.monotonic() + 500_000_000)
            }
            pool.checkin(lease)
            return count
        } catch {
            pool.checkin(lease)
            throw error
        }
    }

    private func drop(_ users: Set<UserID>) -> Bool {
        guard !users.isEmpty else { return true }
        pipeline.removeAll()
        for user in users { CacheCommands.change(user, &pipeline) }
        return run()
    }

    /// What request threads could not drop while Redis was away.
    private func finishWrites() {
        let users = service.unfinished.takeAll()
        for user in users where !cache.drop(user) { service.unfinished.add(user) }
    }

    private func holder() -> (isMine: Bool, millisecondsLeft: Int)? {
        pipeline.removeAll()
        for command: StaticString in ["GET", "PTTL"] {
            pipeline.command(arguments: 2)
            pipeline.argument(command)
            pipeline.argument(CacheKeys.lease)
        }
        guard run(), let left = replies[1].integer else { return nil }
        return (replies[0].bytes?.suffix(name.count) == name[...], left)
    }

    private func renew(_ epoch: [UInt8], milliseconds: Int) -> Bool {
        pipeline.removeAll()
        pipeline.command(arguments: 5)
        pipeline.argument("SET")
        pipeline.argument(CacheKeys.lease)
        pipeline.argument(epoch + [ASCII.space] + name)
        pipeline.argument("PX")
        pipeline.argument(milliseconds)
        return run()
    }

    /// The first characters of Redis's `run_id`, asked once a connection.
    private func currentEpoch() -> [UInt8]? {
        if let epoch, epoch.connection == session.connectionCount, session.isConnected { return epoch.value }
        pipeline.removeAll()
        pipeline.command(arguments: 2)
        pipeline.argument("INFO")
        pipeline.argument("server")
        guard run(), let information = replies.first?.bytes else { return nil }
        let line = information.split(separator: 0x0A).first { $0.starts(with: "run_id:".utf8) }
        guard let value = line?.dropFirst(7).prefix(LeaseValue.epochLength), value.count == LeaseValue.epochLength else { return nil }
        epoch = (session.connectionCount, Array(value))
        return Array(value)
    }

    private func run() -> Bool {
        replies.removeAll(keepingCapacity: true)
        guard (try? session.run(pipeline, into: &replies)) != nil else { return false }
        return !replies.contains(where: \.isError)
    }
}

/// The lease's value: the epoch that entries must carry to be believed, and who holds it.
enum LeaseValue {
    static let epochLength = 12
}

extension Service {
    /// The life of the change feed in this worker, and of its figures; call it on a thread of its own.
    public func runChangeFeed(slot: Int, isDraining: () -> Bool) {
        let figures = ProcessFigures(service: self, slot: slot)
        // Also without a cache of our own: other hosts may have one, and somebody must empty the table.
        guard let endpoint = configuration.cacheEndpoint else { return }
        let options = ConnectionOptions(
            url: configuration.databaseURL.reveal, applicationName: "userprofile-api feed", statementTimeout: 1000, connectTimeout: 1000,
            preparesStatements: configuration.preparesStatements)
        let pool = Pool(options, maximum: 1, statementCount: DatabaseFunction.allCases.count, checkoutTimeout: 1_000_000_000)
        // Patient with Redis: nobody waits for this thread.
        let session = Session(endpoint, timeout: 250)
        ChangeFeed(service: self, session: session, pool: pool, figures: figures).run(isDraining: isDraining)
    }
}
