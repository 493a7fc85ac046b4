internal import FastCGI
internal import Wire

/// A successful answer of a handler.
struct Answer {
    var status = 200
    var contentType: StaticString = "application/json"
    var body: ArraySlice<UInt8>
    var caching = Caching.none
    /// What a client may revalidate or edit against.
    var tag: EntityTag?
    /// The first result of an idempotent request, given again.
    var isReplay = false
    /// The name under which a client may save the body.
    var fileName: StaticString?
    /// Work that the client need not wait for, done when the answer has been handed over.
    var afterwards: (() -> Void)?

    enum Caching {
        /// `Cache-Control: no-store`
        case none
        /// `Cache-Control: private, no-cache`: may be kept, must be revalidated.
        case revalidate
    }

    init(_ body: ArraySlice<UInt8>, caching: Caching = .none) {
        self.body = body
        self.caching = caching
    }

    init(_ body: [UInt8]) { self.init(body[...]) }
}

extension ResponseWriter {
    /// The status line of RFC 9112 section 4, with the phrase that some clients insist on.
    private mutating func begin(_ status: Int) {
        let phrase: StaticString =
            switch status {
            case 200: "OK"
            case 304: "Not Modified"
            case 400: "Bad Request"
            case 401: "Unauthorized"
            case 403: "Forbidden"
            case 404: "Not Found"
            case 405: "Method Not Allowed"
            case 409: "Conflict"
            case 412: "Precondition Failed"
            case 413: "Content Too Large"
            case 415: "Unsupported Media Type"
            case 422: "Unprocessable Content"
            case 429: "Too Many Requests"
            case 503: "Service Unavailable"
            default: "Internal Server Error"
            }
        begin(status: status, phrase: phrase)
    }

    mutating func write(_ answer: Answer, limit: RateLimitStatus?, sendBody: Bool) {
        begin(answer.status)
        if answer.status != 304 { header("Content-Type", answer.contentType) }
        header("Cache-Control", answer.caching == .none ? "no-store" : "private, no-cache")
        if let tag = answer.tag { header(tag) }
        if let limit { write(limit) }
        if answer.isReplay { header("Idempotent-Replayed", "true") }
        if let fileName = answer.fileName { header("Content-Disposition", bytes: "attachment; filename=\"\(fileName)\"".utf8.span) }
        if answer.status == 304 {
            endWithoutBody()
        } else {
            end(body: answer.body.span, sendBody: sendBody)
        }
    }

    private mutating func header(_ tag: EntityTag) {
        header("ETag") { bytes in
            bytes.append(ASCII.quote)
            bytes.append(tag.value.span)
            bytes.append(ASCII.quote)
        }
    }

    mutating func write(_ error: APIError, limit: RateLimitStatus?, sendBody: Bool) {
        begin(error.code.status)
        header("Content-Type", "application/json")
        header("Cache-Control", "no-store")
        if error.code.status == 401 { header("WWW-Authenticate", #"Bearer error="invalid_token""#) }
        if let limit { write(limit) }
        if let seconds = error.retryAfter { header("Retry-After", seconds) }
        if error.isReplay { header("Idempotent-Replayed", "true") }
        if let allow = error.allow { header("Allow", bytes: allow.utf8.span) }
        end(body: error.body.span, sendBody: sendBody)
    }
}
