"""Redis behind Sentinel: the master dies, another takes over, and limits and cache work there without a restart."""

import pytest

from asserts import ME, assert_error, assert_ok, read_until_cached
from processes import private_stack, supervisor, workers
from sentinels import Sentinels
from service import ready_workers
from stack import make_user
from waiting import wait_for

LIMIT = 100  # GET /users/me a minute
HEARTBEATS = 12  # an hour: a failover may outlast a minute


@pytest.fixture
def redis():
    group = Sentinels()
    try:
        group.start()
        yield group
    finally:
        group.stop()


@pytest.fixture(scope="module")
def plain():
    with private_stack(UPA_WORKERS="2", RATE_LIMIT_ENABLED="true") as stack:
        yield stack


@pytest.fixture
def own(plain, redis):
    before = plain.env["REDIS_URL"]
    plain.reload(REDIS_URL=redis.url)
    ready_workers(plain, 2)
    wait_until_healthy(plain)
    yield plain
    plain.reload(REDIS_URL=before)


@pytest.fixture
def new_user(own):
    with own.database() as connection:
        yield lambda: make_user(own, connection)


def wait_until_healthy(stack):
    """Each thread has its own connection, and its own pause before it tries again."""
    wait_for(lambda: all(stack.client().get("/health").json["status"] == "healthy" for _ in range(20)), 60)


def assert_limited_and_cached(stack, redis, user):
    """The limit's state and the bodies are in the master's two databases."""
    read_until_cached(user.client, stack.operator_client(), ME, count=3)
    master = redis.master()
    assert redis.client(master, 0).keys(f"*{user.user_id}*")
    assert redis.client(master, 1).keys(f"*{user.user_id}*")
    statuses = [user.client.get(ME).status for _ in range(LIMIT + 1)]
    assert statuses[-1] == 429 and set(statuses) == {200, 429}
    assert_error(user.client.get(ME), 429, "RATE_LIMIT_EXCEEDED")


def heartbeats(user, count):
    return [user.client.post(f"{ME}/heartbeat").status for _ in range(count)]


def test_the_master_is_found_through_the_sentinels(own, redis, new_user):
    assert_limited_and_cached(own, redis, new_user())


def test_after_a_failover_limits_and_cache_work_on_the_new_master(own, redis, new_user):
    user, spent = new_user(), new_user()
    pids, boss = workers(own), supervisor(own)
    assert_limited_and_cached(own, redis, spent)
    assert heartbeats(spent, HEARTBEATS + 1) == [200] * HEARTBEATS + [429]
    # The replica has what was spent.
    offset = redis.client(redis.first).info("replication")["master_repl_offset"]
    wait_for(lambda: redis.client(redis.second).info("replication")["slave_repl_offset"] >= offset)
    new = redis.fail_over()
    assert new == redis.second
    # Served all the while; then with Redis again.
    assert_ok(user.client.get(ME))
    wait_until_healthy(own)
    assert_limited_and_cached(own, redis, new_user())
    assert heartbeats(spent, 1) == [429]
    assert (workers(own), supervisor(own)) == (pids, boss)


def test_a_write_during_the_failover_is_seen_after_it(own, redis, new_user):
    user = new_user()
    read_until_cached(user.client, own.operator_client(), ME)
    redis.kill(redis.first)
    assert_ok(user.client.patch(ME, json={"first_name": "new"}))
    assert assert_ok(user.client.get(ME))["first_name"] == "new"
    wait_for(lambda: redis.master() == redis.second, 120)
    wait_until_healthy(own)

    def is_new(document):
        assert document["first_name"] == "new"

    read_until_cached(user.client, own.operator_client(), ME, is_new, count=3)


def test_one_sentinel_less_is_no_matter(own, redis, new_user):
    """The first of the list is gone when the master changes: the next one is asked."""
    redis.kill(redis.sentinels[0])
    redis.fail_over()
    wait_until_healthy(own)
    assert_limited_and_cached(own, redis, new_user())


def test_the_old_master_that_comes_back_is_not_written_to(own, redis, new_user):
    old = redis.first
    redis.fail_over()
    redis.run(old, "appendonly yes\nsave \"\"\n")
    wait_for(lambda: redis.client(old).info("replication")["role"] == "slave", 60)
    wait_until_healthy(own)
    assert_limited_and_cached(own, redis, new_user())
