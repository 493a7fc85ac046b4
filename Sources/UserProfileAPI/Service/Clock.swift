internal import CPosix

/// The two clocks of a request.
enum Clock {
    /// Nanoseconds on the monotonic clock: ages and deadlines.
    static func monotonic() -> Int64 { upa_monotonic_now() }
    /// Nanoseconds since 1970: what tokens and logs are about.
    static func realtime() -> Int64 { upa_realtime_now() }
    /// Seconds since 1970.
    static func seconds() -> Int { Int(upa_realtime_now() / 1_000_000_000) }
}
