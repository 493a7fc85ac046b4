"""The rows of the budget without a yardstick: a start, the workers' memory, reloads under load. Search is in search.py."""

import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections import namedtuple
from dataclasses import dataclass
from typing import Callable

import soak
from processes import reload as reload_and_wait
from processes import stop, supervisor, workers
from search import search
from stack import ROOT, Client
from waiting import wait_for

sys.path.insert(0, str(ROOT / "Tests/ProcessTests"))

from load import load  # noqa: E402

LONGEST_START_MS = 300
LARGEST_KB = 20 * 1024
#: Many, so that their rows are not what is waited for.
CALLERS = 2000

Caller = namedtuple("Caller", "user_id token")


@dataclass
class Measure:
    name: str
    title: str
    #: takes the Bench; gives the lines to print and what is wrong
    run: Callable
    #: needs no stack from before, makes its own
    own_stack: bool = False
    #: too slow for --quick
    slow: bool = False


def plain_client(bench, token=None):
    return Client(f"http://127.0.0.1:{bench.port}", token=token)


def start_service(stack):
    """What service_start of scripts/lib/service.sh runs, in a session and an environment as bare as there, without the shell."""
    binary = stack.environment.get("UPA_BIN", str(ROOT / ".build/release/userprofile-api"))
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
    with open(stack.run_dir / "log/service.log", "ab") as log:
        return subprocess.Popen([os.path.realpath(binary), "serve", "--env-file", stack.env["SERVICE_ENV_FILE"]],
                                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True)


def timed_start(bench, token):
    """Milliseconds from before the fork to a user's profile through nginx; and the process."""
    stack, client = bench.stack, plain_client(bench, token)
    pathlib.Path(stack.env["SUPERVISOR_PID_FILE"]).unlink(missing_ok=True)
    connection = client.connect()
    try:
        client.get("/", connection=connection)  # nginx has accepted it: its 502 costs the start nothing
        began = time.perf_counter()
        process = start_service(stack)
        wait_for(lambda: client.get("/api/v1/users/me", connection=connection).status == 200, pause=0.001)
        return (time.perf_counter() - began) * 1000, process
    finally:
        connection.close()


def start(bench):
    count, taken, process = 3 if bench.options.quick else 10, [], None
    for token in bench.tokens[:count]:
        stop(supervisor(bench.stack))
        if process:
            process.wait()
        milliseconds, process = timed_start(bench, token)
        taken.append(milliseconds)
        wait_for(lambda: len(workers(bench.stack)) == bench.workers)
    worst = max(taken)
    lines = [f"  {'':<10} {'median ms':>11} {'worst ms':>11}",
             f"  {f'{count} starts':<10} {statistics.median(taken):>11.0f} {worst:>11.0f}   (bar {LONGEST_START_MS} for the worst)"]
    return lines, [f"a start took {worst:.0f} ms, more than {LONGEST_START_MS}"] if worst > LONGEST_START_MS else []


def memory(bench):
    """Rows that change settings leave workers that have served nothing, so they are made warm here, whatever has run before."""
    file, done, wrong = soak.requests(bench), 0, 0
    wanted = soak.WARM // 4 if bench.options.quick else soak.WARM
    while done < wanted:
        result = bench.slice(file, supervisor(bench.stack), 2)
        done += result["requests"]
        wrong += result["refused"] + result["broken"]
        if result["requests"] == 0:
            return [], ["nothing was answered"]
    sizes = [soak.resident(pid) for pid in sorted(workers(bench.stack))]
    lines = [f"  {'':<10} {'VmRSS kB':>11}   after {done} requests"]
    lines += [f"  {f'worker {number}':<10} {size:>11}   (bar {LARGEST_KB})" for number, size in enumerate(sizes, 1)]
    failed = [f"worker {number} has {size} kB, more than {LARGEST_KB}" for number, size in enumerate(sizes, 1) if size > LARGEST_KB]
    return lines, failed + ([f"{wrong} of {done} answers were errors"] if wrong else [])


def timed_reloads(stack, count):
    """Seconds that each took, and what the refused ones said."""
    seconds, refused = [], []
    for _ in range(count):
        began = time.perf_counter()
        try:
            stack.reload()
        except subprocess.CalledProcessError as problem:
            refused.append(f"a reload failed: {problem.stderr.decode().strip()}")
        seconds.append(time.perf_counter() - began)
    return seconds, refused


def reload(bench):
    """The load of the process tests, which judges every answer, against as many connections as the throughput rows have."""
    callers = [Caller(str(user), token) for (user, _), token in zip(bench.pairs[:CALLERS], bench.tokens)]
    reload_and_wait(bench.stack, RATE_LIMIT_ENABLED="false")
    began = time.perf_counter()
    with load(bench.stack, callers, connections=bench.options.connections) as running:
        seconds, failed = timed_reloads(bench.stack, 3 if bench.options.quick else 10)
        tally = running.finish()
    rate = tally.answers.total() / (time.perf_counter() - began)
    reload_and_wait(bench.stack, RATE_LIMIT_ENABLED=None)
    refused = {name: count for name, count in tally.answers.items() if not name.endswith(" 200")}
    broken = {name: count for name, count in tally.broken.items() if count}
    untrue = [text for text in tally.wrong if text[2:5] == "200"]
    lost = sum(refused.values()) + sum(broken.values()) + len(untrue)
    lines = [f"  {'':<10} {'requests':>11} {'requests/s':>11} {'failed':>8} {'reloads':>8} {'s each':>8}",
             f"  {'ours':<10} {tally.answers.total():>11} {rate:>11.0f} {lost:>8} {len(seconds):>8} {statistics.mean(seconds):>8.2f}"
             "   (bar: 0 failed)"]
    if lost:
        failed.append(f"{lost} requests failed: {refused or ''} {broken or ''} {tally.wrong[:3]}")
    return lines, failed


MEASURES = [
    Measure("memory", "resident memory of each worker, warm; whether it stays flat over a million requests: --soak", memory),
    Measure("reload", "reloads in a row under full load, nine GET, PATCH and POST in turn over TLS, no limits", reload),
    Measure("start", "exec of the supervisor to the first GET /users/me through nginx", start),
    Measure("search", "GET /users/search at 1 000 000 users | at 10 000, one at a time, no limits", search, own_stack=True, slow=True),
]
