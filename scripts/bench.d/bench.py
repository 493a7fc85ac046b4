"""scripts/bench: starts a stack with one more plain-HTTP listener, runs every row against its yardstick, interleaved, then the rest."""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests/IntegrationTests"))

from cpu import children, look, spent  # noqa: E402
from measures import MEASURES  # noqa: E402
from rows import APART, ROWS, TURNS, Asker  # noqa: E402
from soak import REQUESTS, soak  # noqa: E402
from stack import ROOT, Stack, free_ports  # noqa: E402
from waiting import wait_for  # noqa: E402

#: Enough that nobody meets the limit: a user is asked for less than half of the route's requests a minute.
USERS = 12000
#: A process that spent less of a request, in microseconds, is not worth its place in the line.
LEAST_SPENT = 1
#: wrk's two threads, half of the users apart, need so long to have asked for all of them once.
WARM_SECONDS = 3
EVERY = [*ROWS, *MEASURES]


def compile_yardstick(directory):
    binary = directory / "yardstick"
    include = subprocess.run(["pg_config", "--includedir"], text=True, capture_output=True, check=True).stdout.strip()
    subprocess.run(["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", f"-I{include}", "-o", binary,
                    HERE / "yardstick.c", "-lfcgi", "-lhiredis", "-lpq", "-pthread"], check=True)
    return binary


def extra_server(directory, port):
    """One more listener of the same nginx, without TLS, for us and, below /yardstick/, for the C programs."""
    location = (ROOT / "nginx/snippets/worker.conf").read_text()
    text = ""
    for mode in ("redis", "pg", "plain"):
        text += f"upstream yardstick_{mode} {{ server unix:{directory}/{mode}.sock; }}\n"
    text += f"server {{ listen 127.0.0.1:{port} backlog=4096; server_name _;\n"
    text += "include snippets/headers.conf; include snippets/errors.conf;\nlocation / { include snippets/worker.conf; }\n"
    for mode in ("redis", "pg", "plain"):
        own = location.replace("$workers;", f"yardstick_{mode};")
        text += f"location /yardstick/{mode}/ {{\n{own}}}\n"
    file = directory / "extra.conf"
    file.write_text(text + "}\n")
    return file


@contextlib.contextmanager
def yardstick(row, bench):
    """The C program of a row, with as many processes and threads as the service has."""
    stack = bench.stack
    environment = {**os.environ, "YARDSTICK_REDIS_HOST": "127.0.0.1", "YARDSTICK_KEY_PREFIX": "bench:",
                   "YARDSTICK_REDIS_PORT": stack.environment["PORT_REDIS"],
                   "YARDSTICK_CONNINFO": bench.conninfo, "YARDSTICK_QUERY": row.query,
                   "PGAPPNAME": "userprofile-api"}  # a write by another would be told to the change feed
    socket = bench.directory / f"{row.yardstick}.sock"
    process = subprocess.Popen([bench.yardstick, row.yardstick, socket, str(bench.workers), str(bench.threads)], env=environment)
    try:
        wait_for(lambda: socket.exists() and len(children(process.pid)) == bench.workers + 1)
        yield process
    finally:
        process.terminate()
        process.wait()
        socket.unlink(missing_ok=True)


