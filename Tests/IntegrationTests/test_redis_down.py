"""Without Redis everything is still served, health says so, and nothing old comes back with it."""

import contextlib
import signal

import pytest

from asserts import INTERESTS, ME, USER_REQUESTS, assert_ok, race, read_until_cached, tags
from processes import frozen, private_stack, redis_server, stop, supervisor, workers
from stack import make_user
from waiting import wait_for


@pytest.fixture(scope="module")
def own():
    with private_stack() as stack:
        yield stack


@pytest.fixture
def new_user(own):
    with own.database() as connection:
        yield lambda **columns: make_user(own, connection, **columns)


@pytest.fixture(params=["stopped", "frozen"])
def without_redis(own, request):
    """Gives a context manager: Redis is gone, or there and silent; afterwards it is back and every thread knows."""
    @contextlib.contextmanager
    def down():
        server = redis_server(own)
        if request.param == "frozen":
            with frozen(server):
                yield
        else:
            stop(server)
            try:
                yield
            finally:
                own.up()
        wait_until_healthy(own)

    return down


def health(stack):
    return stack.client().get("/health")


def wait_until_healthy(stack):
    """Each thread has its own connection, and its own pause before it tries again: twenty answers in a row."""
    wait_for(lambda: all(health(stack).json["status"] == "healthy" for _ in range(20)), 20)


def test_reads_and_writes_are_served(own, new_user, without_redis):
    user, other = new_user(), new_user()
    before = (supervisor(own), workers(own))
    with without_redis():
        for method, path, body in USER_REQUESTS:
            assert_ok(user.client.request(method, path.format(other=other), json=body))
        assert user.client.get(ME).json["first_name"] == "Ada"
        assert user.client.get(INTERESTS).json == {"interests": [], "count": 0}
        assert user.client.get("/api/v1/users/x").status == 422
        assert own.client().get(ME).status == 401
    assert (supervisor(own), workers(own)) == before


def test_health_is_degraded_and_200_and_recovers(own, without_redis):
    assert health(own).json["status"] == "healthy"
    with without_redis():
        for path in ("/health", "/health/ready"):
            response = own.client().get(path)
            assert response.status == 200
            assert response.json["status"] == "degraded"
            assert {name: state == "ok" for name, state in response.json["checks"].items()} == \
                {"api": True, "database": True, "cache": False}
        assert own.client().get("/health/live").status == 200
    assert health(own).json["checks"] == {"api": "ok", "database": "ok", "cache": "ok"}


def test_bodies_are_cached_again_afterwards(own, new_user, without_redis):
    user = new_user()
    with without_redis():
        assert_ok(user.client.get(ME))
    read_until_cached(user.client, own.operator_client(), ME, count=10)


def test_a_write_during_the_outage_is_seen_after_it(own, new_user, without_redis):
    """Redis comes back with the body from before the write."""
    user = new_user(first_name="old")
    assert user.client.get(ME).json["first_name"] == "old"
    assert_ok(user.client.get(INTERESTS))
    with without_redis():
        assert_ok(user.client.patch(ME, json={"first_name": "new"}))
        assert_ok(user.client.put(INTERESTS, json={"interests": [{"tag": "new"}]}))
        assert user.client.get(ME).json["first_name"] == "new"

    def is_new(document):
        assert document.get("first_name", "new") == "new" and tags(document) == ["new"]

    for path in (ME, INTERESTS):
        read_until_cached(user.client, own.operator_client(), path, is_new, count=10)


def test_many_clients_at_once_during_the_outage(own, new_user, without_redis):
    users = [new_user() for _ in range(24)]
    with without_redis():
        for user, answer in zip(users, race([(user.client, "GET", ME, {}) for user in users])):
            assert assert_ok(answer)["user_id"] == user.user_id


def test_redis_that_was_killed_is_no_different(own, new_user):
    user = new_user()
    stop(redis_server(own), signal.SIGKILL)
    assert_ok(user.client.get(ME))
    assert health(own).json["status"] == "degraded"
    own.up()
    wait_until_healthy(own)
