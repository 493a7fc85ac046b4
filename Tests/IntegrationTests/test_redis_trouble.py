"""Redis slow, full, a read-only replica, emptied, restarted, without its scripts: no request fails, and it mends by itself."""

import contextlib
import threading

import pytest

from asserts import ME, assert_ok, hits, race, read_until_cached, total, wait_until_carried_over, wait_until_quiet
from endpoints import ENDPOINTS, PREMIUM, caller_for, keys
from processes import frozen, private_stack, redis_server, stop, supervisor, workers
from stack import free_ports, make_user
from waiting import wait_for


@pytest.fixture(scope="module")
def own():
    with private_stack(RATE_LIMIT_ENABLED="true") as stack:
        yield stack


@pytest.fixture(scope="module")
def database(own):
    with own.database() as connection:
        yield connection


@pytest.fixture
def new_user(own, database):
    return lambda **columns: make_user(own, database, **columns)


@contextlib.contextmanager
def configured(own, **settings):
    redis = own.redis()
    before = {name.replace("_", "-"): redis.config_get(name.replace("_", "-"))[name.replace("_", "-")] for name in settings}
    try:
        for name, value in settings.items():
            redis.config_set(name.replace("_", "-"), value)
        yield
    finally:
        for name, value in before.items():
            redis.config_set(name, value)


@contextlib.contextmanager
def full(own):
    with configured(own, maxmemory_policy="noeviction", maxmemory=1):
        yield


@contextlib.contextmanager
def a_replica(own):
    """Of nobody that answers, as after a failover gone wrong: reads work, writes are refused."""
    redis = own.redis()
    redis.config_set("replica-serve-stale-data", "yes")
    redis.execute_command("REPLICAOF", "127.0.0.1", str(free_ports(1)[0]))
    try:
        yield
    finally:
        redis.execute_command("REPLICAOF", "NO", "ONE")


@contextlib.contextmanager
def a_replica_without_data(own):
    """It refuses reads, too."""
    redis = own.redis()
    with configured(own, replica_serve_stale_data="no"):
        redis.execute_command("REPLICAOF", "127.0.0.1", str(free_ports(1)[0]))
        try:
            yield
        finally:
            redis.execute_command("REPLICAOF", "NO", "ONE")


@contextlib.contextmanager
def silent(own):
    with frozen(redis_server(own)):
        yield


@contextlib.contextmanager
def gone(own):
    stop(redis_server(own))
    try:
        yield
    finally:
        own.up()


@contextlib.contextmanager
def wanting_a_password(own):
    """Connections of before keep working; those that are cut come back to a refusal."""
    redis = own.redis()
    redis.config_set("requirepass", "secret-of-the-test")
    redis.execute_command("AUTH", "secret-of-the-test")
    redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    try:
        yield
    finally:
        redis.config_set("requirepass", "")


TROUBLES = {"full": full, "replica": a_replica, "replica without data": a_replica_without_data, "silent": silent, "gone": gone,
            "wanting a password": wanting_a_password}


def wait_until_mended(own, new_user):
    """Bodies come from the cache and limits from Redis again, in every thread."""
    wait_for(lambda: all(own.client().get("/health").json["status"] == "healthy" for _ in range(20)), 30)
    user = new_user()
    read_until_cached(user.client, own.operator_client(), ME, count=10)
    wait_for(lambda: own.redis(1).keys(f"rl:*{user}"))
    # Local leftovers are forgotten: exactly q again.
    other = new_user()
    answers = race([(other.client, "POST", f"{ME}/heartbeat", {})] * 20)
    assert sorted(answer.status for answer in answers) == [200] * 12 + [429] * 8


