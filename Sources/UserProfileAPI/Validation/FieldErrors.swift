internal import Wire

/// Collects what is wrong with a request's fields, so that the client hears of all of it at once.
package struct FieldErrors {
    private struct Entry {
        let field: String
        let code: ErrorCode
        let message: String
        let details: JSONObject
    }

    package init() {}

    private var entries: [Entry] = []

    var count: Int { entries.count }

    mutating func add(_ field: String, _ code: ErrorCode, _ message: String, _ details: JSONObject = [:]) {
        entries.append(Entry(field: field, code: code, message: message, details: details))
    }

    /// Refuses every member of the body that is not among the known fields.
    mutating func refuseUnknown(_ object: JSONObject, known: [String], prefix: String = "") {
        for member in object.members where !known.contains(member.name) {
            // A name as long as the body would come back in the answer.
            let name = prefix + String(member.name.prefix(100))
            add(name, .unknownField, "Field '\(name)' is not known here")
        }
    }

    /// Throws what was collected: the first error, and with several of them the list.
    package func throwIfAny() throws(APIError) {
        guard let first = entries.first else { return }
        var details: JSONObject = ["field": .string(first.field)]
        for member in first.details.members { details.append(member.name, member.value) }
        var list: [JSONValue] = []
        if entries.count > 1 {
            for entry in entries.prefix(100) {
                list.append(["field": .string(entry.field), "code": .string(entry.code.rawValue), "message": .string(entry.message)])
            }
        }
        details.append("errors", .array(list))
        throw APIError(first.code, first.message, details)
    }
}
