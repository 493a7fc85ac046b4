internal import CPosix
internal import Synchronization

/// What every request thread of every worker is doing, in the first part of the shared file. Its layout never depends on the metrics, so
/// that a supervisor can read what workers of a newer binary write.
///
/// `@unchecked Sendable`: shared between threads and processes by design; every access is a relaxed atomic, every word has one writer
/// (a thread its own status, the supervisor the slots and restarts), and the mapping lives as long as the process.
public final class StatusBoard: @unchecked Sendable {
    /// Worker processes that can exist at the same time.
    public static let slots = 128
    /// Request threads in one worker.
    public static let threads = 64
    /// Why a worker was replaced; the label of `worker_restarts_total`.
    public static let restartReasons = ["crash", "watchdog", "requests", "memory", "reload", "start_timeout"]

    static let threadWords = 20
    private static let slotWords = 4
    private static let restartWords = 16
    static let words = restartWords + slots * (slotWords + threads * threadWords)
    /// Where the counters begin, in bytes: whole pages.
    public static let size = (words * 8 + 4095) / 4096 * 4096

    private let base: UnsafeMutablePointer<Atomic<UInt64>>

    /// Maps the board; nil when the file is too small or cannot be mapped.
    public init?(file: Int32) {
        guard lseek(file, 0, SEEK_END) >= Self.size, let base = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
            Int(bitPattern: base) != -1  // MAP_FAILED
        else { return nil }
        self.base = base.bindMemory(to: Atomic<UInt64>.self, capacity: Self.words)
    }

    /// What one thread is doing; a copy taken while it may be changing.
    public struct ThreadStatus: Sendable {
        public let slot: Int
        public let thread: Int
        /// Requests begun so far.
        public let requests: UInt64
        /// Monotonic nanoseconds at which its request was accepted; 0 when idle.
        public let started: Int64
        public let stage: RequestStage
        public let route: String
        public let traceID: String
    }

    // MARK: the supervisor's words

    /// Says which process holds the slot; 0 when none does.
    public func setProcess(_ pid: Int32, slot: Int) {
        precondition(slot >= 0 && slot < Self.slots, "outside the status board")
        slotWord(slot, 0).pointee.store(UInt64(UInt32(bitPattern: pid)), ordering: .relaxed)
        guard pid == 0 else { return }
        slotWord(slot, 1).pointee.store(0, ordering: .relaxed)
        // The dead process writes no more: the next one in this slot begins with nothing to answer for.
        for thread in 0..<Self.threads {
            for word in 0..<3 { threadWord(slot, thread, word).pointee.store(0, ordering: .relaxed) }
        }
    }

    public func process(slot: Int) -> Int32 { Int32(truncatingIfNeeded: slotWord(slot, 0).pointee.load(ordering: .relaxed)) }

    public func countRestart(_ reason: String) {
        guard let index = Self.restartReasons.firstIndex(of: reason) else { return }
        base[index].store(base[index].load(ordering: .relaxed) + 1, ordering: .relaxed)
    }

    /// Says that the whole service is ending: `/health/ready` then tells the balancer.
    public func setLeaving() { base[Self.restartWords - 1].store(1, ordering: .relaxed) }
    public var isLeaving: Bool { base[Self.restartWords - 1].load(ordering: .relaxed) != 0 }

    public func restarts(_ index: Int) -> UInt64 { base[index].load(ordering: .relaxed) }

    // MARK: the worker's words

    /// How many request threads the slot's worker runs; told once, before they start. Their counters and the worker's own are read from
    /// then on, also when a later worker runs fewer.
    public func setThreads(_ count: Int, slot: Int) {
        slotWord(slot, 1).pointee.store(UInt64(count), ordering: .relaxed)
        let blocks = slotWord(slot, 2)
        blocks.pointee.store(max(blocks.pointee.load(ordering: .relaxed), UInt64(count + 1)), ordering: .relaxed)
    }
    public func threads(slot: Int) -> Int { Int(slotWord(slot, 1).pointee.load(ordering: .relaxed)) }

    /// Counter blocks that the slot has ever used, over all its workers.
    func blocks(slot: Int) -> Int { Int(slotWord(slot, 2).pointee.load(ordering: .relaxed)) }

    /// Every request thread of every living worker.
    public func statuses() -> [ThreadStatus] {
        (0..<Self.slots).filter { process(slot: $0) != 0 }.flatMap { slot in
            (0..<min(threads(slot: slot), Self.threads)).map { status(slot, $0) }
        }
    }

    private func status(_ slot: Int, _ thread: Int) -> ThreadStatus {
        func word(_ index: Int) -> UInt64 { threadWord(slot, thread, index).pointee.load(ordering: .relaxed) }
        func text(_ first: Int, _ count: Int) -> String {
            let bytes = (first..<first + count).flatMap { index in
                let value = word(index)
                return (0..<8).map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
            }
            return String(decoding: bytes.prefix { $0 >= 0x20 && $0 < 0x7F }, as: UTF8.self)
        }
        return ThreadStatus(
            slot: slot, thread: thread, requests: word(2), started: Int64(bitPattern: word(0)),
            stage: RequestStage(rawValue: word(1)) ?? .idle, route: text(3, ThreadStatusWriter.routeWords),
            traceID: text(3 + ThreadStatusWriter.routeWords, ThreadStatusWriter.traceWords))
    }

    /// The writer of one thread's status; only that thread may use it.
    public func writer(slot: Int, thread: Int) -> ThreadStatusWriter {
        precondition(slot >= 0 && slot < Self.slots && thread >= 0 && thread < Self.threads, "outside the status board")
        return ThreadStatusWriter(words: base + threadOffset(slot, thread))
    }

    private func slotWord(_ slot: Int, _ word: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        base + Self.restartWords + slot * Self.slotWords + word
    }

    private func threadWord(_ slot: Int, _ thread: Int, _ word: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        base + threadOffset(slot, thread) + word
    }

    private func threadOffset(_ slot: Int, _ thread: Int) -> Int {
        Self.restartWords + Self.slots * Self.slotWords + (slot * Self.threads + thread) * Self.threadWords
    }
}
