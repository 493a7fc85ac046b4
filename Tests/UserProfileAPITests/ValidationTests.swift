import Testing
import UserProfileAPI
import Wire

private let today = CalendarDate(epochSeconds: 1_795_000_000)  // 2026-11-18

private func object(_ text: String) throws -> JSONObject {
    guard case .object(let object) = try JSONParser.parse(Array(text.utf8).span) else { throw NotAnObject() }
    return object
}
private struct NotAnObject: Error {}

private func profileError(_ text: String) throws -> APIError? {
    let object = try object(text)
    do throws(APIError) { _ = try ProfileChanges(object, today: today) } catch { return error }
    return nil
}

private func interestsError(_ text: String) throws -> APIError? {
    let object = try object(text)
    do throws(APIError) { _ = try InterestList(object) } catch { return error }
    return nil
}

@Suite struct ProfileRules {
    @Test(arguments: [
        "{}", #"{"first_name":null,"date_of_birth":null}"#, #"{"profile_description":"a\n\tb"}"#, #"{"date_of_birth":"1900-01-01"}"#,
        #"{"date_of_birth":"2008-11-18","gender":""}"#,
    ])
    func accepts(_ text: String) throws {
        #expect(try profileError(text) == nil)
    }

    @Test func countsScalarsNotBytesNorCharacters() throws {
        #expect(try profileError(#"{"first_name":"\#(String(repeating: "é", count: 100))"}"#) == nil)
        let combined = String(repeating: "e\u{301}", count: 51)
        #expect(try profileError(#"{"first_name":"\#(combined)"}"#)?.code == .fieldTooLong)
        #expect(try profileError(#"{"profile_description":"\#(String(repeating: "x", count: 5001))"}"#)?.details["max_length"] == 5000)
    }

