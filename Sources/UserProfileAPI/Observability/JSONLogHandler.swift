public import Logging
internal import Wire

/// swift-log's messages in the same line shape as the request log; for everything that happens outside a request.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let identity: LogIdentity

    public init(label: String, level: Logger.Level, identity: LogIdentity) {
        self.label = label
        logLevel = level
        self.identity = identity
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = LogLine(identity)
        line.begin(level: Self.name(event.level), event: "message", logger: "userprofile")
        line.field("logger_label", label)
        line.field("message", event.message.description)
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
            line.field(dynamic: key, value.description)
        }
        line.write(urgent: true)
    }

    static func name(_ level: Logger.Level) -> StaticString {
        switch level {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .notice: "NOTICE"
        case .warning: "WARNING"
        case .error: "ERROR"
        case .critical: "CRITICAL"
        }
    }
}
