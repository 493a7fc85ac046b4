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
    case updateUsername, getPasswordHash, deleteAccount, heartbeat
    case setMainPhoto, addPhoto, removePhoto
    case getSettings, updateSettings
    case getSubscription, updateOwnSubscription, updateSubscription, setCaptain
    case getVerification, verify, noShow, updateActivityCounters
    case searchUsers, photoQueue, moderatePhoto, banUser, unbanUser
    case export, profileViews
    case readChanges, forgetChanges, noteChange, queueStatistics

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
        case .updateUsername: return call("api_update_username", "select * from activity.api_update_username($1, $2, $3)", 3)
        case .getPasswordHash: return call("api_get_password_hash", "select * from activity.api_get_password_hash($1, $2)", 2)
        case .deleteAccount: return call("api_delete_account", "select * from activity.api_delete_account($1, $2, $3)", 3)
        case .heartbeat: return call("api_heartbeat", "select * from activity.api_heartbeat($1, $2)", 2)
        case .setMainPhoto: return call("api_set_main_photo", "select * from activity.api_set_main_photo($1, $2, $3)", 3)
        case .addPhoto: return call("api_add_photo", "select * from activity.api_add_photo($1, $2, $3)", 3)
        case .removePhoto: return call("api_remove_photo", "select * from activity.api_remove_photo($1, $2, $3)", 3)
        case .getSettings: return call("api_get_settings", "select * from activity.api_get_settings($1, $2)", 2)
        case .updateSettings: return call("api_update_settings", "select * from activity.api_update_settings($1, $2, $3, $4)", 4)
        case .getSubscription: return call("api_get_subscription", "select * from activity.api_get_subscription($1, $2)", 2)
        case .updateOwnSubscription:
            return call(
                "api_update_own_subscription", "select * from activity.api_update_own_subscription($1, $2, $3, $4, $5, $6, $7, $8)", 8)
        case .updateSubscription:
            return call("api_update_subscription", "select * from activity.api_update_subscription($1, $2, $3, $4, $5, $6, $7)", 7)
        case .setCaptain: return call("api_set_captain", "select * from activity.api_set_captain($1, $2, $3, $4)", 4)
        case .getVerification: return call("api_get_verification", "select * from activity.api_get_verification($1, $2)", 2)
        case .verify: return call("api_verify", "select * from activity.api_verify($1, $2, $3, $4, $5)", 5)
        case .noShow: return call("api_no_show", "select * from activity.api_no_show($1, $2, $3, $4, $5)", 5)
        case .updateActivityCounters:
            return call(
                "api_update_activity_counters", "select * from activity.api_update_activity_counters($1, $2, $3, $4, $5, $6, $7)", 7)
        case .searchUsers: return call("api_search_users", "select * from activity.api_search_users($1, $2, $3, $4, $5, $6)", 6)
        case .photoQueue: return call("api_photo_queue", "select * from activity.api_photo_queue($1, $2, $3, $4)", 4)
        case .moderatePhoto: return call("api_moderate_photo", "select * from activity.api_moderate_photo($1, $2, $3, $4, $5, $6)", 6)
        case .banUser: return call("api_ban_user", "select * from activity.api_ban_user($1, $2, $3, $4, $5)", 5)
        case .unbanUser: return call("api_unban_user", "select * from activity.api_unban_user($1, $2, $3)", 3)
        case .readChanges: return call("api_read_changes", "select * from activity.api_read_changes($1)", 1)
        case .forgetChanges: return call("api_forget_changes", "select activity.api_forget_changes($1)", 1)
        case .noteChange: return call("api_note_change", "select activity.api_note_change($1)", 1)
        case .queueStatistics: return call("api_queue_stats", "select * from activity.api_queue_stats()", 0)
        case .export: return call("api_export", "select * from activity.api_export($1, $2)", 2)
        case .profileViews: return call("api_profile_views", "select * from activity.api_profile_views($1, $2, $3, $4)", 4)
        }
    }
}