    @Test(arguments: [
        (#"{"nickname":"x"}"#, ErrorCode.unknownField), (#"{"first_name":7}"#, .invalidFormat),
        (#"{"first_name":"a\u0000b"}"#, .invalidFormat),
        (#"{"first_name":"a\nb"}"#, .invalidFormat), (#"{"gender":"\u0085"}"#, .invalidFormat),
        (#"{"profile_description":"a\rb"}"#, .invalidFormat),
        (#"{"date_of_birth":"2008-11-19"}"#, .ageRestriction), (#"{"date_of_birth":"2030-01-01"}"#, .ageRestriction),
        (#"{"date_of_birth":"1899-12-31"}"#, .invalidValue), (#"{"date_of_birth":"2001-02-29"}"#, .invalidFormat),
        (#"{"date_of_birth":"1990-1-1"}"#, .invalidFormat), (#"{"date_of_birth":"1990-01-01T00:00:00Z"}"#, .invalidFormat),
        (#"{"date_of_birth":19900101}"#, .invalidFormat),
    ])
    func refuses(_ text: String, _ code: ErrorCode) throws {
        #expect(try profileError(text)?.code == code)
    }

    @Test func saysHowOldOneMustBe() throws {
        let error = try #require(try profileError(#"{"date_of_birth":"2010-01-01"}"#))
        #expect(error.details["min_age"] == 18)
        #expect(error.details["provided_age"] == 16)
    }

    @Test func listsEveryBadFieldAndTheFirstOutside() throws {
        let error = try #require(try profileError(#"{"first_name":7,"gender":"\u0001","x":1}"#))
        #expect(error.details["field"] == "first_name")
        guard case .array(let list)? = error.details["errors"] else { return #expect(Bool(false), "no list") }
        #expect(list.count == 3)
        #expect(list[2] == ["field": "x", "code": "VALIDATION_UNKNOWN_FIELD", "message": "Field 'x' is not known here"])
    }

    @Test func oneBadFieldNeedsNoList() throws {
        #expect(try profileError(#"{"first_name":7}"#)?.details["errors"] == [])
    }
}

@Suite struct InterestRules {
    private func list(_ elements: [String]) -> String { #"{"interests":[\#(elements.joined(separator: ","))]}"# }

    @Test func acceptsAnyScript() throws {
        let tags = ["Hiking", "R&B", "rock 'n' roll", "board-games", "snake_case", "日本語", "हिन्दी", "Ελληνικά", "3D"]
        #expect(try interestsError(list(tags.map { #"{"tag":"\#($0)","weight":0.5}"# })) == nil)
    }

    @Test(arguments: [
        (#"{"tag":"a<b"}"#, ErrorCode.invalidFormat), (#"{"tag":"😀"}"#, .invalidFormat), (#"{"tag":"a\tb"}"#, .invalidFormat),
        (#"{"tag":"  "}"#, .fieldTooShort),
        (#"{"tag":7}"#, .invalidFormat), (#"{"weight":0.5}"#, .fieldRequired), (#"{"tag":"a","weight":1.01}"#, .invalidValue),
        (#"{"tag":"a","weight":-0.1}"#, .invalidValue), (#"{"tag":"a","weight":null}"#, .invalidFormat),
        (#"{"tag":"a","weight":"1"}"#, .invalidFormat),
        (#"{"tag":"a","x":1}"#, .unknownField), ("7", .invalidFormat), (#"{"tag":null}"#, .invalidFormat),
    ])
    func refuses(_ element: String, _ code: ErrorCode) throws {
        #expect(try interestsError(list([element]))?.code == code)
    }

    @Test func refusesTheSameTagInAnotherCase() throws {
        let error = try interestsError(list([#"{"tag":"Yoga"}"#, #"{"tag":" yOGA "}"#]))
        #expect(error?.code == .invalidValue)
        #expect(error?.details["field"] == "interests[1].tag")
    }

    @Test func twentyAreTheLimit() throws {
        #expect(try interestsError(list((1...20).map { #"{"tag":"t\#($0)"}"# })) == nil)
        #expect(try interestsError(list((1...21).map { #"{"tag":"t\#($0)"}"# }))?.code == .invalidValue)
    }

    @Test(arguments: [("1", "1.00"), ("0", "0.00"), ("0.05", "0.05"), ("0.333", "0.33"), ("0.30000000000000004", "0.30"), ("1e-1", "0.10")])
    func weightsHaveTwoDecimals(_ given: String, _ kept: String) throws {
        var errors = FieldErrors()
        #expect(Interest(try object(#"{"tag":"a","weight":\#(given)}"#), prefix: "", &errors)?.weightText == kept)
    }

    @Test func theListIsRequired() throws {
        #expect(try interestsError("{}")?.code == .fieldRequired)
        #expect(try interestsError(#"{"interests":null}"#)?.code == .invalidFormat)
    }
}

@Suite struct PhotoAddresses {
    private func code(_ url: String) -> ErrorCode? {
        var errors = FieldErrors()
        _ = PhotoURL.read(url, domain: "cdn.example.com", &errors)
        do throws(APIError) { try errors.throwIfAny() } catch { return error.code }
        return nil
    }

    @Test(arguments: ["https://cdn.example.com/a.jpg", "https://CDN.example.com:443/a/b.jpg?w=1"])
    func onOurHostAreAccepted(_ url: String) { #expect(code(url) == nil) }

    @Test(arguments: [
        "http://cdn.example.com/a.jpg", "HTTPS://cdn.example.com/x", "https://cdn.example.com.evil.org/a",
        "https://evil.org/cdn.example.com",
        "https://u@cdn.example.com/a",
        "https://cdn.example.com@evil.org/a", "https://cdn.example.com:8443/a", "https://cdn.example.com/../a",
        "https://cdn.example.com/%2E%2e/a",
        "https://cdn.example.com", "https://cdn.example.com/", "https://cdn.example.com?x", "javascript://cdn.example.com/a",
        "https://xcdn.example.com/a",
    ])
    func elsewhereAreRefused(_ url: String) { #expect(code(url) == .invalidValue) }

    @Test(arguments: [
        "", "cdn.example.com/a", "https://cdn.example.com/a b", "https://cdn.example.com\\@evil.org/", "https://cdn.example.com/é",
        "https://cdn.example.com/a\n",
    ])
    func thatAreNoURLsAreRefused(_ url: String) { #expect(code(url) == .invalidFormat) }

    @Test func areAtMost500Long() {
        let start = "https://cdn.example.com/"
        #expect(code(start + String(repeating: "a", count: 500 - start.count)) == nil)
        #expect(code(start + String(repeating: "a", count: 501 - start.count)) == .fieldTooLong)
    }
}

@Suite struct SettingsRules {
    private func code(_ text: String) throws -> ErrorCode? {
        let object = try object(text)
        do throws(APIError) { _ = try SettingsChanges(object) } catch { return error.code }
        return nil
    }

    @Test(
        arguments: [
            ("{}", nil), (#"{"language":"en-GB","timezone":"America/Argentina/Buenos_Aires","ghost_mode":false}"#, nil),
            (#"{"language":"EN"}"#, .invalidFormat), (#"{"language":"en_GB"}"#, .invalidFormat), (#"{"language":"en-gb"}"#, .invalidFormat),
            (#"{"language":"éé"}"#, .invalidFormat), (#"{"timezone":""}"#, .invalidFormat),
            (#"{"timezone":"Europe/Am sterdam"}"#, .invalidFormat),
            (#"{"ghost_mode":1}"#, .invalidFormat), (#"{"ghost_mode":null}"#, .invalidFormat), (#"{"theme":"dark"}"#, .unknownField),
        ] as [(String, ErrorCode?)])
    func decide(_ text: String, _ expected: ErrorCode?) throws { #expect(try code(text) == expected) }
}

@Suite struct SubscriptionRules {
    private func code(_ text: String) throws -> ErrorCode? {
        let object = try object(text)
        do throws(APIError) { _ = try SubscriptionChange(object, now: Timestamp(seconds: 1_795_000_000)) } catch { return error.code }
        return nil
    }

    @Test(
        arguments: [
            (#"{"subscription_level":"free"}"#, nil), (#"{"subscription_level":"free","subscription_expires_at":null}"#, nil),
            (#"{"subscription_level":"club","subscription_expires_at":"2027-01-01T00:00:00+02:00"}"#, nil),
            (#"{"subscription_level":"club"}"#, .fieldRequired),
            (#"{"subscription_level":"club","subscription_expires_at":null}"#, .fieldRequired),
            (#"{"subscription_level":"free","subscription_expires_at":"2027-01-01T00:00:00Z"}"#, .invalidValue),
            (#"{"subscription_level":"premium","subscription_expires_at":"2020-01-01T00:00:00Z"}"#, .invalidValue),
            (#"{"subscription_level":"gold"}"#, .invalidValue), ("{}", .fieldRequired), (#"{"subscription_level":null}"#, .invalidFormat),
            (#"{"subscription_level":"club","subscription_expires_at":"2027-01-01"}"#, .invalidFormat),
        ] as [(String, ErrorCode?)])
    func decide(_ text: String, _ expected: ErrorCode?) throws { #expect(try code(text) == expected) }
}
