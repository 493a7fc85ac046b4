import Testing
import Wire

private func parse(_ text: String) -> Result<JSONValue, JSONError> { parse(Array(text.utf8)) }

private func parse(_ bytes: [UInt8]) -> Result<JSONValue, JSONError> {
    do throws(JSONError) { return .success(try JSONParser.parse(bytes.span)) } catch { return .failure(error) }
}

private func reason(_ result: Result<JSONValue, JSONError>) -> JSONError.Reason? {
    guard case .failure(let error) = result else { return nil }
    return error.reason
}

private func written(_ write: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    write(&bytes)
    return String(decoding: bytes, as: UTF8.self)
}

@Suite struct JSONParsing {
    private static let values: [(String, JSONValue)] = [
        ("null", .null), (" true ", true), ("-12", -12), (#""a\n\u00e9\ud83d\ude00\/""#, "a\né😀/"), ("[]", []), ("{}", [:]),
        (#"{"a":[1,{"b":null}]}"#, ["a": [1, ["b": .null]]]),
    ]

    @Test(arguments: values)
    func readsValues(_ text: String, _ value: JSONValue) {
        #expect(parse(text) == .success(value))
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "01", "-", "1.", ".5", "1e", "+1", "NaN", "1e999", "[1,]", "[,1]", "[1 2]", "{", "}", #"{"a"}"#, #"{"a":}"#,
        #"{a:1}"#, #"{"a":1,}"#, "'a'", #""a"#, #""\x""#, #""\u12""#, "\"a\u{1}b\"", "\"tab\there\"", "[1", "// x", "\u{FEFF}{}",
    ])
    func refusesWhatIsNotJSON(_ text: String) {
        #expect(reason(parse(text)) == .syntax)
    }

    @Test(arguments: ["{} {}", "0x1", "1 2", "null,"]) func refusesWhatFollows(_ text: String) { #expect(reason(parse(text)) == .trailing) }

    @Test func refusesARepeatedName() { #expect(reason(parse(#"{"a":1,"b":2,"a":3}"#)) == .duplicateName) }

    @Test func refusesARepeatedNameAmongMany() {
        let members = (0..<5000).map { "\"n\($0)\":0" }.joined(separator: ",")
        #expect(reason(parse("{\(members)}")) == nil)
        #expect(reason(parse("{\(members),\"n4321\":1}")) == .duplicateName)
        #expect(reason(parse("{\(members),\"n3\":1}")) == .duplicateName)
    }

    @Test(arguments: [#""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\u0041""#, #""\ud800\ud800""#])
    func refusesUnpairedSurrogates(_ text: String) {
        #expect(reason(parse(text)) == .invalidUnicode)
    }

    @Test(
        arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22]]
            as [[UInt8]])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        #expect(reason(parse(bytes)) == .invalidUnicode)
    }

    @Test func endsAtADepthInsteadOfTheStack() {
        #expect(reason(parse(String(repeating: "[", count: 100_000))) == .depth)
        #expect(reason(parse(String(repeating: #"{"a":"#, count: 100_000))) == .depth)
        #expect(reason(parse(String(repeating: "[", count: 32) + String(repeating: "]", count: 32))) == nil)
    }

    @Test func keepsNumbersAsWritten() {
        guard case .success(.number(let number)) = parse("1.50") else { return #expect(Bool(false), "no number") }
        #expect(number.text == "1.50")
        #expect(number.integer == nil)
        #expect(number.double == 1.5)
    }

    @Test(arguments: [#"{"a":[1,2.50,"x\"\\\n\u0001é"],"b":null,"c":false}"#, "[]", "{}"])
    func writesWhatItRead(_ text: String) throws {
        let value = try parse(text).get()
        #expect(written { $0.append(json: value) } == text)
    }
}

@Suite struct Identifiers {
    @Test func readEitherCaseAndWriteLower() {
        #expect(UserID("0190A5C2-7B1E-7C3D-8E4F-5A6B7C8D9E0F")?.description == "0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0f")
        #expect(UserID("00000000-0000-0000-0000-000000000000")?.description == "00000000-0000-0000-0000-000000000000")
        #expect(UserID("ffffffff-ffff-ffff-ffff-ffffffffffff")?.description == "ffffffff-ffff-ffff-ffff-ffffffffffff")
    }

    @Test(arguments: [
        "", "me", "0190a5c27b1e7c3d8e4f5a6b7c8d9e0f", "{0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0f}", "0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0g",
        "0190a5c2-7b1e-7c3d-8e4f-5a6b7c8d9e0f ", "0190a5c2_7b1e_7c3d_8e4f_5a6b7c8d9e0f", "0190a5c27-b1e-7c3d-8e4f-5a6b7c8d9e0f",
    ])
    func refuseOtherForms(_ text: String) {
        #expect(UserID(text) == nil)
    }
}

@Suite struct Times {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-01-31T09:15:00Z", 1_769_850_900_000_000), ("2026-01-31T09:15:00.5Z", 1_769_850_900_500_000),
        ("2026-01-31T10:15:00+01:00", 1_769_850_900_000_000), ("2026-01-31t04:15:00.123456789-05:00", 1_769_850_900_123_456),
        ("2024-02-29T23:59:59z", 1_709_251_199_000_000), ("1969-12-31T23:59:59Z", -1_000_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
    ])
    func areReadWithAnyOffsetAndFraction(_ text: String, _ microseconds: Int) {
        #expect(Timestamp(Array(text.utf8).span)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2026-01-31", "2026-01-31T09:15:00", "2026-01-31 09:15:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T09:60:00Z", "2026-01-31T09:15:60Z", "2026-01-31T09:15:00.Z", "2026-01-31T09:15:00+1:00", "2026-01-31T09:15:00+0100",
        "2026-01-31T09:15:00ZZ", "2026-01-31T09:15Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+00:01",
    ])
    func refuseOtherForms(_ text: String) {
        #expect(Timestamp(Array(text.utf8).span) == nil)
    }

    @Test func areWrittenInUTC() {
        #expect(written { Timestamp(microseconds: 1_769_850_900_500_000).write(to: &$0) } == "2026-01-31T09:15:00Z")
        #expect(written { Timestamp(microseconds: 1_769_850_900_501_000).write(to: &$0, fractionDigits: 3) } == "2026-01-31T09:15:00.501Z")
        #expect(written { Timestamp(microseconds: -1).write(to: &$0, fractionDigits: 6) } == "1969-12-31T23:59:59.999999Z")
    }

    @Test func daysAndDatesAgreeOverCenturies() {
        for day in stride(from: -719_162, through: 2_932_896, by: 97) {
            #expect(CalendarDate(epochSeconds: day * 86400).epochDays == day)
        }
    }

    @Test func agesCountBirthdays() throws {
        let born = try #require(CalendarDate(year: 2008, month: 2, day: 29))
        #expect(born.age(on: try #require(CalendarDate(year: 2026, month: 2, day: 28))) == 17)
        #expect(born.age(on: try #require(CalendarDate(year: 2026, month: 3, day: 1))) == 18)
        #expect(CalendarDate(year: 2023, month: 2, day: 29) == nil)
        #expect(CalendarDate(year: 2000, month: 2, day: 29) != nil)
        #expect(CalendarDate(year: 1900, month: 2, day: 29) == nil)
    }
}

@Suite struct Encodings {
    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}\u{FF}~?>"])
    func base64URLGoesThereAndBack(_ text: String) {
        var encoded: [UInt8] = []
        var decoded: [UInt8] = []
        Base64URL.encode(Array(text.utf8).span, into: &encoded)
        #expect(Base64URL.decode(encoded.span, into: &decoded))
        #expect(decoded == Array(text.utf8))
    }

    @Test(arguments: ["Zg==", "Z", "Zh", "Zm8=", "Zm9+", "Zm9/", "Zm 9", "Zm9\n", "Zmé"])
    func base64URLIsStrict(_ text: String) {
        var decoded: [UInt8] = []
        #expect(!Base64URL.decode(Array(text.utf8).span, into: &decoded))
    }

    @Test(arguments: [("a%20b", "a b"), ("%C3%A9", "é"), ("a+b", "a+b"), ("%2f%2F", "//"), ("", "")])
    func percentDecoding(_ text: String, _ expected: String) {
        #expect(PercentEncoding.decode(Array(text.utf8).span) == expected)
    }

    @Test func plusIsASpaceInQueriesOnly() { #expect(PercentEncoding.decode(Array("a+b".utf8).span, plusIsSpace: true) == "a b") }

    @Test(arguments: ["%", "%2", "%zz", "a%", "%C3", "%ff", "%00", "%ED%A0%80"])
    func percentDecodingRefusesBrokenText(_ text: String) {
        #expect(PercentEncoding.decode(Array(text.utf8).span) == nil)
    }

    @Test func decimals() {
        #expect(written { $0.append(decimal: 0) } == "0")
        #expect(written { $0.append(decimal: Int.min) } == "\(Int.min)")
        #expect(written { $0.append(decimal: Int.max) } == "\(Int.max)")
        #expect(written { $0.append(decimal: 7, width: 3) } == "007")
    }
}
