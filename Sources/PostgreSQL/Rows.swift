internal import CPostgreSQL

/// The result of a call. Frees libpq's memory when it goes; values are copied out.
public struct Rows: ~Copyable {
    private let native: OpaquePointer

    init(native: OpaquePointer) { self.native = native }
    deinit { PQclear(native) }

    public var count: Int { Int(PQntuples(native)) }
    public var columnCount: Int { Int(PQnfields(native)) }

    /// The bytes of a value; nil for NULL and for what is not there.
    public borrowing func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        guard row < count, column < columnCount, PQgetisnull(native, Int32(row), Int32(column)) == 0 else { return nil }
        let length = Int(PQgetlength(native, Int32(row), Int32(column)))
        guard let value = PQgetvalue(native, Int32(row), Int32(column)) else { return nil }
        return Array(UnsafeRawBufferPointer(start: value, count: length))
    }

    public borrowing func text(_ row: Int, _ column: Int) -> String? {
        bytes(row, column).map { String(decoding: $0, as: UTF8.self) }
    }

    public borrowing func integer(_ row: Int, _ column: Int) -> Int? { text(row, column).flatMap(Int.init) }
}
