internal import Wire

/// A photo's address: https, on our image host, nothing that could lead elsewhere.
package struct PhotoURL {
    static let maximum = 500

    /// nil after adding to `errors`.
    package static func read(_ text: String, domain: String, _ errors: inout FieldErrors) -> String? {
        let field = "photo_url"
        guard text.unicodeScalars.count <= maximum else {
            errors.add(field, .fieldTooLong, "Field 'photo_url' exceeds \(maximum) characters", ["max_length": 500])
            return nil
        }
        // Visible ASCII only: a URL is written in it (RFC 3986), and what is not could look like another host.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }), let schemeEnd = text.firstRange(of: "://")
        else {
            errors.add(field, .invalidFormat, "Field 'photo_url' must be an https URL")
            return nil
        }
        guard text[..<schemeEnd.lowerBound] == "https" else {
            errors.add(field, .invalidValue, "Field 'photo_url' must begin with https://")
            return nil
        }
        let rest = text[schemeEnd.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[authority.endIndex...]
        guard isOurs(authority, domain: domain) else {
            errors.add(field, .invalidValue, "Field 'photo_url' must point to the image service")
            return nil
        }
        guard path.hasPrefix("/"), path.count > 1, !climbs(path) else {
            errors.add(field, .invalidValue, "Field 'photo_url' must name an image, without '..'")
            return nil
        }
        return text
    }

    private static func isOurs(_ authority: Substring, domain: String) -> Bool {
        var host = authority
        if host.hasSuffix(":443") { host = host.dropLast(4) }
        // No user-info and no other port can be left in a host that equals the domain.
        return !domain.isEmpty && host.lowercased() == domain.lowercased()
    }

    private static func climbs(_ path: Substring) -> Bool {
        let plain = path.lowercased().replacing("%2e", with: ".")
        return plain.contains("..")
    }
}
