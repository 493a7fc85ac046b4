internal import FastCGI

/// A successful answer of a handler.
struct Answer {
    var status = 200
    var contentType: StaticString = "application/json"
    var body: [UInt8]
    var caching = Caching.none
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

    init(_ body: [UInt8], caching: Caching = .none) {
        self.body = body
        self.caching = caching
    }
}

extension ResponseWriter {
    mutating func write(_ answer: Answer, sendBody: Bool) {
        begin(status: answer.status)
        header("Content-Type", answer.contentType)
        header("Cache-Control", answer.caching == .none ? "no-store" : "private, no-cache")
        if answer.isReplay { header("Idempotent-Replayed", "true") }
        if let fileName = answer.fileName { header("Content-Disposition", bytes: "attachment; filename=\"\(fileName)\"".utf8) }
        end(body: answer.body, sendBody: sendBody)
    }

    mutating func write(_ error: APIError, sendBody: Bool) {
        begin(status: error.code.status)
        header("Content-Type", "application/json")
        header("Cache-Control", "no-store")
        if error.code.status == 401 { header("WWW-Authenticate", #"Bearer error="invalid_token""#) }
        if let seconds = error.retryAfter { header("Retry-After", seconds) }
        if error.isReplay { header("Idempotent-Replayed", "true") }
        if let allow = error.allow { header("Allow", bytes: allow.utf8) }
        end(body: error.body, sendBody: sendBody)
    }
}
