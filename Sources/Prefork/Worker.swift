internal import CPosix
internal import Glibc
internal import Synchronization

/// Set once, when a worker is to take no further request.
public final class DrainFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    public init() {}
    public var isSet: Bool { flag.load(ordering: .relaxed) }
    public func set() { flag.store(true, ordering: .relaxed) }
}

/// The life of a worker process: threads up, readiness told, signals and the control socket watched, threads joined.
public enum Worker {
    /// The signals a worker listens to, blocked from here on. To be called first of all: libfcgi and whatever else installs handlers later
    /// can then no longer swallow one that comes during the start.
    public static func listen() throws(SystemError) -> SignalQueue { try SignalQueue([SIGTERM, SIGINT]) }

    /// Runs `body` on `count` threads until the worker is told to drain and each has returned. Called on the main thread, after
    /// everything the threads share is ready; no signal reaches a request thread.
    /// - Parameters:
    ///   - background: runs on a thread of its own beside them.
    ///   - body: gets the thread's number and the flag to look at before each accept.
    public static func run(
        signals: borrowing SignalQueue, threads count: Int, background: @escaping @Sendable (DrainFlag) -> Void,
        _ body: @escaping @Sendable (Int, DrainFlag) -> Void
    ) throws(SystemError) {
        let drain = DrainFlag()
        var threads = [try WorkerThread.start { background(drain) }]
        let running = RunningThreads(count)
        for number in 0..<count {
            threads.append(
                try WorkerThread.start {
                    body(number, drain)
                    running.ended()
                })
        }
        var ready = UInt8(ascii: "R")
        write(WorkerDescriptor.control, &ready, 1)
        awaitDrain(signals)
        drain.set()
        // SIGINT still ends what takes too long.
        while running.count > 0 { awaitSignal(signals, milliseconds: 20) }
        for thread in threads { pthread_join(thread, nil) }
    }

    private static func awaitSignal(_ signals: borrowing SignalQueue, milliseconds: Int32) {
        var descriptor = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return }
        while let signal = signals.next() { if signal == SIGINT { _exit(130) } }
    }

    /// Returns on SIGTERM or when the supervisor's end of the control socket closes; SIGINT ends the process at once.
    private static func awaitDrain(_ signals: borrowing SignalQueue) {
        var descriptors = [
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: WorkerDescriptor.control, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&descriptors, nfds_t(descriptors.count), -1) > 0 else { continue }
            if descriptors[1].revents != 0 { return }
            while let signal = signals.next() {
                if signal == SIGINT { _exit(130) }
                if signal == SIGTERM { return }
            }
        }
    }
}

/// How many request threads have not ended yet.
private final class RunningThreads: Sendable {
    private let threads: Atomic<Int>

    init(_ count: Int) { threads = Atomic(count) }
    var count: Int { threads.load(ordering: .relaxed) }
    func ended() { threads.subtract(1, ordering: .relaxed) }
}

/// A real thread: calls that block have no place on Swift's cooperative pool.
enum WorkerThread {
    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) -> pthread_t {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(body))
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw SystemError("pthread_create", code: code)
        }
        return thread
    }
}
