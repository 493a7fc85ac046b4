"""The service as systemd runs it: sd_notify(3), sd_listen_fds(3)."""

import pathlib
import select
import signal
import time

import pytest

from asserts import ME, assert_ok, in_background
from load import load, verifications
from processes import workers
from service import command, end_of, settings
from systemd import Notify, activation_socket, ended, healthy, instead, start
from waiting import wait_for


@pytest.fixture(scope="module")
def free(own):
    """The stack without its service: PostgreSQL, Redis and nginx."""
    with instead(own):
        yield own


@pytest.mark.parametrize("abstract", [False, True], ids=["path", "abstract"])
def test_ready_is_told_when_requests_are_served(free, abstract):
    with Notify(abstract) as notify, ended(start(free, NOTIFY_SOCKET=notify.address)) as process:
        ready, = notify.wait_for("READY")
        assert ready["READY"] == "1" and ready["STATUS"]
        assert healthy(free)
        process.send_signal(signal.SIGTERM)
        assert end_of(process) == 0
        assert [message["STOPPING"] for message in notify.read() if "STOPPING" in message] == ["1"]


def test_a_reload_is_told_with_its_time_and_its_end(free):
    with Notify() as notify, ended(start(free, NOTIFY_SOCKET=notify.address)):
        notify.wait_for("READY")
        began = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        assert command(free, "reload", "--wait").returncode == 0
        notify.wait_for("READY", 2)
        messages = notify.read()
        reloading = next(index for index, message in enumerate(messages) if "RELOADING" in message)
        assert messages[reloading]["RELOADING"] == "1"
        # systemd refuses a time from before its own request.
        assert began <= int(messages[reloading]["MONOTONIC_USEC"]) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        assert any("READY" in message for message in messages[reloading + 1:])


def test_a_refused_reload_ends_too_and_says_so(free):
    with Notify() as notify, ended(start(free, NOTIFY_SOCKET=notify.address)):
        notify.wait_for("READY")
        with settings(free, JWT_SECRET_KEY="short"):
            assert command(free, "reload", "--wait").returncode != 0
            _, second = notify.wait_for("READY", 2)
            assert "refused" in second["STATUS"]


def test_the_watchdog_is_fed(free):
    with Notify() as notify, ended(start(free, NOTIFY_SOCKET=notify.address, WATCHDOG_USEC="200000")):
        assert {message["WATCHDOG"] for message in notify.wait_for("WATCHDOG", 5)} == {"1"}


def test_a_watchdog_meant_for_another_process_is_not_fed(free):
    with Notify() as notify, ended(start(free, NOTIFY_SOCKET=notify.address, WATCHDOG_USEC="2000", WATCHDOG_PID="1")):
        notify.wait_for("READY")
        # A reload takes a hundred times as long as the period.
        assert command(free, "reload", "--wait").returncode == 0
        notify.wait_for("READY", 2)
        assert [message for message in notify.messages if "WATCHDOG" in message] == []


def test_workers_do_not_inherit_what_is_the_supervisors(free):
    with Notify() as notify, activation_socket(free) as listener, ended(
            start(free, listener, NOTIFY_SOCKET=notify.address, WATCHDOG_USEC="2000000")):
        notify.wait_for("READY")
        pids = workers(free)
        assert pids
        for pid in pids:
            names = {entry.partition("=")[0] for entry in pathlib.Path(f"/proc/{pid}/environ").read_text().split("\0")}
            assert "PATH" in names
            assert not names & {"NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}


def test_a_socket_from_systemd_is_used_and_left_in_place(free, user):
    with activation_socket(free) as listener:
        path = pathlib.Path(free.env["FCGI_SOCKET"])
        inode = path.stat().st_ino
        with ended(start(free, listener)) as process:
            wait_for(lambda: healthy(free))
            assert_ok(user.client.get(ME))
            process.send_signal(signal.SIGTERM)
            assert end_of(process) == 0
        assert path.stat().st_ino == inode
        # Who asks in between waits for the next service.
        with ended(start(free, listener)):
            assert_ok(user.client.get(ME))
            assert path.stat().st_ino == inode


def test_a_restart_under_load_loses_nothing(free, database, users):
    counted = verifications(database, users)
    with activation_socket(free) as listener:
        first = start(free, listener)
        with ended(first):
            wait_for(lambda: healthy(free))
            with load(free, users) as running:
                first.send_signal(signal.SIGTERM)
                assert end_of(first) == 0
                with ended(start(free, listener)):
                    wait_for(lambda: healthy(free))
                    tally = running.finish()
    tally.assert_nothing_lost()
    assert verifications(database, users) == counted + tally.of("V")[200]


def test_who_came_before_the_start_is_served_with_the_least_patience_too(free, user):
    """A start takes several times these ten milliseconds, and nobody is to blame for it."""
    with activation_socket(free) as listener, in_background(user.client.get, ME) as early:
        assert select.select([listener], [], [], 30)[0], "nginx did not connect"
        with settings(free, UPA_MAX_QUEUE_MS="10"), ended(start(free, listener)):
            assert_ok(early.result())


def test_a_socket_for_another_process_is_not_taken(free):
    """LISTEN_PID names somebody else: a variable that leaked must not be believed."""
    with ended(start(free, LISTEN_PID="1", LISTEN_FDS="1")) as process:
        wait_for(lambda: healthy(free))
        assert pathlib.Path(free.env["FCGI_SOCKET"]).is_socket()
        process.send_signal(signal.SIGTERM)
        assert end_of(process) == 0
