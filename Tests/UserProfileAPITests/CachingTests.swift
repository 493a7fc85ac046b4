import Testing
import UserProfileAPI

private func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

@Suite struct EntityTags {
    private let tag = EntityTag(version: 7, body: Array("{}".utf8))

    @Test func carryTheEditVersionInFrontOfTheDot() {
        #expect(tag.version == 7)
        #expect(tag.value.starts(with: Array("7.".utf8)))
        #expect(EntityTag(version: 7, body: Array("[]".utf8)) != tag)
        #expect(EntityTag(bytes("abc"))?.version == nil)
    }

    @Test(arguments: ["*", #""7.44136fa355b3678a""#, #"W/"7.44136fa355b3678a""#, #""x", W/"7.44136fa355b3678a" , "y""#])
    func areRecognisedByRevalidation(_ header: String) {
        #expect(EntityTagCondition(bytes(header))?.holds(tag) == true)
    }

    @Test(arguments: [#""7.0""#, #""8.44136fa355b3678a""#]) func areToldFromOthers(_ header: String) {
        #expect(EntityTagCondition(bytes(header))?.holds(tag) == false)
    }

    @Test(arguments: ["", "7.44136fa355b3678a", #"""#, #""a" "b""#, "**", #""a"x"#]) func areRefusedInOtherForms(_ header: String) {
        #expect(EntityTagCondition(bytes(header)) == nil)
    }

    @Test func editsCompareTheVersionOfStrongTags() {
        #expect(EntityTagCondition(bytes("*"))?.versions == nil)
        #expect(EntityTagCondition(bytes(#""7.abc""#))?.versions == [7])
        #expect(EntityTagCondition(bytes(#""5.a", "7.abc", W/"8.a", "5.b", "x""#))?.versions == [5, 7])
        #expect(EntityTagCondition(bytes(#"W/"7.abc""#))?.versions == [])
        #expect(EntityTagCondition(bytes(#""none-of-ours""#))?.versions == [])
    }
}

@Suite struct CacheEntries {
    @Test func goThereAndBack() {
        let entry = CacheEntry(
            stored: 1_795_000_000, epoch: bytes("2d36c2d5e8e7"), tag: EntityTag(version: 1, body: []), body: bytes("{\"a\":\n1}"))
        #expect(CacheEntry(entry.bytes) == entry)
    }

    @Test(arguments: ["", "{}", "x y z\n{}", "1 2\n{}", "1 e \"\n{}", "1 e t"]) func areRefusedInOtherForms(_ text: String) {
        #expect(CacheEntry(Array(text.utf8)) == nil)
    }
}

@Suite struct AuthorizationRecords {
    private let now = 1000

    private func check(_ line: String, issuedAt: Int = 900) throws -> ErrorCode? {
        let parsed = AuthorizationRecord(Array(line.utf8).span)
        let record = try #require(parsed)
        do throws(APIError) { try record.check(issuedAt: issuedAt, now: now) } catch { return error.code }
        return nil
    }

    @Test(
        arguments: [
            ("v1 active 0 free 0 - 0 0", nil), ("v1 banned 0 free 0 - 0 0", .userBanned),
            ("v1 inactive 0 premium 2000 admin 1 0", .userBanned),
            ("v1 deleted 0 free 0 - 0 5000", .userDeleted), ("v1 temporary_ban 1001 free 0 - 0 0", .userTemporarilyBanned),
            ("v1 temporary_ban 1000 free 0 - 0 0", nil), ("v1 temporary_ban 999 free 0 - 0 900", .tokenInvalid),
            ("v1 active 0 free 0 - 0 900", .tokenInvalid), ("v1 active 0 free 0 - 0 899", nil),
        ] as [(String, ErrorCode?)])
    func decideByTheClock(_ line: String, _ code: ErrorCode?) throws {
        #expect(try check(line) == code)
    }

    @Test(arguments: [
        "", "v1", "v2 active 0 free 0 - 0 0", "v1 x 0 free 0 - 0 0", "v1 active x free 0 - 0 0", "v1 active 0 free 0 -  0",
        "v1 active 0 free 0 - 0",
    ])
    func areRefusedInOtherForms(_ line: String) {
        let parsed = AuthorizationRecord(Array(line.utf8).span)
        #expect(parsed == nil)
    }
}

@Suite struct RateLimitNames {
    @Test func areUniqueAmongRoutes() {
        let names = Route.allCases.filter { $0.definition.template.hasPrefix("/api/") }.map(\.limitName)
        #expect(Set(names).count == names.count)
        #expect(Route.ownProfile.limitName == "users-me")
    }
}
