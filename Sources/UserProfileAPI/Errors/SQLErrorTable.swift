internal import PostgreSQL
internal import Wire

/// The one place where an SQLSTATE becomes an answer (README lists it for clients). Message text is never looked at.
enum SQLErrorTable {
    /// Our own class `UP`: the code and the words for the client. The DETAIL of these is a JSON object that goes into `details`.
    private static let own: [SQLState: (ErrorCode, String)] = [
        "UPA01": (.tokenInvalid, "The token names no account"),
        "UPA02": (.tokenInvalid, "The token is no longer valid"),
        "UPA03": (.userDeleted, "This account has been deleted"),
        "UPA04": (.userBanned, "This account has been banned"),
        "UPA05": (.userTemporarilyBanned, "This account is temporarily banned"),
        "UPA06": (.insufficientPermissions, "This needs a role that the account does not have"),
        "UPA07": (.premiumRequired, "This needs a premium subscription"),
        "UPA08": (.passwordInvalid, "The password is not right"),
        "UPN01": (.notFound, "Not found"),
        "UPC01": (.duplicate, "Already taken"),
        "UPC02": (.protectedUser, "This account is protected"),
        "UPC03": (.photoChanged, "The photo has changed since it was read"),
        "UPC04": (.idempotencyInProgress, "A request with this Idempotency-Key is still being carried out"),
        "UPC06": (.idempotencyKeyReused, "This Idempotency-Key was used for another request"),
        "UPC05": (.preconditionFailed, "The resource has changed since it was read"),
        "UPL01": (.limitExceeded, "The limit is reached"),
        "UPV01": (.fieldRequired, "A required field is missing"),
        "UPV02": (.fieldTooLong, "A field is too long"),
        "UPV03": (.fieldTooShort, "A field is too short"),
        "UPV04": (.invalidFormat, "A field has the wrong format"),
        "UPV05": (.invalidValue, "A field has a value that is not allowed"),
        "UPV06": (.ageRestriction, "Users must be at least 18 years old"),
        "UPV07": (.unknownField, "A field is not known here"),
    ]

    /// The answer to a refusal of our own class, also one that was recorded under an idempotency key.
    static func refusal(_ state: SQLState, detail: String?) -> APIError {
        guard let (code, text) = own[state] else { return APIError(.internalError, "Internal error", cause: "unknown SQLSTATE \(state)") }
        var details = details(detail)
        if code == .premiumRequired { details.append("upgrade_url", .string(upgradeURL)) }
        return APIError(code, message(code, text, details), details, cause: "\(state)")
    }

    /// Where a tier is to be had.
    private static let upgradeURL = "/api/v1/users/me/subscription"

    /// A refused field is named in the words too.
    private static func message(_ code: ErrorCode, _ text: String, _ details: JSONObject) -> String {
        guard code.status == 422, let field = details["field"]?.string else { return text }
        switch code {
        case .fieldRequired: return "Field '\(field)' is required"
        case .fieldTooLong: return "Field '\(field)' is too long"
        case .fieldTooShort: return "Field '\(field)' is too short"
        case .invalidFormat: return "Field '\(field)' has the wrong format"
        case .invalidValue: return "Field '\(field)' has a value that is not allowed"
        case .unknownField: return "Field '\(field)' is not known here"
        default: return text
        }
    }

    static func error(_ error: DatabaseError, requestID: String) -> APIError {
        switch error {
        case .unavailable(let reason), .notSent(let reason):
            return .unavailable("The service is temporarily unavailable", cause: "database: \(reason)")
        case .outcomeUnknown(let reason):
            var error = APIError.unavailable("The outcome of the request is not known", cause: "database: outcome unknown: \(reason)")
            error.isOutcomeUnknown = true
            return error
        case .refused(let state, let message, let detail):
            if own[state] != nil { return refusal(state, detail: detail) }
            // numeric_value_out_of_range: a counter at the end of its integer.
            if state == "22003" {
                return APIError(.limitExceeded, "The limit is reached", ["limit": .integer(Int(Int32.max))], cause: "\(state)")
            }
            // character_not_in_repertoire: a NUL that no rule of ours met.
            if state == "22021" { return APIError(.invalidFormat, "A field holds a character that cannot be stored", cause: "\(state)") }
            let cause = "SQLSTATE \(state): \(message)"
            if isOutage(state) { return .unavailable("The service is temporarily unavailable", cause: cause) }
            return APIError(.databaseError, "The request could not be carried out", ["request_id": .string(requestID)], cause: cause)
        }
    }

    /// Statement timeout, lock timeout, out of resources, shutting down, read-only: not the request's fault, and it passes.
    private static func isOutage(_ state: SQLState) -> Bool {
        let text = state.description
        return state.condemnsPool || state.isRetryable || text == "57014" || text == "55P03" || text.hasPrefix("53") || text.hasPrefix("08")
    }

    private static func details(_ detail: String?) -> JSONObject {
        guard let detail, case .object(let object)? = try? JSONParser.parse(Array(detail.utf8).span) else { return [:] }
        return object
    }
}
