internal import Wire

/// The account's present state as the database tells it in one line, `v1 <status> <ban_until> <tier> <tier_until> <roles> <ghost>
/// <valid_after>`; what gates read before a handler runs.
struct AuthorizationRecord: Equatable {
    let roles: [Role]

    /// nil for a line of another form.
    init?(_ line: String) {
        let fields = line.split(separator: " ")
        guard fields.count == 8, fields[0] == "v1" else { return nil }
        roles = fields[5].split(separator: ",").compactMap { Role(rawValue: String($0)) }
    }

    func has(_ role: Role) -> Bool { roles.contains(role) || roles.contains(.admin) }
}
