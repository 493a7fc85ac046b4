internal import Glibc

/// Figures of a process from /proc (proc(5)).
public enum ResidentMemory {
    /// Resident memory of a process in KiB; 0 when it is gone.
    public static func kilobytes(of pid: Int32) -> Int {
        let fields = TextFile.read("/proc/\(pid)/statm")?.split(separator: " ") ?? []
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024
    }
}
