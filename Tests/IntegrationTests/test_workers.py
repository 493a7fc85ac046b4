"""Workers die, are replaced, roll and drain; the supervisor leaves in good order."""

import os
import pathlib
import re
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from asserts import INTERESTS, ME, assert_error, assert_ok, in_background, locked, samples, tags, wait_for_clock, wait_until_blocked
from processes import is_gone, private_stack, serve, stop, supervisor, workers
from stack import make_user
from waiting import wait_for


@pytest.fixture(scope="module")
def own():
    with private_stack(UPA_WORKERS="2") as stack:
        yield stack


@pytest.fixture(scope="module")
def database(own):
    with own.database() as connection:
        yield connection


@pytest.fixture
def user(own, database):
    return make_user(own, database)


def wait_for_replacement(own, gone):
    """Two workers that serve, and none of those."""
    wait_for(lambda: len(workers(own)) == 2 and not workers(own) & set(gone))


def counters(own):
    response = own.operator_client().get("/metrics")
    grow = set(re.findall(r"^# TYPE (\S+) (?:counter|histogram)$", response.body.decode(), re.M))
    family = re.compile(r"_(bucket|sum|count)$")
    return {name: value for name, value in samples(own.operator_client()).items()
            if name.partition("{")[0] in grow or family.sub("", name.partition("{")[0]) in grow}


# --- death ---

def test_a_killed_worker_is_replaced_and_the_service_goes_on(own, user):
    before, present = workers(own), supervisor(own)
    assert len(before) == 2
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    for _ in range(50):
        assert_ok(user.client.get(ME))
    wait_for_replacement(own, [victim])
    assert supervisor(own) == present
    assert_ok(user.client.patch(ME, json={"first_name": "Ada"}))


def test_all_workers_killed_at_once_are_replaced(own, user):
    before = workers(own)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for_replacement(own, before)
    wait_for(lambda: user.client.get(ME).status == 200)
    assert_ok(user.client.patch(ME, json={"first_name": "Ada"}))


def test_counters_do_not_fall_when_a_worker_dies(own, user):
    for _ in range(20):
        user.client.get(ME)
    before = counters(own)
    assert before and any(before.values())
    victims = workers(own)
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    wait_for_replacement(own, victims)
    wait_for(lambda: user.client.get(ME).status == 200)
    after = counters(own)
    assert {name: (before[name], after.get(name)) for name in before if after.get(name, -1) < before[name]} == {}


def test_reads_under_load_do_not_notice_a_killed_worker(own, user):
    """GET and HEAD that met a dying worker are sent once more."""
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda n: user.client.get(ME if n % 2 else INTERESTS).status, range(400))
        victim = max(workers(own))
        os.kill(victim, signal.SIGKILL)
        assert set(answers) == {200}
    wait_for_replacement(own, [victim])


def test_a_write_in_a_killed_worker_is_502_once_and_its_effect_is_seen(own, database, user):
    """It is not sent again; what it did all the same is no secret of the database's, not even behind a cached body."""
    assert assert_ok(user.client.get(INTERESTS))["count"] == 0
    victims = workers(own)
    with locked(own, "activity.user_interests") as lock, in_background(
            user.client.post, INTERESTS, json={"tag": "chess"}) as write:
        wait_until_blocked(database)
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        response = write.result()
        lock.execute("rollback")
    assert_error(response, 502, "SERVICE_UNAVAILABLE")
    assert int(response.header("Retry-After")) > 0
    wait_for_replacement(own, victims)
    wait_for(lambda: own.client().get("/health").status == 200)
    committed = wait_for(lambda: database.execute(
        "select clock_timestamp() + interval '1 second' from activity.user_interests where user_id = %s", [user.user_id]).fetchone())
    wait_for_clock(database, committed[0])
    assert tags(assert_ok(user.client.get(INTERESTS))) == ["chess"]


# --- reload ---

def reload(own, **settings):
    """Until the old generation has gone: it may serve a connection that it accepted last."""
    before = workers(own)
    own.reload(**settings)
    wait_for_replacement(own, before)


