internal import Crypto
internal import Wire

/// An entity tag `<edit version>.<hash>` without its quotes (RFC 9110 section 8.8.3). Edits compare the version, revalidation the whole.
package struct EntityTag: Equatable {
    package let value: ArraySlice<UInt8>

    /// The tag of a body at an edit version.
    package init(version: Int, body: [UInt8]) {
        var bytes: [UInt8] = []
        bytes.append(decimal: version)
        bytes.append(ASCII.dot)
        for byte in Digest.sha256(body.span).prefix(8) {
            bytes.append(ASCII.lowerHex(byte >> 4))
            bytes.append(ASCII.lowerHex(byte & 15))
        }
        value = bytes[...]
    }

    package init?(_ value: ArraySlice<UInt8>) {
        guard !value.isEmpty, value.allSatisfy({ $0 > 0x20 && $0 != ASCII.quote && $0 < 0x7F }) else { return nil }
        self.value = value
    }

    /// The part before the dot; nil when it is no tag of ours.
    package var version: Int? {
        guard let dot = value.firstIndex(of: ASCII.dot) else { return nil }
        return Int(String(decoding: value[..<dot], as: UTF8.self))
    }

    package static func == (one: Self, other: Self) -> Bool { one.value.elementsEqual(other.value) }
}

/// The value of `If-Match` or `If-None-Match` (RFC 9110 section 13.1).
package enum EntityTagCondition: Equatable {
    case any
    case tags([(tag: EntityTag, isWeak: Bool)])

    /// nil for what is neither `*` nor a list of tags: such a condition can never hold.
    package init?(_ header: ArraySlice<UInt8>) {
        if header.elementsEqual([UInt8(ascii: "*")]) {
            self = .any
            return
        }
        var tags: [(EntityTag, Bool)] = []
        for item in header.split(separator: ASCII.comma) {
            var text = item.drop { $0 == ASCII.space || $0 == 9 }
            while let last = text.last, last == ASCII.space || last == 9 { text.removeLast() }
            let isWeak = text.starts(with: "W/".utf8)
            if isWeak { text.removeFirst(2) }
            guard text.count >= 2, text.first == ASCII.quote, text.last == ASCII.quote, let tag = EntityTag(text.dropFirst().dropLast())
            else { return nil }
            tags.append((tag, isWeak))
        }
        guard !tags.isEmpty else { return nil }
        self = .tags(tags)
    }

    /// Weak comparison, for `If-None-Match`: does the client hold this representation?
    package func holds(_ current: EntityTag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0.tag == current }
        }
    }

    /// For `If-Match`: the edit versions of which one must still be the present one, each once; those of strong tags of ours, so there
    /// may be none. nil when anything goes.
    package var versions: [Int]? {
        guard case .tags(let tags) = self else { return nil }
        var versions: [Int] = []
        for (tag, isWeak) in tags where !isWeak {
            if let version = tag.version, !versions.contains(version) { versions.append(version) }
        }
        return versions
    }

    package static func == (one: Self, other: Self) -> Bool {
        switch (one, other) {
        case (.any, .any): true
        case (.tags(let left), .tags(let right)): left.elementsEqual(right) { $0.tag == $1.tag && $0.isWeak == $1.isWeak }
        default: false
        }
    }
}
