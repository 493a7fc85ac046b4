"""The budget of calls: one round trip to Redis and none to PostgreSQL for a cached request, one to PostgreSQL at most for any other."""

import contextlib
import select
import socket
import threading
import urllib.parse

import pytest

from asserts import ME, assert_ok, hits, samples, wait_until_carried_over, wait_until_quiet
from endpoints import ENDPOINTS, USERS, caller_for, keys
from processes import private_stack, reload
from stack import make_user
from waiting import wait_for

CACHED = [ME, f"{ME}/interests", f"{ME}/settings"]


class RedisProxy:
    """Stands between the service and Redis; notes each burst of commands that follows an answer: one burst, one round trip."""

    def __init__(self, host, port):
        self.target, self.bursts, self.lock = (host, port), [], threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.server.accept()
                threading.Thread(target=self.relay, args=[client], daemon=True).start()

    def relay(self, client):
        with client, socket.create_connection(self.target) as server, contextlib.suppress(OSError):
            asking = False
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    with self.lock:
                        if source is client and asking:
                            self.bursts[-1] = (self.bursts[-1][0], self.bursts[-1][1] + data) if self.bursts[-1][0] is client else self.bursts[-1]
                        elif source is client:
                            self.bursts.append((client, data))
                    asking = source is client
                    (server if source is client else client).sendall(data)

    def trips(self, text):
        """Round trips that were about the text, since the last call."""
        with self.lock:
            seen, self.bursts = self.bursts, []
        return [data for _, data in seen if str(text).encode() in data]


@pytest.fixture(scope="module")
def own():
    with private_stack(RATE_LIMIT_ENABLED="true") as stack:
        yield stack


@pytest.fixture(scope="module")
def proxy(own):
    url = urllib.parse.urlsplit(own.env["REDIS_URL"])
    proxy = RedisProxy(url.hostname, url.port)
    reload(own, REDIS_URL=f"redis://127.0.0.1:{proxy.port}")
    yield proxy
    reload(own, REDIS_URL=own.env["REDIS_URL"])
    proxy.server.close()


@pytest.fixture
def database(own):
    with own.database() as connection:
        yield connection


def calls(operator):
    """Calls of functions that requests make; the change feed and the probes of /health are not of them."""
    counts = {name: value for name, value in samples(operator).items() if name.startswith("db_query_duration_seconds_count")}
    return sum(value for name, value in counts.items() if not any(other in name for other in ("ping", "_changes", "queue_stats")))


def read_hit(user, own, path, **options):
    """A read that certainly came from the cache."""
    before = hits(own.operator_client())
    response = user.client.get(path, **options)
    return response if hits(own.operator_client()) == before + 1 else None


@pytest.mark.parametrize("path", CACHED)
def test_a_cached_read_is_one_round_trip_and_no_query(own, proxy, database, path):
    user, operator = make_user(own, database), own.operator_client()
    wait_until_carried_over(database, user)
    wait_for(lambda: read_hit(user, own, path))
    tag = user.client.get(path).header("ETag")

    def measured(**options):
        """Status, queries and round trips of a hit; nothing of a miss, as there is one when the feed was late."""
        wait_until_quiet(operator)
        proxy.trips(user)
        queries = calls(operator)
        response = read_hit(user, own, path, **options)
        wait_until_quiet(operator)
        return response and (response.status, calls(operator) - queries, len(proxy.trips(user)))

    for options in ({}, {"headers": {"If-None-Match": tag}}) * 3:
        assert wait_for(lambda options=options: measured(**options)) == (304 if options else 200, 0, 1)


def test_a_cached_read_that_is_refused_by_the_limit_asks_nobody_else(own, proxy, database):
    user, operator = make_user(own, database), own.operator_client()
    wait_until_carried_over(database, user)
    while user.client.get(ME).status == 200:
        pass

    def measured():
        wait_until_quiet(operator)
        proxy.trips(user)
        queries = calls(operator)
        assert user.client.get(ME).status == 429
        return calls(operator) - queries, len(proxy.trips(user))

    # When the feed was late the record is not believed, and the database asked.
    wait_for(lambda: measured() == (0, 1))


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_any_request_is_one_query_at_most(own, proxy, database, endpoint):
    """Deletion needs two: the hash, then the deletion. An earlier request made the authorization record, or none did."""
    operator = own.operator_client()
    for warm in (False, True):
        caller, other = caller_for(endpoint, own, database), make_user(own, database, **endpoint.other)
        options = {"headers": keys(own, endpoint.service)} if endpoint.service else {}
        if endpoint.number == 4:
            options["json"] = {"new_username": caller.username.upper()}
        if warm:
            assert_ok(caller.client.get(f"{USERS}/me/verification"))
        wait_until_quiet(operator)
        queries = calls(operator)
        assert_ok(endpoint.send(own.client() if endpoint.service else caller.client, other, **options))
        wait_until_quiet(operator)
        assert calls(operator) - queries == (2 if endpoint.number == 5 else 1)


def test_a_bad_body_costs_one_query_at_most(own, proxy, database):
    user, operator = make_user(own, database), own.operator_client()
    wait_until_quiet(operator)
    queries = calls(operator)
    assert user.client.patch(ME, json={"nonsense": 1}).status == 422
    wait_until_quiet(operator)
    assert calls(operator) - queries <= 1


def test_no_redis_command_walks_the_keys(own, proxy, database):
    user = make_user(own, database)
    own.redis().config_resetstat()
    for path in CACHED:
        assert_ok(user.client.get(path))
        assert_ok(user.client.get(path))
    assert_ok(user.client.patch(ME, json={"first_name": "new"}))
    used = set(own.redis().info("commandstats"))
    assert used and not used & {f"cmdstat_{name}" for name in ("keys", "scan", "flushdb", "monitor", "smembers", "hgetall")}
