internal import PostgreSQL

/// The functions of schema `activity` that the service calls: one call a request.
enum DatabaseFunction: Int, CaseIterable {
    case ping
    case authorize
    case getOwnProfile
    case getPublicProfile
    case updateProfile
    case getInterests
    case setInterests
    case addInterest
    case removeInterest

    var name: String { statement.name.description }

    var statement: Statement { Self.statements[rawValue] }

    private static let statements: [Statement] = allCases.map(define)

    private static func define(_ function: DatabaseFunction) -> Statement {
        func call(_ name: StaticString, _ sql: StaticString, _ parameters: Int) -> Statement {
            Statement(index: function.rawValue, name: name, sql: sql, parameterCount: parameters)
        }
        switch function {
        case .ping: return call("ping", "select 1", 0)
        case .authorize: return call("api_authorize", "select * from activity.api_authorize($1, $2)", 2)
        case .getOwnProfile: return call("api_get_own_profile", "select * from activity.api_get_own_profile($1, $2)", 2)
        case .getPublicProfile: return call("api_get_public_profile", "select * from activity.api_get_public_profile($1, $2, $3, $4)", 4)
        case .updateProfile: return call("api_update_profile", "select * from activity.api_update_profile($1, $2, $3, $4)", 4)
        case .getInterests: return call("api_get_interests", "select * from activity.api_get_interests($1, $2)", 2)
        case .setInterests: return call("api_set_interests", "select * from activity.api_set_interests($1, $2, $3, $4)", 4)
        case .addInterest: return call("api_add_interest", "select * from activity.api_add_interest($1, $2, $3, $4)", 4)
        case .removeInterest: return call("api_remove_interest", "select * from activity.api_remove_interest($1, $2, $3)", 3)
        }
    }
}
