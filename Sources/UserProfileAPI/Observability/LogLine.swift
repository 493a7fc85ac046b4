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

/// Builds log lines in a buffer that its owner keeps, and writes whole lines to stderr, several at a time when they come fast: one write
/// of at most PIPE_BUF bytes, which never interleaves with another's (pipe(7)). Belongs to one thread.
struct LogLine {
    private let identity: LogIdentity
    private let prefix: [UInt8]
    private var bytes: [UInt8] = []
    /// Where the line being built begins; before it lie finished ones.
    private var start = 0
    private var oldest: Int64 = 0
    private static let longestWrite = 4096
    /// Nanoseconds that a finished line may wait.
    private static let longestWait: Int64 = 200_000_000
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
        let clock = upa_realtime_now()
        start = bytes.count
        if start == 0 { oldest = clock }
        let now = Timestamp(microseconds: Int(clock / 1000))
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

    mutating func field(_ name: StaticString, _ value: Span<UInt8>) {
        self.name(name)
        if identity.format == .json { bytes.append(ASCII.quote) }
        bytes.append(jsonEscaping: value)
        if identity.format == .json { bytes.append(ASCII.quote) }
    }

    mutating func field(_ name: StaticString, _ value: String) { field(name, value.utf8.span) }

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
            bytes.append(jsonEscaping: value.utf8.span)
        }
    }

    /// A fresh span id (W3C Trace Context: eight bytes in hexadecimal).
    mutating func field(spanID generator: inout SpanIDs) {
        name("span_id")
        if identity.format == .json { bytes.append(ASCII.quote) }
        let value = generator.next()
        for shift in stride(from: 60, through: 0, by: -4) {
            bytes.append(ASCII.lowerHex(UInt8(truncatingIfNeeded: value >> UInt64(shift) & 15)))
        }
        if identity.format == .json { bytes.append(ASCII.quote) }
    }

    /// Nanoseconds as milliseconds with three decimals.
    mutating func field(_ name: StaticString, milliseconds nanoseconds: Int64) {
        self.name(name)
        let microseconds = Int(max(0, nanoseconds)) / 1000
        bytes.append(decimal: microseconds / 1000)
        bytes.append(ASCII.dot)
        bytes.append(decimal: microseconds % 1000, width: 3)
    }

    /// Ends the line. It goes out at once when `urgent`, else with those that follow within a moment.
    mutating func write(urgent: Bool) {
        bytes.append(identity.format == .json ? "}\n" as StaticString : "\n")
        if bytes.count > Self.longestWrite, start > 0 {
            let line = Array(bytes[start...])
            bytes.removeLast(line.count)
            flush()
            bytes.append(contentsOf: line)
        }
        if urgent || bytes.count > Self.longestWrite || upa_realtime_now() - oldest > Self.longestWait { flush() }
    }

    /// Writes what waits; to be called when the thread has nothing else to do.
    mutating func flush() {
        guard !bytes.isEmpty else { return }
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func name(_ name: StaticString) {
        bytes.append(identity.format == .json ? #",""# as StaticString : " ")
        bytes.append(name)
        bytes.append(identity.format == .json ? #"":"# as StaticString : "=")
    }
}

/// Span ids that do not repeat: a Weyl sequence through splitmix64's mixer, begun at random. No system call a request, as
/// `SystemRandomNumberGenerator` would make.
struct SpanIDs {
    private var state = UInt64.random(in: .min ... .max)

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
