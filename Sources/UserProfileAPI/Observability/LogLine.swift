internal import CPosix
internal import Glibc
internal import Wire

/// What every log line says about the program; set once at start.
public struct LogIdentity: Sendable {
    public let environment: String
    public let version: String
    public let format: Configuration.LogFormat

    public init(environment: String, version: String, format: Configuration.LogFormat) {
        self.environment = environment
        self.version = version
        self.format = format
    }
}

/// Builds one log line in a buffer that its owner keeps, and writes it to stderr in one piece (lines up to PIPE_BUF never interleave).
/// Belongs to one thread.
struct LogLine {
    private let identity: LogIdentity
    private let prefix: [UInt8]
    private var bytes: [UInt8] = []
    private var second = Int.min
    private var secondText: [UInt8] = []

    init(_ identity: LogIdentity) {
        self.identity = identity
        var prefix: [UInt8] = []
        prefix.append(#","app":"user-profile-api","environment":"# as StaticString)
        prefix.append(jsonString: identity.environment)
        prefix.append(#","version":"# as StaticString)
        prefix.append(jsonString: identity.version)
        self.prefix = prefix
        bytes.reserveCapacity(1024)
    }

    mutating func begin(level: StaticString, event: StaticString, logger: StaticString) {
        bytes.removeAll(keepingCapacity: true)
        let now = Timestamp(microseconds: Int(upa_realtime_now() / 1000))
        if now.seconds != second {
            second = now.seconds
            secondText.removeAll(keepingCapacity: true)
            Timestamp(seconds: second).write(to: &secondText)
            secondText.removeLast()
        }
        let json = identity.format == .json
        bytes.append(json ? #"{"timestamp":""# as StaticString : "")
        bytes.append(contentsOf: secondText)
        bytes.append(ASCII.dot)
        bytes.append(decimal: (now.microseconds - second * 1_000_000) / 1000, width: 3)
        bytes.append(json ? #"Z","level":""# as StaticString : "Z ")
        bytes.append(level)
        bytes.append(json ? #"","event":""# as StaticString : " ")
        bytes.append(event)
        guard json else { return }
        bytes.append(#"","logger":""# as StaticString)
        bytes.append(logger)
        bytes.append(ASCII.quote)
        bytes.append(contentsOf: prefix)
    }

    mutating func field(_ name: StaticString, _ value: some Sequence<UInt8>) {
        self.name(name)
        if identity.format == .json { bytes.append(ASCII.quote) }
        bytes.append(jsonEscaping: value)
        if identity.format == .json { bytes.append(ASCII.quote) }
    }

    mutating func field(_ name: StaticString, _ value: String) { field(name, value.utf8) }

    mutating func field(_ name: StaticString, _ value: Int) {
        self.name(name)
        bytes.append(decimal: value)
    }

    mutating func field(_ name: StaticString, _ user: UserID) {
        self.name(name)
        if identity.format == .json { bytes.append(ASCII.quote) }
        user.write(to: &bytes)
        if identity.format == .json { bytes.append(ASCII.quote) }
    }

    /// A field whose name is known at run time only.
    mutating func field(dynamic name: String, _ value: String) {
        bytes.append(identity.format == .json ? "," as StaticString : " ")
        if identity.format == .json {
            bytes.append(jsonString: name)
            bytes.append(ASCII.colon)
            bytes.append(jsonString: value)
        } else {
            bytes.append(name + "=")
            bytes.append(jsonEscaping: value.utf8)
        }
    }

    /// Nanoseconds as milliseconds with three decimals.
    mutating func field(_ name: StaticString, milliseconds nanoseconds: Int64) {
        self.name(name)
        let microseconds = Int(max(0, nanoseconds)) / 1000
        bytes.append(decimal: microseconds / 1000)
        bytes.append(ASCII.dot)
        bytes.append(decimal: microseconds % 1000, width: 3)
    }

    mutating func write() {
        bytes.append(identity.format == .json ? "}\n" as StaticString : "\n")
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }

    private mutating func name(_ name: StaticString) {
        bytes.append(identity.format == .json ? #",""# as StaticString : " ")
        bytes.append(name)
        bytes.append(identity.format == .json ? #"":"# as StaticString : "=")
    }
}
