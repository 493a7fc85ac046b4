internal import ArgumentParser
internal import Glibc

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Roll to a new generation of workers with the present binary and configuration.")

    @Flag(name: .long, help: "Return when the new generation serves, or fail with the reason why it does not.") var wait = false
    @Option(name: .long, help: "Seconds to wait at the most.") var timeout = 60
    @OptionGroup var supervisor: SupervisorOptions

    func run() throws {
        let (pid, state) = try supervisor.find()
        let before = state.read()?.reloads ?? 0
        guard kill(pid, SIGHUP) == 0 else { throw Failure("the supervisor \(pid) cannot be signalled") }
        guard wait else { return }
        for _ in 0..<timeout * 50 {
            // Not before the last of several: one that was under way already may know nothing of what has changed.
            if let now = state.read(), now.reloads > before, !now.isReloading {
                guard now.refusal.isEmpty else { throw Failure("reload refused: \(now.refusal); the old generation goes on") }
                awaitLastAccept(state, now.generation)
                print("reloaded, generation \(now.generation)")
                return
            }
            usleep(20_000)
        }
        throw Failure("no answer within \(timeout) s")
    }

    /// An old worker that was waiting for a connection may take one more, with the configuration of before; that ends within the
    /// listening socket's receive timeout. Who rotates a secret out wants it over.
    private func awaitLastAccept(_ state: SupervisorStateFile, _ generation: Int) {
        for _ in 0..<50 {
            guard let workers = state.read()?.workers, workers.contains(where: { $0.generation < generation }) else { return }
            usleep(20_000)
        }
    }
}
