internal import CArgon2

/// A password hash in PHC string form, `$argon2id$v=19$m=65536,t=3,p=4$salt$hash` (RFC 9106 and the PHC string format).
public struct PasswordHash: Sendable {
    /// Most memory that a verification may take, in KiB: a hash that asks for more is refused, whoever wrote it.
    public static let maximumMemory = 256 * 1024

    private let encoded: String
    /// KiB that a verification takes.
    public let memory: Int

    /// nil unless it is argon2id with sane parameters.
    public init?(_ encoded: String) {
        let parts = encoded.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19", encoded.utf8.count <= 512 else { return nil }
        var values: [Substring: Int] = [:]
        for setting in parts[3].split(separator: ",") {
            let pair = setting.split(separator: "=")
            guard pair.count == 2, let value = Int(pair[1]) else { return nil }
            values[pair[0]] = value
        }
        guard let memory = values["m"], (8...Self.maximumMemory).contains(memory), let passes = values["t"], (1...64).contains(passes),
            let lanes = values["p"], (1...16).contains(lanes)
        else { return nil }
        self.encoded = encoded
        self.memory = memory
    }

    /// Whether `password` is the one that was hashed. Takes `memory` KiB and tens of milliseconds on this thread and on one a lane.
    /// nil when it could not be found out, for want of memory or threads.
    public func verify(_ password: String) -> Bool? {
        let bytes = Array(password.utf8)
        return switch argon2id_verify(encoded, bytes, bytes.count) {
        case ARGON2_OK.rawValue: true
        case ARGON2_MEMORY_ALLOCATION_ERROR.rawValue, ARGON2_THREAD_FAIL.rawValue: nil
        // A mismatch, or a hash that no password can match.
        default: false
        }
    }
}