@pytest.mark.parametrize("trouble", TROUBLES)
def test_every_endpoint_serves_and_afterwards_all_is_well(own, database, new_user, trouble):
    processes = (supervisor(own), workers(own))
    warm = new_user(first_name="old")
    assert_ok(warm.client.get(ME))
    requests = []
    for endpoint in ENDPOINTS:
        caller, other = caller_for(endpoint, own, database), new_user(**endpoint.other)
        headers = keys(own, endpoint.service) if endpoint.service else {}
        body = {"json": {"new_username": caller.username.upper()}} if endpoint.number == 4 else {}
        requests.append((endpoint, caller.client if not endpoint.service else own.client(), other, {"headers": headers, **body}))
    operator = own.operator_client()
    missing = total(operator, "redis_unavailable_total")
    with TROUBLES[trouble](own):
        failed = {str(endpoint): response.status for endpoint, client, other, options in requests
                  if (response := endpoint.send(client, other, **options)).status != 200}
        assert failed == {}
        assert total(operator, "redis_unavailable_total") > missing
        assert_ok(warm.client.patch(ME, json={"first_name": "new"}))
        for _ in range(4):
            assert assert_ok(warm.client.get(ME))["first_name"] == "new"
        answer = own.client().get("/health")
        assert answer.status == 200 and answer.json["status"] in ("healthy", "degraded")
        banned = new_user(status="banned")
        assert banned.client.get(ME).code == "USER_BANNED"
    for _ in range(4):
        assert assert_ok(warm.client.get(ME))["first_name"] == "new"
    wait_until_mended(own, new_user)
    assert (supervisor(own), workers(own)) == processes


@pytest.mark.parametrize("trouble", ["replica without data", "wanting a password"])
def test_health_says_degraded_when_redis_answers_refusals(own, new_user, trouble):
    with TROUBLES[trouble](own):
        wait_for(lambda: own.client().get("/health").json["status"] == "degraded")
        assert own.client().get("/health").status == 200
    wait_until_mended(own, new_user)


@pytest.mark.parametrize("command", [("FLUSHALL",), ("SCRIPT", "FLUSH"), ("FLUSHALL", "SCRIPT FLUSH"), ("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")],
                         ids=" ".join)
def test_emptied_or_cut_under_load(own, new_user, command):
    """NOSCRIPT and closed connections are handled inside the request."""
    users, stopped, statuses = [new_user() for _ in range(4)], threading.Event(), []

    def load(user):
        while not stopped.is_set():
            statuses.append(user.client.get(f"{ME}/verification").status)
            statuses.append(user.client.get(ME).status)

    threads = [threading.Thread(target=load, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    try:
        redis = own.redis()
        for _ in range(10):
            goal = len(statuses) + 12
            wait_for(lambda: len(statuses) >= goal)
            for one in ([part.split() for part in command] if command[0] == "FLUSHALL" else [command]):
                redis.execute_command(*one)
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    assert set(statuses) <= {200, 429} and statuses.count(200) > 100
    wait_until_mended(own, new_user)


def test_a_restart_forgets_limits_but_fails_nobody(own, new_user):
    user = new_user()
    for _ in range(3):
        assert_ok(user.client.get(ME))
    stop(redis_server(own))
    assert_ok(user.client.get(ME))
    own.up()
    assert_ok(user.client.get(ME))
    wait_until_mended(own, new_user)


def test_rubbish_under_every_key_fails_nobody(own, database, new_user):
    """Wrong types and broken values, for bodies, records and logs."""
    user = new_user(**PREMIUM)
    wait_until_carried_over(database, user)
    paths = [ME, f"{ME}/settings", f"{ME}/interests", f"{ME}/subscription", f"{ME}/verification", f"{ME}/profile-views"]
    for write in (lambda redis, key: redis.set(key, b"\xff\0rubbish"), lambda redis, key: redis.set(key, b""), lambda redis, key: redis.lpush(key, "x"),
                  lambda redis, key: redis.hset(key, "a", "b"), lambda redis, key: redis.set(key, b"v1 active 0 premium 99999999999999999999 - 0 0")):
        for path in paths:
            assert_ok(user.client.get(path))
        # Bodies are kept after their answer: nobody else may write the keys now.
        wait_until_quiet(own.operator_client())
        for redis in (own.redis(0), own.redis(1)):
            for key in redis.keys(f"*{user}*"):
                redis.delete(key)
                write(redis, key)
        for path in paths:
            assert assert_ok(user.client.get(path)) is not None
    assert hits(own.operator_client()) > 0