def test_a_reload_replaces_all_workers_and_fails_nobody(own, user):
    before, present, count = workers(own), supervisor(own), counters(own)
    with ThreadPoolExecutor(8) as pool:
        requests = [pool.submit(user.client.get if n % 4 else lambda path: user.client.patch(path, json={}), ME) for n in range(400)]
        own.reload()
        assert {request.result().status for request in requests} == {200}
    wait_for_replacement(own, before)
    assert supervisor(own) == present
    after = counters(own)
    assert {name for name in count if after.get(name, -1) < count[name]} == set()


def test_a_request_under_way_survives_a_reload(own, database, user):
    before = workers(own)
    with locked(own, "activity.user_interests") as lock, in_background(
            user.client.put, INTERESTS, json={"interests": [{"tag": "chess"}]}) as write:
        wait_until_blocked(database)
        own.reload()
        # The new generation serves, the old one has the one request left.
        assert len(workers(own) - before) == 2 and workers(own) & before
        lock.execute("rollback")
        assert tags(assert_ok(write.result())) == ["chess"]
    wait_for_replacement(own, before)


def test_a_bad_configuration_changes_nothing(own, user):
    path = pathlib.Path(own.env["SERVICE_ENV_FILE"])
    good, before = path.read_text(), workers(own)
    try:
        with pytest.raises(subprocess.CalledProcessError):
            own.reload(JWT_SECRET_KEY="short")
        assert workers(own) == before
        assert_ok(user.client.get(ME))
    finally:
        path.write_text(good)
    reload(own)
    assert_ok(user.client.get(ME))


def test_a_key_is_rotated_without_logging_anybody_out(own, user):
    old, new = own.env["JWT_SECRET_KEY"], "n" * 48
    fresh = own.client(own.token(user.user_id, secret=new))
    try:
        assert_error(fresh.get(ME), 401, "AUTH_TOKEN_INVALID")
        reload(own, JWT_SECRET_KEY=new, JWT_SECRET_KEY_PREVIOUS=old)
        assert_ok(fresh.get(ME))
        assert_ok(user.client.get(ME))
        reload(own, JWT_SECRET_KEY_PREVIOUS=None)
        assert_ok(fresh.get(ME))
        assert_error(user.client.get(ME), 401, "AUTH_TOKEN_INVALID")
    finally:
        reload(own, JWT_SECRET_KEY=old, JWT_SECRET_KEY_PREVIOUS=None)
    assert_ok(user.client.get(ME))


# --- leaving ---

@pytest.fixture
def served(own):
    """The supervisor as the test's own child; afterwards the stack is whole again."""
    process = serve(own)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        own.up()


def test_sigterm_answers_what_is_under_way_and_exits_0(own, database, user, served):
    before = workers(own)
    with locked(own, "activity.user_interests") as lock, in_background(
            user.client.put, INTERESTS, json={"interests": [{"tag": "chess"}]}) as write:
        wait_until_blocked(database)
        served.send_signal(signal.SIGTERM)
        # The worker that has nothing to do leaves, the other one stays for its request.
        wait_for(lambda: sum(map(is_gone, before)) == 1)
        assert served.poll() is None
        lock.execute("rollback")
        assert tags(assert_ok(write.result())) == ["chess"]
    assert served.wait(30) == 0
    assert all(map(is_gone, before))
    # nginx speaks for the service that is not there.
    response = own.client().get(ME)
    assert_error(response, 502, "SERVICE_UNAVAILABLE")
    assert int(response.header("Retry-After")) > 0


def test_sigint_does_not_wait(own, database, user, served):
    before = workers(own)
    with locked(own, "activity.user_interests"), in_background(user.client.put, INTERESTS, json={"interests": []}) as write:
        wait_until_blocked(database)
        served.send_signal(signal.SIGINT)
        served.wait(30)
        assert write.result().status == 502
    assert all(map(is_gone, before))


def test_no_worker_outlives_a_killed_supervisor(own, database, user, served):
    before = workers(own)
    with locked(own, "activity.user_interests") as lock, in_background(
            user.client.put, INTERESTS, json={"interests": [{"tag": "chess"}]}) as write:
        wait_until_blocked(database)
        stop(served.pid, signal.SIGKILL)
        lock.execute("rollback")
        assert tags(assert_ok(write.result())) == ["chess"]
    wait_for(lambda: all(map(is_gone, before)))
