"""The commands for operators, run against a stack of the test's own."""

import contextlib
import os
import pathlib
import re
import subprocess
from dataclasses import dataclass

from processes import is_gone, supervisor, workers
from stack import ROOT
from waiting import wait_for


#: The binary as it was built: operators' commands are run with it, whatever the service itself runs.
BUILT = pathlib.Path(os.environ.get("UPA_BIN", ROOT / ".build/release/userprofile-api")).resolve()


def command(stack, *arguments):
    """Runs the binary with these arguments against the stack's supervisor."""
    return subprocess.run([BUILT, *arguments, "--pid-file", stack.env["SUPERVISOR_PID_FILE"]],
                          text=True, capture_output=True, timeout=90, stdin=subprocess.DEVNULL)


def reload(stack):
    """`reload --wait`, successful; until the generation before has gone."""
    before = workers(stack)
    done = command(stack, "reload", "--wait")
    assert done.returncode == 0, done.stdout + done.stderr
    wait_for(lambda: not workers(stack) & before, 70)
    return done


def refused_reload(stack):
    """`reload --wait`, refused: what it says."""
    done = command(stack, "reload", "--wait")
    assert done.returncode != 0, done.stdout
    assert "refused" in done.stderr, done.stderr
    return done.stderr


@contextlib.contextmanager
def settings(stack, **changes):
    """service.env with these lines inside (None removes one); as it was, and reloaded if the service runs, afterwards."""
    path = pathlib.Path(stack.env["SERVICE_ENV_FILE"])
    good = path.read_text()
    kept = [line for line in good.splitlines() if line.partition("=")[0] not in changes]
    kept += [f"{name}={value}" for name, value in changes.items() if value is not None]
    path.write_text("\n".join(kept) + "\n")
    try:
        yield
    finally:
        path.write_text(good)
        if pathlib.Path(stack.env["SUPERVISOR_PID_FILE"]).exists() and not is_gone(supervisor(stack)):
            reload(stack)


@dataclass
class Row:
    """A worker in the table of `status`."""
    pid: int
    generation: int
    state: str
    requests: int
    threads: int
    route: str


def status(stack):
    """The table of `status`: rows, and the line about the supervisor."""
    done = command(stack, "status")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    rows = [Row(int(cells[0]), int(cells[1]), cells[2], int(cells[4]), int(cells[5].split("/")[1]), cells[-1])
            for cells in (line.split() for line in lines) if re.fullmatch(r"\d+", cells[0])]
    return rows, lines[0]


def ready_workers(stack, count=None, without=()):
    """Pids once that many serve (as many as are configured, if not given) and none of `without` is left."""
    def found():
        rows, _ = status(stack)
        pids = {row.pid for row in rows if row.state == "ready"}
        whole = count is None or len(pids) == count
        return whole and len(rows) == len(pids) and pids == workers(stack) and not pids & set(without) and pids

    return wait_for(found, 60)


def resident_kilobytes(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB$", text, re.M)[1])


def messages(stack, text, since=0):
    """Log lines of the supervisor or a worker with this message, from that line on."""
    return [line for line in stack.log_lines()[since:] if line.get("message") == text]


def end_of(process, seconds=45):
    """The exit status of a child of the test."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
