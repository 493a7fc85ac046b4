import COpenSSL

/// One-shot primitives of libcrypto; safe on any thread.
public enum Digest {
    /// Fetched once: looking an algorithm up costs more than hashing a kilobyte with it. Never freed, read only.
    private nonisolated(unsafe) static let sha256Algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    /// SHA-256 of `bytes`, 32 bytes.
    public static func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            let done = bytes.withUnsafeBufferPointer {
                EVP_Digest($0.baseAddress, $0.count, buffer.baseAddress, &length, sha256Algorithm, nil)
            }
            precondition(done == 1 && length == 32, "SHA-256 failed")
            count = 32
        }
    }

    /// SHA-1 of `bytes`, 20 bytes; for names that others chose to make with it, never for security.
    public static func sha1(_ bytes: Span<UInt8>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
            let done = bytes.withUnsafeBufferPointer {
                EVP_Q_digest(nil, "SHA1", nil, $0.baseAddress, $0.count, buffer.baseAddress, &count)
            }
            precondition(done == 1 && count == 20, "SHA-1 failed")
        }
    }

    /// Equality in a time that depends on the lengths only.
    public static func constantTimeEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
    }

    /// Unpredictable bytes from the system's generator.
    public static func random(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "no randomness")
            initialized = count
        }
    }
}
