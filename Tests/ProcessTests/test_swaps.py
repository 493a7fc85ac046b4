"""New binaries and new configurations and bad, rolled in under the same supervisor."""

import os
import pathlib
import shutil
import subprocess
import threading

import pytest

from asserts import ME, assert_ok, samples
from processes import private_stack, serve, supervisor, workers
from service import BUILT, command, messages, ready_workers, refused_reload, reload, settings, status
from stack import make_user
from waiting import wait_for


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A service started through a symbolic link, as a deployment does it."""
    current = tmp_path_factory.mktemp("releases") / "current"
    current.symlink_to(BUILT)
    with private_stack(UPA_WORKERS="2", UPA_BIN=str(current)) as stack:
        process = serve(stack)
        try:
            yield stack
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture
def deploy(own):
    """deploy(path) points the link at another file, as a rename does: at once. The good one again afterwards."""
    link = pathlib.Path(own.environment["UPA_BIN"])

    def point(path):
        fresh = link.with_name("next")
        fresh.symlink_to(path)
        os.replace(fresh, link)

    yield point
    point(BUILT)


@pytest.fixture
def script(tmp_path):
    """script(text) → an executable file"""
    def write(text):
        path = tmp_path / "userprofile-api"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    return write


def answers(user):
    for _ in range(10):
        assert_ok(user.client.get(ME))
    assert_ok(user.client.patch(ME, json={"first_name": "Ada"}))


# What a broken release may look like; $good is the binary as it should be.
BROKEN = {
    "it says why and exits 1": ("echo 'libfoo.so: cannot open' >&2; exit 1", "libfoo.so"),
    "its workers exit 1": ('[ "$1" = config ] && exec $good "$@"; exit 1', ""),
    "its workers are killed": ('[ "$1" = config ] && exec $good "$@"; kill -9 $$', ""),
    "it says nothing sensible": ("echo hello", ""),
    # exec: what hangs must be the process that the supervisor knows.
    "its check hangs": ("exec sleep 3600", ""),
    "its workers hang": ('[ "$1" = config ] && exec $good "$@"; exec sleep 3600', ""),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_binary_is_refused_and_the_old_generation_goes_on(own, user, deploy, script, broken):
    text, reason = BROKEN[broken]
    before, boss = ready_workers(own, 2), supervisor(own)
    deploy(script(text.replace("$good", str(BUILT))))
    said = refused_reload(own)
    assert reason in said and said.partition("refused: ")[2].partition(";")[0].strip(), said
    assert ready_workers(own, 2) == before and supervisor(own) == boss
    answers(user)
    deploy(BUILT)
    reload(own)
    assert not ready_workers(own, 2) & before
    answers(user)


def test_a_binary_that_is_gone_is_refused(own, user, deploy, tmp_path):
    before = ready_workers(own, 2)
    deploy(tmp_path / "nowhere")
    refused_reload(own)
    assert ready_workers(own, 2) == before
    answers(user)
    deploy(BUILT)
    reload(own)


def test_a_worker_that_dies_while_the_link_is_broken_comes_back_with_the_next_good_one(own, user, deploy, tmp_path):
    before = ready_workers(own, 2)
    deploy(tmp_path / "nowhere")
    os.kill(min(before), 9)
    for _ in range(20):
        assert_ok(user.client.get(ME))
    deploy(BUILT)
    assert ready_workers(own, 2, without=[min(before)]) > {max(before)}


@pytest.mark.parametrize("line, named", [
    ({"JWT_SECRET_KEY": "hush-4711"}, "JWT_SECRET_KEY"),
    ({"UPA_WORKERS": "many"}, "UPA_WORKERS"),
    ({"DATABASE_URL": "mysql://a:hush-4711@b/c"}, "DATABASE_URL"),
    ({"FCGI_SOCKET": None}, "FCGI_SOCKET"),
])
def test_a_broken_configuration_is_refused_by_name(own, user, line, named):
    before, boss = ready_workers(own, 2), supervisor(own)
    with settings(own, **line):
        said = refused_reload(own)
        assert named in said
        assert "hush" not in said, "a refusal must not repeat secrets"
        assert ready_workers(own, 2) == before and supervisor(own) == boss
        answers(user)
    assert not ready_workers(own, 2) & before
    answers(user)


def test_all_problems_of_a_configuration_are_told_at_once(own):
    with settings(own, JWT_SECRET_KEY="short", UPA_THREADS="0"):
        said = refused_reload(own)
        assert "JWT_SECRET_KEY" in said and "UPA_THREADS" in said


def test_a_database_that_nobody_knows_does_not_take_the_place_of_a_good_one(own, user):
    """It cannot be told from a database that is down: whatever the reload says, those who serve must be able to."""
    before = ready_workers(own, 2)
    with settings(own, DATABASE_URL="postgresql://userprofile_api:wrong@127.0.0.1:1/userprofile"):
        refused_reload(own)
        assert ready_workers(own, 2) == before
        answers(user)


@pytest.mark.parametrize("workers_wanted, threads", [(3, 2), (1, 6)])
def test_a_reload_changes_the_number_of_workers_and_threads(own, user, workers_wanted, threads):
    boss = supervisor(own)
    with settings(own, UPA_WORKERS=str(workers_wanted), UPA_THREADS=str(threads)):
        reload(own)
        assert len(ready_workers(own, workers_wanted)) == workers_wanted
        rows, _ = status(own)
        assert {row.threads for row in rows} == {threads}
        answers(user)
    rows = ready_workers(own, 2)
    assert len(rows) == len(workers(own)) == 2 and supervisor(own) == boss


def test_a_new_binary_of_the_same_layout_goes_on_counting(own, user, deploy, tmp_path):
    answers(user)
    release = tmp_path / "release-2"
    shutil.copy(BUILT, release)
    before = samples(own.operator_client())
    deploy(release)
    reload(own)
    pids = ready_workers(own, 2)
    assert {os.readlink(f"/proc/{pid}/exe") for pid in pids} == {str(release)}
    after = samples(own.operator_client())
    grow = [name for name in before if name.partition("{")[0].endswith(("_total", "_count", "_sum", "_bucket"))]
    assert sum(before[name] for name in grow) > 0
    assert {name: (before[name], after.get(name)) for name in grow if after.get(name, -1) < before[name]} == {}
    deploy(BUILT)
    reload(own)


def test_reload_of_nobody_says_so(own, tmp_path):
    nobody = tmp_path / "nobody.pid"
    done = subprocess.run([BUILT, "reload", "--wait", "--pid-file", nobody], text=True, capture_output=True, timeout=30)
    assert done.returncode != 0 and str(nobody) in done.stderr


@pytest.fixture
def user(own):
    with own.database() as connection:
        yield make_user(own, connection)


def test_a_reload_during_a_reload_is_answered_with_the_last_one(own):
    """What changed after the first began must be in what serves when the second says so."""
    with settings(own, UPA_THREADS="3"):
        since = len(own.log_lines())
        first = threading.Thread(target=command, args=(own, "reload", "--wait"))
        first.start()
        wait_for(lambda: messages(own, "reload asked for", since))
        path = pathlib.Path(own.env["SERVICE_ENV_FILE"])
        path.write_text(path.read_text().replace("UPA_THREADS=3", "UPA_THREADS=5"))
        reload(own)
        first.join()
        ready_workers(own, 2)
        assert {row.threads for row in status(own)[0]} == {5}
