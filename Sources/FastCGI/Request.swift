/// One request as the web server passed it on: the parameters that the application asked for, and the body.
/// Made once a thread and refilled; the values live in one arena, so that a request costs no allocation of its own.
public struct Request {
    /// How receiving ended.
    public enum Completeness: Sendable { case complete, parameterTooLarge, bodyTooLarge, bodyTruncated }

    private let names: [StaticString]
    private var arena: [UInt8] = []
    private var values: [Range<Int>?]
    private var repeated: Set<Int> = []
    public internal(set) var body: [UInt8] = []
    public internal(set) var completeness = Completeness.complete

    /// - Parameter names: the FastCGI parameters to keep (`REQUEST_METHOD`, `HTTP_AUTHORIZATION`, …); their index is how they are asked for.
    public init(names: [StaticString]) {
        self.names = names
        values = Array(repeating: nil, count: names.count)
        arena.reserveCapacity(4096)
    }

    /// The value of the parameter at `index` in `names`; nil when the server did not send it.
    public subscript(index: Int) -> ArraySlice<UInt8>? {
        values[index].map { arena[$0] }
    }

    /// Whether the server sent the parameter more than once, as nginx does for a header that the client repeats.
    public func isRepeated(_ index: Int) -> Bool { repeated.contains(index) }

    /// Forgets the request before.
    package mutating func reset() {
        arena.removeAll(keepingCapacity: true)
        body.removeAll(keepingCapacity: true)
        for index in values.indices { values[index] = nil }
        if !repeated.isEmpty { repeated.removeAll() }
        completeness = .complete
    }

    /// Takes in one `NAME=value` if it is among the names asked for.
    package mutating func take(_ pair: UnsafeBufferPointer<UInt8>) {
        for index in names.indices {
            let name = names[index]
            let length = name.utf8CodeUnitCount
            guard pair.count > length, pair[length] == UInt8(ascii: "="), pair[0] == name.utf8Start[0], Self.begins(pair, with: name)
            else { continue }
            if values[index] != nil { repeated.insert(index) }
            let start = arena.count
            arena.append(contentsOf: pair[(length + 1)...])
            values[index] = start..<arena.count
            return
        }
    }

    package mutating func take(body bytes: UnsafeBufferPointer<UInt8>) { body.append(contentsOf: bytes) }

    private static func begins(_ pair: UnsafeBufferPointer<UInt8>, with name: StaticString) -> Bool {
        for index in 0..<name.utf8CodeUnitCount where pair[index] != name.utf8Start[index] { return false }
        return true
    }
}
