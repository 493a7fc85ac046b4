internal import FastCGI
internal import Wire

/// The JSON object that a request's body holds.
enum RequestBody {
    /// The largest body that is read, in bytes; nginx refuses larger ones before they get here.
    static let limit = 64 * 1024

    static func object(_ exchange: Exchange) throws(APIError) -> JSONObject {
        let request = exchange.request
        let type = request[.contentType] ?? []
        if type.isEmpty, request.body.isEmpty { throw APIError(.badRequest, "The request needs a JSON body") }
        guard isJSON(type) else { throw APIError(.unsupportedMediaType, "The body must be application/json") }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(request.body.span)
        } catch {
            throw APIError(.badRequest, message(error), ["offset": .integer(error.offset)])
        }
        guard case .object(let object) = value else {
            throw APIError(.invalidFormat, "The body must be a JSON object", ["field": "body"])
        }
        return object
    }

    /// `application/json`, with or without parameters; a charset must be UTF-8.
    private static func isJSON(_ type: ArraySlice<UInt8>) -> Bool {
        let parts = String(decoding: type, as: UTF8.self).lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\"" } }
        guard parts.first == "application/json" else { return false }
        return parts.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=utf8" }
    }

    private static func message(_ error: JSONError) -> String {
        switch error.reason {
        case .syntax, .trailing: "The body is not valid JSON"
        case .depth: "The body is nested too deeply"
        case .duplicateName: "The body names a member twice"
        case .invalidUnicode: "The body holds text that is not Unicode"
        }
    }
}
