package import Wire

/// The codes of contract.md section 4; the raw value is what clients read.
package enum ErrorCode: String {
    case badRequest = "BAD_REQUEST"
    case limitExceeded = "RESOURCE_LIMIT_EXCEEDED"
    case tokenMissing = "AUTH_TOKEN_MISSING"
    case tokenInvalid = "AUTH_TOKEN_INVALID"
    case tokenExpired = "AUTH_TOKEN_EXPIRED"
    case serviceKeyMissing = "AUTH_SERVICE_KEY_MISSING"
    case serviceKeyInvalid = "AUTH_SERVICE_KEY_INVALID"
    case passwordInvalid = "AUTH_PASSWORD_INVALID"
    case insufficientPermissions = "AUTH_INSUFFICIENT_PERMISSIONS"
    case premiumRequired = "SUBSCRIPTION_PREMIUM_REQUIRED"
    case userBanned = "USER_BANNED"
    case userTemporarilyBanned = "USER_TEMPORARILY_BANNED"
    case userDeleted = "USER_DELETED"
    case notFound = "RESOURCE_NOT_FOUND"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    case payloadTooLarge = "PAYLOAD_TOO_LARGE"
    case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
    case duplicate = "RESOURCE_DUPLICATE"
    case protectedUser = "CONFLICT_PROTECTED_USER"
    case photoChanged = "CONFLICT_PHOTO_CHANGED"
    case idempotencyInProgress = "IDEMPOTENCY_IN_PROGRESS"
    case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"
    case preconditionFailed = "PRECONDITION_FAILED"
    case fieldRequired = "VALIDATION_FIELD_REQUIRED"
    case fieldTooLong = "VALIDATION_FIELD_TOO_LONG"
    case fieldTooShort = "VALIDATION_FIELD_TOO_SHORT"
    case invalidFormat = "VALIDATION_INVALID_FORMAT"
    case invalidValue = "VALIDATION_INVALID_VALUE"
    case unknownField = "VALIDATION_UNKNOWN_FIELD"
    case ageRestriction = "VALIDATION_AGE_RESTRICTION"
    case rateLimitExceeded = "RATE_LIMIT_EXCEEDED"
    case internalError = "INTERNAL_SERVER_ERROR"
    case databaseError = "DATABASE_ERROR"
    case unavailable = "SERVICE_UNAVAILABLE"

    var status: Int {
        switch self {
        case .badRequest, .limitExceeded: 400
        case .tokenMissing, .tokenInvalid, .tokenExpired, .serviceKeyMissing, .serviceKeyInvalid, .passwordInvalid: 401
        case .insufficientPermissions, .premiumRequired, .userBanned, .userTemporarilyBanned, .userDeleted: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .duplicate, .protectedUser, .photoChanged, .idempotencyInProgress: 409
        case .preconditionFailed: 412
        case .payloadTooLarge: 413
        case .unsupportedMediaType: 415
        case .fieldRequired, .fieldTooLong, .fieldTooShort, .invalidFormat, .invalidValue, .unknownField, .ageRestriction,
            .idempotencyKeyReused:
            422
        case .rateLimitExceeded: 429
        case .internalError, .databaseError: 500
        case .unavailable: 503
        }
    }
}

/// A refusal: what the client is told, and the cause that only the log sees.
package struct APIError: Error {
    package let code: ErrorCode
    let message: String
    package var details: JSONObject
    /// For the log; never sent.
    var cause: String?
    /// Seconds for `Retry-After`.
    var retryAfter: Int?
    /// For 405: the methods that the path knows.
    var allow: String?
    /// A refusal recorded under an idempotency key, given again.
    var isReplay = false
    /// Refused because it had waited too long already.
    var isShed = false
    /// A write may have happened, or may yet.
    var isOutcomeUnknown = false

    init(_ code: ErrorCode, _ message: String, _ details: JSONObject = [:], cause: String? = nil) {
        self.code = code
        self.message = message
        self.details = details
        self.cause = cause
    }

    static func unavailable(_ message: String, cause: String, retryAfter: Int = 2) -> APIError {
        var error = APIError(.unavailable, message, cause: cause)
        error.retryAfter = retryAfter
        return error
    }

    /// The body in the contract's shape; `errors` is always there.
    var body: [UInt8] {
        var details = details
        if details["errors"] == nil { details.append("errors", []) }
        var text: [UInt8] = []
        text.append(#"{"error":{"code":"# as StaticString)
        text.append(jsonString: code.rawValue)
        text.append(#","message":"# as StaticString)
        text.append(jsonString: message)
        text.append(#","details":"# as StaticString)
        text.append(json: .object(details))
        text.append("}}" as StaticString)
        return text
    }
}
