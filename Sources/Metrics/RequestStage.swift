internal import Synchronization

/// How far a request has come.
public enum RequestStage: UInt64, Sendable {
    /// Waiting for a connection.
    case idle
    /// Reading parameters and body.
    case receiving
    /// Asking Redis: limit, revocation, record, cached body.
    case admission
    /// In the handler: validation, and the cache around it.
    case handling
    /// Waiting for a connection to PostgreSQL or for its answer.
    case database
    /// Verifying a password.
    case password
    /// Handing the answer to the web server.
    case answering
}

/// Tells the board what one thread is doing: plain stores, no lock.
public struct ThreadStatusWriter {
    static let routeWords = 6
    static let traceWords = 8
    private let words: UnsafeMutablePointer<Atomic<UInt64>>

    init(words: UnsafeMutablePointer<Atomic<UInt64>>) { self.words = words }

    /// A request was accepted at this instant (monotonic nanoseconds).
    public func begin(at now: Int64) {
        words[3].store(0, ordering: .relaxed)
        words[3 + Self.routeWords].store(0, ordering: .relaxed)
        words[2].store(words[2].load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        words[1].store(RequestStage.receiving.rawValue, ordering: .relaxed)
        words[0].store(UInt64(bitPattern: now), ordering: .relaxed)
    }

    public func stage(_ stage: RequestStage) { words[1].store(stage.rawValue, ordering: .relaxed) }

    public func name(route: Span<UInt8>, traceID: Span<UInt8>) {
        store(route, at: 3, words: Self.routeWords)
        store(traceID, at: 3 + Self.routeWords, words: Self.traceWords)
    }

    public func end() {
        words[1].store(RequestStage.idle.rawValue, ordering: .relaxed)
        words[0].store(0, ordering: .relaxed)
    }

    /// As many bytes as fit, eight a word, the rest zero.
    private func store(_ text: Span<UInt8>, at first: Int, words count: Int) {
        var position = 0
        for index in 0..<count {
            var word: UInt64 = 0
            for byte in 0..<8 where position + byte < text.count { word |= UInt64(text[position + byte]) << UInt64(byte * 8) }
            words[first + index].store(word, ordering: .relaxed)
            position += 8
            if position >= text.count {
                if position == text.count, index + 1 < count { words[first + index + 1].store(0, ordering: .relaxed) }
                return
            }
        }
    }
}
