internal import JWT
internal import PostgreSQL
internal import Wire

/// The account's present state as the database tells it in one line:
/// `v1 <status> <ban_until> <tier> <tier_until> <roles> <ghost> <valid_after>`. The clock decides at read time what has run out.
package struct AuthorizationRecord: Equatable {
    enum Status: UInt8 {
        case active = 0x61  // a
        case banned = 0x62  // b
        case deleted = 0x64  // d
        case inactive = 0x69  // i
        case temporarilyBanned = 0x74  // t
    }

    private let status: Status
    private let banUntil: Int
    private let tier: StaticTier
    private let tierUntil: Int
    private let isAdmin: Bool
    private let isModerator: Bool
    private let validAfter: Int

    private enum StaticTier: UInt8 {
        case free = 0x66  // f
        case club = 0x63  // c
        case premium = 0x70  // p
    }

    /// nil for a line of another form.
    package init?(_ line: Span<UInt8>) {
        var reader = WordReader()
        guard let version = reader.next(line), version.count == 2, line[version.lowerBound + 1] == UInt8(ascii: "1"),
            let status = reader.next(line), let known = Status(rawValue: line[status.lowerBound]), let banUntil = reader.integer(line),
            let tier = reader.next(line), let knownTier = StaticTier(rawValue: line[tier.lowerBound]), let tierUntil = reader.integer(line),
            let roles = reader.next(line), reader.next(line) != nil, let validAfter = reader.integer(line)
        else { return nil }
        self.status = known
        self.banUntil = banUntil
        self.tier = knownTier
        self.tierUntil = tierUntil
        self.validAfter = validAfter
        // `-`, `admin`, `moderator` or `admin,moderator`
        isAdmin = line[roles.lowerBound] == UInt8(ascii: "a")
        isModerator = line[roles.upperBound - 1] == UInt8(ascii: "r")
    }

    func has(_ role: Role) -> Bool { isAdmin || (role == .moderator && isModerator) }

    func isPremium(now: Int) -> Bool { tier == .premium && tierUntil > now }

    /// The tier that counts now.
    func tierName(now: Int) -> String {
        guard tierUntil > now else { return "free" }
        return switch tier {
        case .free: "free"
        case .club: "club"
        case .premium: "premium"
        }
    }

    /// Throws what the database would say: deleted before banned before a token from before the mark.
    /// - Parameters:
    ///   - issuedAt: when the token was issued, seconds since 1970.
    ///   - now: seconds since 1970.
    package func check(issuedAt: Int, now: Int) throws(APIError) {
        switch status {
        case .deleted: throw SQLErrorTable.refusal("UPA03", detail: nil)
        case .banned, .inactive: throw SQLErrorTable.refusal("UPA04", detail: nil)
        case .temporarilyBanned where banUntil > now:
            var text: [UInt8] = []
            Timestamp(seconds: banUntil).write(to: &text)
            throw SQLErrorTable.refusal("UPA05", detail: "{\"expires_at\":\"\(String(decoding: text, as: UTF8.self))\"}")
        case .temporarilyBanned, .active: break
        }
        if validAfter > 0, issuedAt <= validAfter { throw SQLErrorTable.refusal("UPA02", detail: nil) }
    }
}

/// Steps through words between single spaces.
private struct WordReader {
    private var position = 0

    mutating func next(_ line: Span<UInt8>) -> Range<Int>? {
        guard position < line.count else { return nil }
        let start = position
        while position < line.count, line[position] != ASCII.space { position += 1 }
        defer { position += 1 }
        return start < position ? start..<position : nil
    }

    mutating func integer(_ line: Span<UInt8>) -> Int? {
        guard let word = next(line), word.count <= 12 else { return nil }
        var value = 0
        for index in word {
            guard ASCII.isDigit(line[index]) else { return nil }
            value = value * 10 + Int(line[index] - ASCII.zero)
        }
        return value
    }
}
