/// Why a command could not do its work, in words for whoever ran it. Unlike a wrong argument it is no reason to print the usage.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
