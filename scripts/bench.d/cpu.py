"""Who spent the processor's time, read from /proc."""

import os
import pathlib

TICK = os.sysconf("SC_CLK_TCK")
#: PF_KTHREAD of the kernel's include/linux/sched.h
KERNEL_THREAD = 0x00200000


def children(pid):
    """A process and its children."""
    tasks = pathlib.Path(f"/proc/{pid}/task")
    return [pid, *(int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split())]


def look():
    """pid → (name, user and system seconds so far) of every process, the kernel's threads and ourselves aside."""
    seen = {}
    for file in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, tail = file.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        # Fields are counted from after the name, which may hold spaces: proc(5)'s 9 is number 6 here, 14 and 15 are 11 and 12.
        fields, (pid, _, name) = tail.split(), head.partition(" (")
        if not int(fields[6]) & KERNEL_THREAD and int(pid) != os.getpid():
            seen[int(pid)] = (name, (int(fields[11]) + int(fields[12])) / TICK)
    return seen


def spent(before, after, workers):
    """name → seconds between two looks. Workers go under one name, whatever their program is called; wrk is the client's."""
    seconds = {}
    for pid, (name, until) in after.items():
        name = "workers" if pid in workers else name
        if name != "wrk":
            seconds[name] = seconds.get(name, 0) + until - before.get(pid, (name, 0))[1]
    return seconds