class Bench:
    def __init__(self, options, directory):
        self.options = options
        self.directory = directory
        self.pairs = []
        self.slices = 0
        self.port = free_ports(1)[0]
        self.workers = os.cpu_count()
        self.threads = 4
        self.stack = Stack.new(UPA_NGINX_EXTRA=f"include {extra_server(directory, self.port)};",
                               UPA_WORKERS=str(self.workers), UPA_THREADS=str(self.threads))

    @functools.cached_property
    def yardstick(self):
        return compile_yardstick(self.directory)

    def start(self, users=USERS, **environment):
        print(f"==> a stack with {users} users", flush=True)
        self.stack.up("--users", str(users), **environment)
        self.conninfo = next(line.partition("=")[2] for line in (self.stack.run_dir / "service.env").read_text().splitlines()
                             if line.startswith("DATABASE_URL="))
        with self.stack.database() as owner:
            owner.execute("vacuum analyze")
            found = owner.execute("select user_id from activity.users where status = 'active' and is_active and deleted_at is null"
                                  " and tokens_valid_after is null order by user_id limit %s", [users]).fetchall()
            blocks = {frozenset(pair) for pair in owner.execute("select blocker_user_id, blocked_user_id from activity.user_blocks")}
        users = [user for user, in found]
        # The next one in the list who is no stranger by a block.
        self.pairs = [(user, next(other for other in users[at + 1:] + users[:at] if frozenset((user, other)) not in blocks))
                      for at, user in enumerate(users)]
        self.tokens = [self.stack.token(str(user), ttl=86400) for user in users]
        body = self.stack.client(self.tokens[0]).get("/api/v1/users/me").body
        pipeline = self.stack.redis(0).pipeline(transaction=False)
        for user, _ in self.pairs:
            pipeline.set(f"bench:{user}", body)
        pipeline.execute()

    def requests(self, name, ask, key=None):
        """A file of ready-made requests, each user's TURNS times, the same headers for both sides."""
        records = []
        for turn in range(TURNS):
            for (user, other), token in zip(self.pairs, self.tokens):
                method, path, body = ask(Asker(str(user), str(other), turn))
                proof = f"X-Service-API-Key: {self.stack.env[key]}" if key else f"Authorization: Bearer {token}"
                head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{proof}\r\n"
                if body is not None:
                    head += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
                records.append(head + "\r\n" + (body or ""))
        file = self.directory / name
        file.write_text("\0".join(records))
        return file

    def slice(self, file, pid, seconds):
        """One run of wrk, and what the processes under pid spent meanwhile."""
        workers = children(pid)
        self.slices += 1  # each begins with another turn, so that its updates change something
        before = look()
        done = subprocess.run(["wrk", "-t2", f"-c{self.options.connections}", f"-d{seconds}s", "-s", HERE / "cycle.lua",
                               f"http://127.0.0.1:{self.port}", "--", file, str(APART), str(self.slices % TURNS / TURNS)], text=True, capture_output=True, check=True)
        result = json.loads(done.stdout.splitlines()[-1])
        result["rate"] = result["requests"] / result["microseconds"] * 1e6
        result["spent"] = {name: seconds / max(1, result["requests"]) * 1e6
                           for name, seconds in spent(before, look(), workers).items()}
        result["cpu"] = result["spent"]["workers"]
        return result

    def measure(self, row):
        """Rounds of ours and the yardstick's, the order turned each time so that drift hits both alike."""
        ours_file = self.requests("ours", row.ask, row.key)
        limit_file = self.requests("limit", lambda asker: ("GET", f"/yardstick/{row.yardstick}{row.yardstick_path(asker)}", None), row.key)
        ours, limit = [], []
        if row.settings:
            self.stack.reload(**row.settings)
        supervisor = int(pathlib.Path(self.stack.env["SUPERVISOR_PID_FILE"]).read_text())
        wait_for(lambda: len(children(supervisor)) == self.workers + 1)  # the generation before has left
        with yardstick(row, self) as process:
            sides = [(ours, ours_file, supervisor), (limit, limit_file, process.pid)]
            for _, file, pid in sides:
                self.slice(file, pid, WARM_SECONDS)  # caches of all users, pools and plans
            for turn in range(self.options.rounds):
                for results, file, pid in sides if turn % 2 == 0 else reversed(sides):
                    results.append(self.slice(file, pid, self.options.seconds))
        if row.settings:
            self.stack.reload(**{name: None for name in row.settings})
        return ours, limit


def median(results, key):
    return statistics.median(result[key] for result in results)


def where(results):
    """Whose processor time a request cost, the most expensive first."""
    names = {name for result in results for name in result["spent"]}
    middle = {name: statistics.median(result["spent"].get(name, 0) for result in results) for name in names}
    return ", ".join(f"{name} {cost:.1f}" for name, cost in sorted(middle.items(), key=lambda one: -one[1]) if cost >= LEAST_SPENT)


def complain(failed):
    for reason in failed:
        print(f"  BELOW THE BAR: {reason}")
    return failed


