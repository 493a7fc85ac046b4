"""What an operator sees of the processes: `status`, and SIGUSR2."""

import os
import pathlib
import signal
import subprocess

from asserts import ME, assert_ok, in_background, locked, wait_until_blocked
from processes import supervisor, workers
from service import BUILT, command, messages, ready_workers, resident_kilobytes, status
from waiting import wait_for

INTERESTS = f"{ME}/interests"


def test_status_shows_every_worker(own, user):
    pids = ready_workers(own, 2)
    rows, line = status(own)
    assert {row.pid for row in rows} == pids == workers(own)
    assert {(row.state, row.threads) for row in rows} == {("ready", 4)}
    assert f"supervisor {supervisor(own)}," in line
    served = sum(row.requests for row in rows)
    for _ in range(10):
        assert_ok(user.client.get(ME))
    assert sum(row.requests for row in status(own)[0]) == served + 10


def test_status_shows_the_oldest_request_and_who_has_it(own, database, user):
    with locked(own, "activity.user_interests") as lock, in_background(user.client.post, INTERESTS, json={"tag": "chess"}) as write:
        wait_until_blocked(database)
        # A thread is busy for a moment after its answer, too.
        wait_for(lambda: [row.route for row in status(own)[0] if row.route != "-"] == [INTERESTS])
        assert not write.done()
        lock.execute("rollback")
    assert_ok(write.result())
    wait_for(lambda: {row.route for row in status(own)[0]} == {"-"})


def test_status_shows_both_generations_of_a_reload(own, database, user):
    """The old one is shown for as long as it has a request to finish."""
    before = ready_workers(own, 2)
    _, line = status(own)
    with locked(own, "activity.user_interests") as lock, in_background(user.client.post, INTERESTS, json={"tag": "go"}) as write:
        wait_until_blocked(database)
        assert command(own, "reload", "--wait").returncode == 0
        rows = wait_for(lambda: len(found := status(own)[0]) == 3 and found)
        old, = [row for row in rows if row.pid in before]
        assert (old.state, old.route) == ("draining", INTERESTS)
        assert {row.state for row in rows if row is not old} == {"ready"}
        assert {row.generation for row in rows if row is not old} == {old.generation + 1}
        assert f"generation {old.generation}," in line and f"generation {old.generation + 1}," in status(own)[1]
        lock.execute("rollback")
    assert_ok(write.result())
    ready_workers(own, 2, without=before)


def test_status_tells_why_the_last_reload_was_refused(own):
    path = pathlib.Path(own.env["SERVICE_ENV_FILE"])
    good = path.read_text()
    try:
        path.write_text(good.replace("UPA_WORKERS=2", "UPA_WORKERS=none"))
        assert command(own, "reload", "--wait").returncode != 0
        assert "UPA_WORKERS" in command(own, "status").stdout
    finally:
        path.write_text(good)
    assert command(own, "reload", "--wait").returncode == 0
    assert "UPA_WORKERS" not in command(own, "status").stdout


def test_status_of_nobody_fails(own, tmp_path):
    done = subprocess.run([BUILT, "status", "--pid-file", tmp_path / "none"], text=True, capture_output=True)
    assert done.returncode != 0 and "none" in done.stderr


def test_sigusr2_logs_what_every_thread_is_doing(own, database, user):
    trace, pids = "dump-this-one-0815", ready_workers(own, 2)
    since = len(own.log_lines())
    with locked(own, "activity.user_interests") as lock, in_background(
            user.client.post, INTERESTS, json={"tag": "bridge"}, headers={"X-Trace-ID": trace}) as write:
        wait_until_blocked(database)
        os.kill(supervisor(own), signal.SIGUSR2)
        lines = wait_for(lambda: len(found := messages(own, "thread", since)) >= 8 and found)
        lock.execute("rollback")
    assert_ok(write.result())
    assert len(lines) == 8 and {int(line["pid"]) for line in lines} == pids
    busy, = [line for line in lines if line["stage"] != "idle"]
    assert (busy["request_trace_id"], busy["route"], busy["stage"]) == (trace, INTERESTS, "database")
    assert workers(own) == pids


def test_workers_stay_small(own, user):
    """Outside password checks a worker is at most 20 MB resident."""
    for _ in range(200):
        assert_ok(user.client.get(ME))
    assert {pid: size for pid in workers(own) if (size := resident_kilobytes(pid)) > 20 * 1024} == {}
