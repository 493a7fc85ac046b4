/// A statement that connections prepare once, on first use, and then call by name.
public struct Statement: Sendable {
    /// Which of the program's statements it is: 0..<count, unique.
    public let index: Int
    public let name: StaticString
    public let sql: StaticString
    public let parameterCount: Int

    public init(index: Int, name: StaticString, sql: StaticString, parameterCount: Int) {
        self.index = index
        self.name = name
        self.sql = sql
        self.parameterCount = parameterCount
    }
}

/// The values of one call in text format, in one buffer: no allocation a value.
public struct Parameters {
    private(set) var bytes: [UInt8] = []
    /// Where each value begins; -1 is NULL.
    private(set) var offsets: [Int] = []

    public init() {
        bytes.reserveCapacity(256)
        offsets.reserveCapacity(8)
    }

    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        holdsNUL = false
    }

    public var count: Int { offsets.count }

    /// A value holds a NUL byte, which libpq's C strings would cut short: the call is refused as the server would refuse the byte.
    package private(set) var holdsNUL = false

    /// Adds a value written by `write`.
    public mutating func append(_ write: (inout [UInt8]) -> Void) {
        offsets.append(bytes.count)
        let start = bytes.count
        write(&bytes)
        if bytes[start...].contains(0) { holdsNUL = true }
        bytes.append(0)
    }

    public mutating func append(_ text: String?) {
        guard let text else { return offsets.append(-1) }
        append { $0.append(contentsOf: text.utf8) }
    }

    public mutating func append(_ value: Int?) { append(value.map(String.init)) }
    public mutating func append(_ value: Bool) { append(value ? "t" : "f") }

    /// Calls `body` with the array of C strings that libpq wants.
    func withPointers<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        bytes.withUnsafeBytes { raw in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: max(offsets.count, 1)) { pointers in
                for (index, offset) in offsets.enumerated() {
                    pointers.initializeElement(
                        at: index, to: offset < 0 ? nil : raw.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self))
                }
                return body(UnsafePointer(pointers.baseAddress))
            }
        }
    }
}
