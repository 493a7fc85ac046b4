"""scripts/bench --soak: a million requests of all kinds, and the workers' memory meanwhile."""

import pathlib
import re
import sys
import threading

REQUESTS = 1_000_000
#: Caches, pools and buffers are full by then: what grows later grows for ever.
WARM = 100_000
LARGEST_GROWTH_KB = 2048
SLICE_SECONDS = 10

#: (method, path, body), asked for in turn; `{other}` is another user. Shares as in the mixed workload: nine reads, one write.
MIX = [
    ("GET", "/api/v1/users/me", None),
    ("GET", "/api/v1/users/me/interests", None),
    ("GET", "/api/v1/users/{other}", None),
    ("GET", "/api/v1/users/me", None),
    ("GET", "/api/v1/users/me/settings", None),
    ("PATCH", "/api/v1/users/me", '{"first_name":"Ada"}'),
    ("GET", "/api/v1/users/me/subscription", None),
    ("GET", "/api/v1/users/me", None),
    ("GET", "/api/v1/users/me/verification", None),
    ("GET", "/api/v1/users/me", None),
]


def resident(pid):
    """Kilobytes; None when the process has gone."""
    try:
        return int(re.search(r"^VmRSS:\s+(\d+) kB$", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1])
    except (FileNotFoundError, ProcessLookupError, TypeError):
        return None


class Memory:
    """The workers' resident memory, looked at twice a second by a thread of its own."""

    def __init__(self, pids):
        self.samples = {pid: [resident(pid)] for pid in pids}
        self.leaving = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.leaving.wait(0.5):
            self.look()

    def look(self):
        for pid, samples in self.samples.items():
            samples.append(resident(pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.leaving.set()
        self.thread.join()

    def last(self):
        self.look()
        return {pid: samples[-1] for pid, samples in self.samples.items()}


def requests(bench):
    """Every user's token in turn with every kind of request, so that nobody meets a limit."""
    records = []
    for turn in range(len(MIX)):
        for index, ((_, other), token) in enumerate(zip(bench.pairs, bench.tokens)):
            method, path, body = MIX[(index + turn) % len(MIX)]
            head = f"{method} {path.format(other=other)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
            if body is not None:
                head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            records.append(head + "\r\n" + (body or ""))
    file = bench.directory / "soak"
    file.write_text("\0".join(records))
    return file


def soak(bench, total):
    """Prints what was seen; returns what is wrong with it."""
    warm = min(WARM, total // 2)
    file, done, wrong, baseline = requests(bench), 0, 0, None
    supervisor = int(pathlib.Path(bench.stack.env["SUPERVISOR_PID_FILE"]).read_text())
    pids = [int(pid) for pid in pathlib.Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()]
    with Memory(pids) as memory:
        while done < total:
            # Short slices until it is warm, so that the baseline is not taken late.
            result = bench.slice(file, supervisor, SLICE_SECONDS if baseline else 2)
            done += result["requests"]
            wrong += result["refused"] + result["broken"]
            if result["requests"] == 0:
                return ["nothing was answered"]
            if baseline is None and done >= warm:
                baseline = memory.last()
            sizes = " ".join(f"{pid}: {size}" for pid, size in memory.last().items())
            print(f"  {done:>9} requests  {result['rate']:>7.0f}/s  RSS kB {sizes}", flush=True)
        last = memory.last()
    print(f"\n{'worker':>8} {'first kB':>9} {'warm kB':>9} {'last kB':>9} {'maximum kB':>11}")
    failed = [f"{wrong} of {done} answers were errors"] if wrong else []
    for pid, samples in memory.samples.items():
        if None in samples:
            failed.append(f"worker {pid} did not live to the end")
            continue
        print(f"{pid:>8} {samples[0]:>9} {baseline[pid]:>9} {last[pid]:>9} {max(samples):>11}")
        growth = last[pid] - baseline[pid]
        if growth > LARGEST_GROWTH_KB:
            failed.append(f"worker {pid} grew by {growth} kB after the first {warm} requests; {LARGEST_GROWTH_KB} are allowed")
    for reason in failed:
        print(f"  BELOW THE BAR: {reason}", file=sys.stderr)
    return failed