def report(row, ours, limit):
    """Prints a row; returns what is wrong with it."""
    ratio = statistics.median(a["rate"] / b["rate"] for a, b in zip(ours, limit))
    cpu = median(ours, "cpu") / max(0.01, median(limit, "cpu"))
    failed = []
    for side, results in (("ours", ours), ("the yardstick", limit)):
        wrong = sum(result["refused"] + result["broken"] for result in results)
        if wrong:
            failed.append(f"{wrong} of {sum(result['requests'] for result in results)} answers of {side} were errors")
    if ratio < row.bar:
        failed.append(f"ratio {ratio:.2f} is below {row.bar}")
    if row.cpu_bar and cpu > row.cpu_bar:
        failed.append(f"CPU ratio {cpu:.2f} is above {row.cpu_bar}")
    print(f"\n{row.name}: {row.title}")
    print(f"  {'':<10} {'requests/s':>11} {'CPU us/req':>11} {'p50 ms':>8} {'p99 ms':>8}")
    for name, results in (("ours", ours), ("limit", limit)):
        print(f"  {name:<10} {median(results, 'rate'):>11.0f} {median(results, 'cpu'):>11.1f}"
              f" {median(results, 'p50') / 1000:>8.2f} {median(results, 'p99') / 1000:>8.2f}")
    bars = f"(bar {row.bar})", f"(bar {row.cpu_bar})" if row.cpu_bar else ""
    print(f"  {'ratio':<10} {ratio:>11.2f} {cpu:>11.2f}   {bars[0]} {bars[1]}")
    for name, results in (("ours", ours), ("limit", limit)):
        print(f"  {name:<10} CPU us/req of the machine: {where(results)}")
    return complain(failed)


def report_measure(measure, bench):
    """The same for a row without a yardstick."""
    lines, failed = measure.run(bench)
    print(f"\n{measure.name}: {measure.title}", *lines, sep="\n")
    return complain(failed)


def version(*command):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else "?"


def describe(bench):
    cpu = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal")) / 2 ** 20
    print(f"machine: {os.cpu_count()} cores, {cpu}, {memory:.0f} GiB, Linux {platform.release()}")
    print(f"software: {version('nginx', '-v')}; {version('redis-server', '--version').split(' sha')[0]};"
          f" {version('/usr/lib/postgresql/15/bin/postgres', '--version')};"
          f" commit {version('git', '-C', ROOT, 'describe', '--always', '--dirty')}")
    if not bench.pairs:
        return  # a row that makes its own stack is alone
    print(f"method: {bench.workers} workers with {bench.threads} threads on both sides, plain HTTP,"
          f" {bench.options.connections} connections, {len(bench.pairs)} users in turn, limits, log and metrics on;"
          f" medians of {bench.options.rounds} rounds of {bench.options.seconds} s a side")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", usage="scripts/bench --help")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--soak", action="store_true")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--row", action="append", choices=[row.name for row in EVERY])
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    options.seconds = options.seconds or (2 if options.quick else 10)
    options.rounds = options.rounds or (3 if options.quick else 5)
    if options.list:
        for row in EVERY:
            print(f"{row.name:<24} {row.title}")
        return 0

    chosen = [row for row in EVERY if row.name in (options.row or [row.name])]
    late = [row for row in chosen if row in MEASURES and row.slow and options.quick and not options.row]
    chosen = [row for row in chosen if row not in late]

    failed = {}
    with tempfile.TemporaryDirectory(prefix="upa-bench-", dir="/tmp") as directory:
        bench = Bench(options, pathlib.Path(directory))
        try:
            if options.soak or not all(row in MEASURES and row.own_stack for row in chosen):
                bench.start()
            describe(bench)
            if options.soak:
                return 1 if soak(bench, options.requests) else 0
            for row in chosen:
                sys.stdout.flush()
                failed[row.name] = report_measure(row, bench) if row in MEASURES else report(row, *bench.measure(row))
        except (RuntimeError, subprocess.CalledProcessError) as problem:
            sys.exit(f"bench: {problem}\n{getattr(problem, 'stderr', None) or ''}"
                     "  next: scripts/up must work first; then scripts/bench again")
        finally:
            bench.stack.remove()
    for row in late:
        print(f"\n{row.name}: not part of --quick, it fills in a million users; scripts/bench --row {row.name} measures it alone")
    missed = [name for name, reasons in failed.items() if reasons]
    if missed:
        print(f"\nbench: {', '.join(missed)} missed the bar\n  next: alone and longer, scripts/bench --row {missed[0]}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
