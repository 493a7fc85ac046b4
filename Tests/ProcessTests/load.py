"""A mixed load by wrk that a test starts, disturbs and ends; afterwards every answer is accounted for."""

import contextlib
import pathlib
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass, field

from stack import make_user
from waiting import wait_for

HERE = pathlib.Path(__file__).resolve().parent
THREADS = 2


@dataclass
class Tally:
    #: "G 200" → how many; G = GET, P = PATCH, V = POST verify
    answers: Counter = field(default_factory=Counter)
    #: the first answers that were not what they should be
    wrong: list = field(default_factory=list)
    #: socket errors by kind
    broken: Counter = field(default_factory=Counter)

    def of(self, kind):
        """status → how many"""
        return Counter({int(name.split()[1]): count for name, count in self.answers.items() if name.startswith(kind)})

    def assert_nothing_lost(self):
        assert self.wrong == []
        assert {name: count for name, count in self.broken.items() if count} == {}
        assert {name: count for name, count in self.answers.items() if not name.endswith(" 200")} == {}
        assert self.answers, "wrk got no answer at all"


class Load:
    """wrk, running; `finish()` stops writing, awaits the answers, ends it and gives the tally."""

    def __init__(self, stack, users, pattern, connections):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="upa-load-", dir="/tmp"))
        table = self.directory / "users.tsv"
        table.write_text("".join(f"{user.user_id}\t{user.token}\n" for user in users))
        self.finish_file = self.directory / "finish"
        self.process = subprocess.Popen(
            ["wrk", f"-t{THREADS}", f"-c{connections}", "-d600s", "--timeout", "30s", "-s", HERE / "load.lua", stack.env["BASE_URL"], "--",
             table, stack.env["PARTICIPATION_API_KEY"], pattern, self.finish_file],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def finish(self):
        self.finish_file.touch()
        wait_for(lambda: all(self.finish_file.with_suffix(f".{thread}").exists() for thread in range(THREADS)), 60)
        self.process.send_signal(signal.SIGINT)
        output, _ = self.process.communicate(timeout=60)
        tally = Tally()
        for kind, *fields in (line.split("\t") for line in output.splitlines()):
            if kind == "answer":
                tally.answers[fields[0]] += int(fields[1])
            elif kind == "broken":
                tally.broken[fields[0]] += int(fields[1])
            elif kind == "wrong":
                tally.wrong.append(fields[0])
        assert tally.broken, output
        return tally

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        shutil.rmtree(self.directory)


@contextlib.contextmanager
def load(stack, users, pattern="GGGPGGGVGV", connections=16):
    """Runs inside, and has begun: both threads have been answered."""
    running = Load(stack, users, pattern, connections)
    try:
        with stack.database() as connection:
            before = verifications(connection, users)
            if "V" in pattern:
                wait_for(lambda: verifications(connection, users) > before + 20, 30)
        yield running
    finally:
        running.end()


def make_users(stack, connection, count=64):
    return [make_user(stack, connection) for _ in range(count)]


def verifications(connection, users):
    ids = [user.user_id for user in users]
    return connection.execute("select sum(verification_count) from activity.users where user_id = any(%s)", [ids]).fetchone()[0]
