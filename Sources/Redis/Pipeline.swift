/// Commands written in RESP into one buffer, sent in one piece and answered in order. Kept and refilled by its thread.
public struct Pipeline {
    private(set) var bytes: [UInt8] = []
    public private(set) var count = 0

    public init() { bytes.reserveCapacity(1024) }

    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Begins a command of `arguments` arguments, its name included; each must then be appended.
    public mutating func command(arguments: Int) {
        count += 1
        bytes.append(UInt8(ascii: "*"))
        length(arguments)
    }

    public mutating func argument(_ text: StaticString) {
        bytes.append(UInt8(ascii: "$"))
        length(text.utf8CodeUnitCount)
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        end()
    }

    public mutating func argument(_ value: [UInt8]) {
        bytes.append(UInt8(ascii: "$"))
        length(value.count)
        bytes.append(contentsOf: value)
        end()
    }

    /// An argument of exactly `count` bytes, which `write` appends.
    public mutating func argument(count: Int, _ write: (inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "$"))
        length(count)
        let start = bytes.count
        write(&bytes)
        precondition(bytes.count == start + count, "an argument of another length than announced")
        end()
    }

    /// A whole number, not negative.
    public mutating func argument(_ value: Int) {
        var count = 1
        var rest = value / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        bytes.append(UInt8(ascii: "$"))
        length(count)
        length(value)
    }

    /// Decimal digits and the end of the line.
    private mutating func length(_ value: Int) {
        let start = bytes.count
        var rest = value
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0"))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
        end()
    }

    private mutating func end() {
        bytes.append(0x0D)
        bytes.append(0x0A)
    }
}
