/// A metric family of the Prometheus text format: its name, what it says, and where its cells lie in a thread's block.
public struct Family: Sendable {
    public enum Kind: Sendable, Equatable {
        case counter
        case gauge
        /// Upper bounds in seconds; observations are kept in nanoseconds.
        case histogram([Double])
    }

    public let name: String
    public let help: String
    public let kind: Kind
    /// One entry a series: the label pairs as they are written, `route="/users/me",method="GET"`, or empty.
    public let series: [String]
    /// What a cell is divided by when it is written: cells hold whole numbers.
    public let divisor: Int
    let firstCell: Int

    /// Cells of one series: a counter has one; a histogram its buckets, the last for +Inf, and the sum.
    var cellsPerSeries: Int {
        guard case .histogram(let bounds) = kind else { return 1 }
        return bounds.count + 2
    }
}

/// All families of a program, laid out once; equal in every process of one binary.
public struct Schema: Sendable {
    public private(set) var families: [Family] = []
    /// Cells in one thread's block.
    public private(set) var cellCount = 0

    public init() {}

    /// Adds a family and returns the handle that its writers use.
    public mutating func counter(_ name: String, _ help: String, series: [String] = [""], divisor: Int = 1) -> Counter {
        Counter(cell: add(name, help, .counter, series, divisor: divisor))
    }

    public mutating func gauge(_ name: String, _ help: String, series: [String] = [""]) -> Gauge {
        Gauge(cell: add(name, help, .gauge, series))
    }

    public mutating func histogram(_ name: String, _ help: String, bounds: [Double], series: [String] = [""]) -> Histogram {
        let cell = add(name, help, .histogram(bounds), series)
        return Histogram(cell: cell, bounds: bounds.map { UInt64($0 * 1e9) })
    }

    /// Tells one layout from another: programs with the same number count in the same cells.
    public var layout: UInt64 {
        // FNV-1a: any change of names, series or order gives another number.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for family in families {
            for byte in "\(family.name) \(family.kind) \(family.series.joined(separator: "|"));".utf8 {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
        return hash
    }

    private mutating func add(_ name: String, _ help: String, _ kind: Family.Kind, _ series: [String], divisor: Int = 1) -> Int {
        let family = Family(name: name, help: help, kind: kind, series: series, divisor: divisor, firstCell: cellCount)
        families.append(family)
        cellCount += series.count * family.cellsPerSeries
        return family.firstCell
    }
}

public struct Counter: Sendable { let cell: Int }
public struct Gauge: Sendable { let cell: Int }

public struct Histogram: Sendable {
    let cell: Int
    /// Upper bounds in nanoseconds, ascending.
    let bounds: [UInt64]

    var cellsPerSeries: Int { bounds.count + 2 }

    func bucket(of nanoseconds: UInt64) -> Int {
        var index = 0
        while index < bounds.count, nanoseconds > bounds[index] { index += 1 }
        return index
    }
}
