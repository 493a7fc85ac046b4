internal import Glibc

/// A pause of the calling thread, for errors that need a moment to pass.
enum Pause {
    static func milliseconds(_ count: Int) {
        var time = timespec(tv_sec: count / 1000, tv_nsec: count % 1000 * 1_000_000)
        nanosleep(&time, nil)
    }
}
