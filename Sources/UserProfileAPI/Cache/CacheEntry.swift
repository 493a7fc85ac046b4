internal import Wire

/// A response body as Redis keeps it: a line `<stored> <epoch> <entity tag>` and then the bytes as they go out.
package struct CacheEntry: Equatable {
    /// When it was read from the database, seconds since 1970.
    package let stored: Int
    /// Which Redis it was put into, see `ChangeFeed`; entries of another are not believed.
    package let epoch: ArraySlice<UInt8>
    package let tag: EntityTag
    package let body: ArraySlice<UInt8>

    package init(stored: Int, epoch: ArraySlice<UInt8>, tag: EntityTag, body: ArraySlice<UInt8>) {
        self.stored = stored
        self.epoch = epoch
        self.tag = tag
        self.body = body
    }

    /// nil for bytes of another form, which then count as a miss.
    package init?(_ bytes: [UInt8]) {
        guard let lineEnd = bytes.prefix(100).firstIndex(of: 0x0A) else { return nil }
        let words = bytes[..<lineEnd].split(separator: ASCII.space, maxSplits: 2)
        guard words.count == 3, let stored = Int(String(decoding: words[0], as: UTF8.self)), let tag = EntityTag(words[2]) else {
            return nil
        }
        epoch = words[1]
        self.stored = stored
        self.tag = tag
        body = bytes[(lineEnd + 1)...]
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count + 48)
        bytes.append(decimal: stored)
        bytes.append(ASCII.space)
        bytes.append(contentsOf: epoch)
        bytes.append(ASCII.space)
        bytes.append(contentsOf: tag.value)
        bytes.append(0x0A)
        bytes.append(contentsOf: body)
        return bytes
    }
}
