"""Workers die under load, by a signal or by hanging: replaced, counted, and nothing is done twice."""

import os
import re
import signal
import threading
from datetime import datetime

from asserts import ME, assert_error, assert_ok, in_background, locked, samples, wait_until_blocked
from load import load, verifications
from processes import children, is_gone, supervisor, workers
from service import command, messages, ready_workers, settings, status
from waiting import wait_for

CRASHES = 'worker_restarts_total{reason="crash"}'
CONNECTIONS = 16


class Scraper:
    """Reads /metrics over and over; what ever fell."""

    def __init__(self, operator):
        self.operator, self.looks, self.fallen, self.failed = operator, 0, {}, []
        self.leaving = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        last = {}
        while not self.leaving.is_set():
            response = self.operator.get("/metrics")
            if response.status != 200:
                self.failed.append(response.status)
                continue
            text = response.body.decode()
            grow = set(re.findall(r"^# TYPE (\S+) (?:counter|histogram)$", text, re.M))
            for line in text.splitlines():
                name, _, value = line.rpartition(" ")
                family = name.partition("{")[0]
                if line.startswith("#") or not {family, re.sub(r"_(bucket|sum|count)$", "", family)} & grow:
                    continue
                if float(value) < last.get(name, 0):
                    self.fallen[name] = (last[name], float(value))
                last[name] = float(value)
            self.looks += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.leaving.set()
        self.thread.join()


def kill_each_in_turn(own):
    """SIGKILL for every worker, the next when the one before is replaced; all pids after."""
    victims = sorted(workers(own))
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
        ready_workers(own, 2, without=[victim])
    return victims


def test_every_worker_killed_in_turn(own, database, users, operator):
    present, counted, before = supervisor(own), verifications(database, users), samples(operator)[CRASHES]
    with Scraper(operator) as scraper, load(own, users, connections=CONNECTIONS) as running:
        looks = scraper.looks
        victims = kill_each_in_turn(own)
        wait_for(lambda: scraper.looks > looks + 3)
        tally = running.finish()
    assert supervisor(own) == present and not workers(own) & set(victims)
    assert scraper.fallen == {} and scraper.failed == [] and scraper.looks > 3
    assert samples(operator)[CRASHES] == before + len(victims)
    # Reads are asked again; writes are answered with 502 at the most where one was in a dying worker, and never repeated.
    assert tally.wrong == [] and not any(tally.broken.values()), (tally.wrong, tally.broken)
    assert set(tally.of("G")) == {200}, tally.answers
    lost = tally.of("V")[502]
    assert set(tally.of("V")) | set(tally.of("P")) <= {200, 502}, tally.answers
    assert lost + tally.of("P")[502] <= CONNECTIONS * len(victims)
    done = verifications(database, users) - counted
    assert tally.of("V")[200] <= done <= tally.of("V")[200] + lost


def test_a_worker_that_hangs_in_a_request_is_ended_and_named(own, database, user):
    trace = "hanging-request-4711"
    with settings(own, UPA_WATCHDOG_SECONDS="2"):
        assert command(own, "reload", "--wait").returncode == 0
        before = ready_workers(own, 2)
        restarts = samples(own.operator_client())['worker_restarts_total{reason="watchdog"}']
        since = len(own.log_lines())
        with locked(own, "activity.user_interests"), in_background(
                user.client.post, f"{ME}/interests", json={"tag": "chess"}, headers={"X-Trace-ID": trace}) as write:
            wait_until_blocked(database)
            victim, = [row.pid for row in status(own)[0] if row.route == f"{ME}/interests"]
            assert victim in before
            os.kill(victim, signal.SIGSTOP)
            try:
                response = write.result(60)
            finally:
                if not is_gone(victim):
                    os.kill(victim, signal.SIGCONT)
        assert_error(response, 502, "SERVICE_UNAVAILABLE")
        assert response.header("X-Trace-ID") == trace
        after = ready_workers(own, 2, without=[victim])
        assert before - {victim} <= after
        line, = messages(own, "request overdue, worker aborted", since)
        assert (line["request_trace_id"], line["route"], line["pid"]) == (trace, "/api/v1/users/me/interests", str(victim))
        assert line["level"] == "CRITICAL" and int(line["age_ms"]) >= 2000
        restarted = samples(own.operator_client())
        assert restarted['worker_restarts_total{reason="watchdog"}'] == restarts + 1
        assert_ok(user.client.get(ME))


def test_a_crash_loop_backs_off_and_ends(own, user):
    """Each new worker of one place is killed as soon as it appears: the pauses grow, the other place goes on serving."""
    boss = supervisor(own)
    before = ready_workers(own, 2)
    victim, survivor = sorted(before)
    since, deaths = len(own.log_lines()), 5
    for _ in range(deaths):
        seen = children(boss)  # Before the kill: the replacement may be there in the same millisecond.
        os.kill(victim, signal.SIGKILL)
        victim = wait_for(lambda seen=seen: next(iter(children(boss) - seen), None), 20)
        assert_ok(user.client.get(ME))
    # A process is there a moment before the log says so.
    lines = wait_for(lambda: len(found := messages(own, "worker started", since)) >= deaths and found)
    starts = [datetime.fromisoformat(line["timestamp"]) for line in lines]
    assert len(starts) == deaths
    pauses = [(b - a).total_seconds() for a, b in zip(starts, starts[1:])]
    # The first death is mended at once, then 0.1 s, 0.2 s, 0.4 s: at least, never at most.
    assert all(pause >= least for pause, least in zip(pauses[1:], (0.1, 0.2, 0.4))), pauses
    assert survivor in ready_workers(own, 2)
    assert supervisor(own) == boss
