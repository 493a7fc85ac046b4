internal import CPosix
internal import Synchronization

/// The counters of all workers in the shared file, after the status board: a block for each slot and thread, written by that thread
/// alone. A new worker in a slot goes on adding to what its predecessor left, so counters never fall.
///
/// `@unchecked Sendable`: the mapping is shared between threads and processes by design; every access is a relaxed atomic,
/// every cell has one writer, and the mapping lives as long as the process.
public final class Scoreboard: @unchecked Sendable {
    public let schema: Schema
    public let board: StatusBoard
    private let cells: UnsafeMutablePointer<Atomic<UInt64>>
    /// Blocks of a slot: its request threads and one for the worker itself.
    private static let blocksPerSlot = StatusBoard.threads + 1

    /// Bytes that the counters of a schema take in the file, in whole pages.
    public static func size(cells: Int) -> Int { (cells * 8 * StatusBoard.slots * blocksPerSlot + 4095) / 4096 * 4096 }

    /// A new anonymous memory file holding the status board, to be handed to workers; -1 with errno set on failure. Untouched pages cost
    /// nothing.
    public static func makeFile() -> Int32 {
        let file = upa_memfd("scoreboard")
        guard file >= 0, ftruncate(file, StatusBoard.size) == 0 else { return -1 }
        return file
    }

    /// Makes room for the counters of another layout at the file's end; where they begin, or nil with errno set.
    public static func extend(file: Int32, cells: Int) -> Int? {
        let end = Int(lseek(file, 0, SEEK_END))
        guard end >= StatusBoard.size, ftruncate(file, end + size(cells: cells)) == 0 else { return nil }
        return end
    }

    /// Maps status board and counters; nil when the file is smaller than this binary's layout needs.
    /// - Parameter base: where the counters begin, see `extend`.
    public init?(file: Int32, base: Int, schema: Schema) {
        let size = Self.size(cells: schema.cellCount)
        guard let board = StatusBoard(file: file), base >= StatusBoard.size, base % 4096 == 0, lseek(file, 0, SEEK_END) >= base + size,
            let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, base), Int(bitPattern: memory) != -1  // MAP_FAILED
        else { return nil }
        self.schema = schema
        self.board = board
        cells = memory.bindMemory(to: Atomic<UInt64>.self, capacity: size / 8)
    }

    /// The writer of one request thread's block; only that thread may use it.
    public func writer(slot: Int, thread: Int) -> MetricsWriter {
        precondition(slot >= 0 && slot < StatusBoard.slots && thread >= 0 && thread < StatusBoard.threads, "outside the scoreboard")
        return writer(slot: slot, block: thread + 1)
    }

    /// The writer of what belongs to the worker as a whole; one thread of it may use it.
    public func workerWriter(slot: Int) -> MetricsWriter { writer(slot: slot, block: 0) }

    private func writer(slot: Int, block: Int) -> MetricsWriter {
        MetricsWriter(block: start(slot, block))
    }

    private func start(_ slot: Int, _ block: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        cells + (slot * Self.blocksPerSlot + block) * schema.cellCount
    }

    /// The sum of a cell over all blocks that were ever used.
    func total(_ cell: Int) -> UInt64 { sum(cell) { _ in true } }

    /// The sum of a gauge's cell over living workers: what a dead one left says nothing.
    func present(_ cell: Int) -> UInt64 { sum(cell) { board.process(slot: $0) != 0 } }

    private func sum(_ cell: Int, _ counts: (Int) -> Bool) -> UInt64 {
        var sum: UInt64 = 0
        for slot in 0..<StatusBoard.slots {
            let blocks = board.blocks(slot: slot)
            guard blocks > 0, counts(slot) else { continue }
            for block in 0..<blocks { sum &+= start(slot, block)[cell].load(ordering: .relaxed) }
        }
        return sum
    }

    /// Sets the gauges of a slot to zero, before its new worker writes them.
    public func clearGauges(slot: Int) {
        for block in 0..<board.blocks(slot: slot) {
            for family in schema.families where family.kind == .gauge {
                for index in family.series.indices { start(slot, block)[family.firstCell + index].store(0, ordering: .relaxed) }
            }
        }
    }
}

/// Adds to one block's cells: a load and a store each, no lock, no read-modify-write.
public struct MetricsWriter {
    private let block: UnsafeMutablePointer<Atomic<UInt64>>

    init(block: UnsafeMutablePointer<Atomic<UInt64>>) { self.block = block }

    @inline(__always)
    private func add(_ cell: Int, _ amount: UInt64) {
        block[cell].store(block[cell].load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    public func increment(_ counter: Counter, series: Int = 0, by amount: UInt64 = 1) { add(counter.cell + series, amount) }

    public func set(_ gauge: Gauge, series: Int = 0, _ value: UInt64) { block[gauge.cell + series].store(value, ordering: .relaxed) }

    public func observe(_ histogram: Histogram, series: Int = 0, nanoseconds: UInt64) {
        let first = histogram.cell + series * histogram.cellsPerSeries
        add(first + histogram.bucket(of: nanoseconds), 1)
        add(first + histogram.bounds.count + 1, nanoseconds)
    }
}
