internal import Metrics
internal import Prefork
internal import UserProfileAPI

/// What a binary and its configuration want of the supervisor; `config check --plan` prints it, a supervisor of any release reads it.
struct WorkerPlan {
    let workers: Int
    /// Tells one layout of the counters from another, and how many cells it has.
    let layout: UInt64
    let cells: Int
    /// Seconds.
    let watchdog: Int
    /// 0 for never.
    let recycleRequests: Int
    let recycleMegabytes: Int

    init(_ configuration: Configuration) {
        let schema = APIMetrics().schema
        workers = configuration.workers
        layout = schema.layout
        cells = schema.cellCount
        watchdog = configuration.watchdogSeconds
        recycleRequests = configuration.recycleRequests
        recycleMegabytes = configuration.recycleMegabytes
    }

    init?(text: String) {
        guard let lines = try? EnvironmentFile.parse(text) else { return nil }
        let values = Dictionary(lines.map { ($0.name, $0.value) }) { $1 }
        guard let workers = values["workers"].flatMap(Int.init), (1...StatusBoard.slots / 3).contains(workers),
            let layout = values["layout"].flatMap({ UInt64($0) }), let cells = values["cells"].flatMap(Int.init), cells > 0,
            let watchdog = values["watchdog"].flatMap(Int.init), let requests = values["recycle_requests"].flatMap(Int.init),
            let megabytes = values["recycle_megabytes"].flatMap(Int.init)
        else { return nil }
        self.workers = workers
        self.layout = layout
        self.cells = cells
        self.watchdog = watchdog
        recycleRequests = requests
        recycleMegabytes = megabytes
    }

    var text: String {
        """
        workers=\(workers)
        layout=\(layout)
        cells=\(cells)
        watchdog=\(watchdog)
        recycle_requests=\(recycleRequests)
        recycle_megabytes=\(recycleMegabytes)
        """
    }
}
