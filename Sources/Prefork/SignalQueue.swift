internal import CPosix
internal import Glibc

/// Signals as a descriptor to poll: blocked for the whole process, read in the loop, so no handler ever runs (signalfd(2)).
public struct SignalQueue: ~Copyable {
    public let descriptor: Int32

    /// Blocks every signal that can be blocked in this thread and in those it starts later; listed ones become readable.
    public init(_ signals: [Int32]) throws(SystemError) {
        var all = sigset_t()
        sigfillset(&all)
        // Faults must stay deliverable to the thread that caused them.
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&all, fault) }
        pthread_sigmask(SIG_BLOCK, &all, nil)
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        descriptor = upa_signalfd(&set)
        guard descriptor >= 0 else { throw SystemError("signalfd") }
        // A client that goes away is an error of one write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    deinit { close(descriptor) }

    /// The next signal that has arrived; nil when there is none.
    public borrowing func next() -> Int32? {
        let signal = upa_signalfd_read(descriptor)
        return signal == 0 ? nil : signal
    }
}
