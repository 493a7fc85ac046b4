internal import FastCGI

/// The FastCGI parameters the service reads; nginx sends them as nginx/snippets/worker.conf says.
enum Parameter: Int, CaseIterable {
    case method, uri, contentType, traceID, requestStart, authorization, serviceKey, paymentKey, idempotencyKey, ifMatch, ifNoneMatch

    var name: StaticString {
        switch self {
        case .method: "REQUEST_METHOD"
        case .uri: "REQUEST_URI"
        case .contentType: "CONTENT_TYPE"
        case .traceID: "TRACE_ID"
        case .requestStart: "REQUEST_START"
        case .authorization: "HTTP_AUTHORIZATION"
        case .serviceKey: "HTTP_X_SERVICE_API_KEY"
        case .paymentKey: "HTTP_X_PAYMENT_API_KEY"
        case .ifMatch: "HTTP_IF_MATCH"
        case .ifNoneMatch: "HTTP_IF_NONE_MATCH"
        case .idempotencyKey: "HTTP_IDEMPOTENCY_KEY"
        }
    }

    static let names = allCases.map(\.name)
}

extension Request {
    subscript(parameter: Parameter) -> ArraySlice<UInt8>? { self[parameter.rawValue] }
}
