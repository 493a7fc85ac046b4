internal import CPosix
internal import Synchronization

/// The counters of all workers in one shared mapping: a block for each worker slot and thread, written by that thread alone.
///
/// `@unchecked Sendable`: the mapping is shared between threads and processes by design; every access is a relaxed atomic,
/// every cell has one writer, and the mapping lives as long as the process.
public final class Scoreboard: @unchecked Sendable {
    public let schema: Schema
    public let slots: Int
    public let threads: Int
    private let cells: UnsafeMutablePointer<Atomic<UInt64>>

    /// Bytes of a scoreboard of this shape, in whole pages.
    public static func size(schema: Schema, slots: Int, threads: Int) -> Int {
        (schema.cellCount * slots * threads * MemoryLayout<UInt64>.stride + 4095) / 4096 * 4096
    }

    /// A new anonymous memory file of that size, to be handed to workers; -1 with errno set on failure.
    public static func makeFile(schema: Schema, slots: Int, threads: Int) -> Int32 {
        let file = upa_memfd("scoreboard")
        guard file >= 0, ftruncate(file, size(schema: schema, slots: slots, threads: threads)) == 0 else { return -1 }
        return file
    }

    /// Maps a scoreboard; nil when the file cannot be mapped or has another size than this binary's layout.
    public init?(file: Int32, schema: Schema, slots: Int, threads: Int) {
        let size = Self.size(schema: schema, slots: slots, threads: threads)
        guard lseek(file, 0, SEEK_END) == size,
            let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), Int(bitPattern: base) != -1  // MAP_FAILED
        else { return nil }
        self.schema = schema
        self.slots = slots
        self.threads = threads
        cells = base.bindMemory(to: Atomic<UInt64>.self, capacity: schema.cellCount * slots * threads)
    }

    /// The writer of one thread's block. Only that thread may use it.
    public func writer(slot: Int, thread: Int) -> MetricsWriter {
        precondition(slot >= 0 && slot < slots && thread >= 0 && thread < threads, "outside the scoreboard")
        return MetricsWriter(block: cells + (slot * threads + thread) * schema.cellCount)
    }

    /// The sum of a cell over all slots and threads.
    func total(_ cell: Int) -> UInt64 {
        var sum: UInt64 = 0
        for block in 0..<slots * threads { sum &+= cells[block * schema.cellCount + cell].load(ordering: .relaxed) }
        return sum
    }

    /// Sets the gauges of a slot to zero, when its worker has gone.
    public func clearGauges(slot: Int) {
        for thread in 0..<threads {
            let block = cells + (slot * threads + thread) * schema.cellCount
            for family in schema.families where family.kind == .gauge {
                for index in family.series.indices { block[family.firstCell + index].store(0, ordering: .relaxed) }
            }
        }
    }
}

/// Adds to one thread's cells: a load and a store each, no lock, no read-modify-write.
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
