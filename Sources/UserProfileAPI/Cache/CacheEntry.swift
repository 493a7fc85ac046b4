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
        // Written by `bytes` below: two words, a tag, a line break, all within the first hundred bytes.
        var ends = (first: -1, second: -1, line: -1)
        for index in 0..<min(bytes.count, 100) {
            if bytes[index] == 0x0A {
                ends.line = index
                break
            }
            guard bytes[index] == ASCII.space else { continue }
            if ends.first < 0 { ends.first = index } else if ends.second < 0 { ends.second = index }
        }
        guard ends.first > 0, ends.second > ends.first, ends.line > ends.second, let stored = decimal(bytes[..<ends.first]),
            let tag = EntityTag(bytes[(ends.second + 1)..<ends.line])
        else { return nil }
        self.stored = stored
        epoch = bytes[(ends.first + 1)..<ends.second]
        self.tag = tag
        body = bytes[(ends.line + 1)...]
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

/// The number that digits write, at most 15 of them; nil for anything else.
func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 15 else { return nil }
    var value = 0
    for index in digits.indices {
        guard ASCII.isDigit(digits[index]) else { return nil }
        value = value * 10 + Int(digits[index] - ASCII.zero)
    }
    return value
}
