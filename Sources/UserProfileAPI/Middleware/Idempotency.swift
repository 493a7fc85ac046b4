internal import Crypto
internal import FastCGI
internal import PostgreSQL
internal import Wire

/// The `Idempotency-Key` of a request: scoped to caller, method and path, with a fingerprint of the body. The database keeps the
/// record in the change's own transaction.
struct Idempotency {
    private let key: String?
    private let scope: String
    private let fingerprint: [UInt8]

    /// - Parameters:
    ///   - caller: the user's id or the service's name.
    ///   - user: in the path.
    init(_ exchange: Exchange, caller: String, user: UserID? = nil) throws(APIError) {
        guard let header = exchange.request[.idempotencyKey] else {
            key = nil
            scope = ""
            fingerprint = []
            return
        }
        guard (1...255).contains(header.count), header.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw APIError(.invalidFormat, "Idempotency-Key must be 1 to 255 visible characters", ["field": "Idempotency-Key"])
        }
        key = String(decoding: header, as: UTF8.self)
        // However the path was written: one user's id has several spellings.
        let definition = exchange.route.definition
        scope = "\(caller) \(definition.method.rawValue) \(definition.template) \(user?.description ?? "-")"
        fingerprint = Digest.sha256(exchange.request.body.span)
    }

    /// With a record, a call whose outcome got lost may be made again.
    var effect: Store.Effect { key == nil ? .write : .repeatable }

    /// Appends scope, key and fingerprint, the last three arguments of every function that can be repeated safely.
    func bind(_ parameters: inout Parameters) {
        guard let key else {
            for _ in 0..<3 { parameters.append(nil as String?) }
            return
        }
        parameters.append(scope)
        parameters.append(key)
        parameters.append { bytes in
            bytes.append("\\x" as StaticString)
            for byte in fingerprint {
                bytes.append(ASCII.lowerHex(byte >> 4))
                bytes.append(ASCII.lowerHex(byte & 15))
            }
        }
    }

    /// The result's columns: body, SQLSTATE of a recorded refusal, whether it is a replay.
    static func answer(_ rows: borrowing Rows) throws(APIError) -> Answer {
        if let state = rows.text(0, 1) {
            var error = SQLErrorTable.refusal(SQLState(state), detail: rows.text(0, 0))
            error.isReplay = rows.text(0, 2) == "t"
            throw error
        }
        guard let body = rows.bytes(0, 0) else { throw APIError(.internalError, "Internal error", cause: "a function returned no body") }
        var answer = Answer(body)
        answer.isReplay = rows.text(0, 2) == "t"
        return answer
    }
}
