internal import Crypto

/// A Lua script, called by the hash of its text (EVALSHA); a server that does not know it yet is given the text.
public struct Script: Sendable {
    public let text: String
    /// SHA-1 in hexadecimal, as Redis names scripts.
    public let hash: [UInt8]

    public init(_ text: String) {
        self.text = text
        let digits = Array("0123456789abcdef".utf8)
        hash = Digest.sha1(Array(text.utf8).span).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

extension Pipeline {
    /// Begins a call of the script; `keys` keys and then `arguments` arguments must be appended.
    public mutating func call(_ script: Script, keys: Int, arguments: Int) {
        command(arguments: 3 + keys + arguments)
        argument("EVALSHA")
        argument(script.hash)
        argument(keys)
    }
}

extension Reply {
    /// The server has lost the script (restart, SCRIPT FLUSH): load it and send again.
    public var isUnknownScript: Bool {
        guard case .error(let text) = self else { return false }
        return text.hasPrefix("NOSCRIPT")
    }
}
