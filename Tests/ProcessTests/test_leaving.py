"""How the service leaves under load: SIGTERM, SIGINT, and the death of its supervisor."""

import contextlib
import os
import pathlib
import signal

import pytest

from asserts import ME, assert_ok, blocked, in_background, locked, wait_until_blocked
from load import load, verifications
from processes import children, serve, stop, workers
from service import end_of
from systemd import all_gone, ended, instead, start
from waiting import wait_for


@pytest.fixture
def served(own):
    """The supervisor as the test's own child; afterwards the stack is whole again."""
    with ended(serve(own)) as process:
        yield process
    own.up()


def refused_later(tally):
    """Nothing but right answers, and nginx' 502 once there was nobody left."""
    assert tally.wrong == [] and not any(tally.broken.values()), (tally.wrong, tally.broken)
    assert {status for name in tally.answers for status in [int(name.split()[1])]} == {200, 502}, tally.answers


def test_sigterm_under_load_abandons_no_request(own, database, users, served):
    counted, before = verifications(database, users), workers(own)
    with load(own, users) as running:
        served.send_signal(signal.SIGTERM)
        assert end_of(served) == 0
        assert all_gone(before)
        tally = running.finish()
    refused_later(tally)
    # What was refused was not begun; what was begun was answered.
    assert verifications(database, users) == counted + tally.of("V")[200]


def test_the_socket_of_a_service_that_left_is_removed(own, served):
    served.send_signal(signal.SIGTERM)
    assert end_of(served) == 0
    assert not os.path.exists(own.env["FCGI_SOCKET"]) and not os.path.exists(own.env["SUPERVISOR_PID_FILE"])


def test_sigint_under_load_ends_at_once(own, database, user, users, served):
    """Even a request that would go on for long does not hold it up."""
    counted, before = verifications(database, users), workers(own)
    with load(own, users) as running, locked(own, "activity.user_interests"):
        with in_background(user.client.put, f"{ME}/interests", json={"interests": []}) as write:
            wait_for(lambda: blocked(database))
            served.send_signal(signal.SIGINT)
            end_of(served, 15)
            assert write.result().status == 502
        assert all_gone(before)
        tally = running.finish()
    refused_later(tally)
    done = verifications(database, users) - counted
    assert tally.of("V")[200] <= done <= tally.of("V")[200] + tally.of("V")[502]


def test_a_second_sigint_ends_a_drain_that_takes_too_long(own, database, user, served):
    before = workers(own)
    with locked(own, "activity.user_interests"), in_background(user.client.put, f"{ME}/interests", json={"interests": []}) as write:
        wait_until_blocked(database)
        served.send_signal(signal.SIGTERM)
        wait_for(lambda: len(workers(own)) == 1)
        assert served.poll() is None
        served.send_signal(signal.SIGINT)
        end_of(served, 15)
        assert write.result().status == 502
    assert all_gone(before)


def test_no_worker_outlives_its_supervisor_under_load(own, database, users, served):
    counted, before = verifications(database, users), workers(own)
    with load(own, users) as running:
        stop(served.pid, signal.SIGKILL)
        served.wait()
        wait_for(lambda: all_gone(before), 30)
        tally = running.finish()
    refused_later(tally)
    assert verifications(database, users) == counted + tally.of("V")[200]


def test_the_service_starts_again_after_its_supervisor_was_killed(own, user, served):
    """Socket, pid file and state file of the one before are in nobody's way."""
    before = workers(own)
    stop(served.pid, signal.SIGKILL)
    served.wait()
    wait_for(lambda: all_gone(before), 30)
    own.up()
    assert_ok(user.client.get(ME))
    assert not workers(own) & before


def catches_sigterm(pid):
    """It has a handler, its own or libfcgi's, or has blocked the signal to read it: the start has come that far."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        masks = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
        return any(int(masks[name], 16) >> (signal.SIGTERM - 1) & 1 for name in ("SigCgt", "SigBlk"))


@pytest.mark.parametrize("attempt", range(5))
@pytest.mark.parametrize("reached", [lambda pid: True, catches_sigterm], ids=["spawned", "catching"])
def test_a_stop_during_the_start_is_obeyed(own, reached, attempt):
    """Signals that arrive before a worker reads them must not be lost."""
    with instead(own), ended(start(own)) as process:
        pids = wait_for(lambda: len(found := children(process.pid)) == 2 and all(map(reached, found)) and found, 20)
        process.send_signal(signal.SIGTERM)
        assert end_of(process, 20) == 0
        assert all_gone(pids)
