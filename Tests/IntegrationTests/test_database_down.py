"""Without PostgreSQL: 503 that says when to come back, health that does not hang, and full service by itself afterwards."""

import contextlib
import signal
import socket
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest

from asserts import INTERESTS, ME, USER_REQUESTS, assert_error, assert_ok, race, read_until_cached, wait_until_carried_over
from processes import PATIENCE, children, frozen, is_gone, postmaster, private_stack, reload, stop, supervisor, workers
from stack import make_user, read_env
from waiting import wait_for


@pytest.fixture(scope="module")
def own():
    # With the service's own deadlines: they are what is tested.
    with private_stack({**PATIENCE, "UPA_STATEMENT_TIMEOUT_MS": None, "UPA_REQUEST_DEADLINE_MS": None}) as stack:
        yield stack


@pytest.fixture
def new_user(own):
    with own.database() as connection:
        users = [make_user(own, connection) for _ in range(3)]
        wait_until_carried_over(connection, *users)
    return users.pop


@pytest.fixture(params=["stopped", "frozen"])
def without_database(own, request):
    @contextlib.contextmanager
    def down():
        server = postmaster(own)
        if request.param == "frozen":
            # Connections are still accepted, by the kernel; nobody answers.
            with frozen(server, *children(server)):
                yield
        else:
            stop(server, signal.SIGINT)
            try:
                yield
            finally:
                own.up()

    yield down
    # A worker that was refused or left waiting at the very end is careful for a moment longer: not the next test's business.
    wait_for(lambda: all(own.client().get("/health").json["status"] == "healthy" for _ in range(20)))


def assert_unavailable(response):
    assert_error(response, 503, "SERVICE_UNAVAILABLE")
    assert int(response.header("Retry-After")) > 0


def test_everything_that_needs_it_is_503_and_comes_back(own, new_user, without_database):
    user, other = new_user(), new_user()
    before = (supervisor(own), workers(own))
    with without_database():
        requests = [(user.client, method, path.format(other=other), {"json": body}) for method, path, body in USER_REQUESTS]
        for answer in race(requests):
            assert_unavailable(answer)
    wait_for(lambda: all(user.client.patch(ME, json={}).status == 200 for _ in range(20)))
    for method, path, body in USER_REQUESTS * 2:
        assert_ok(user.client.request(method, path.format(other=other), json=body))
    # By itself: nobody was restarted.
    assert (supervisor(own), workers(own)) == before


def test_health_is_503_and_does_not_hang(own, without_database):
    client = own.client()
    with without_database():
        for path in ("/health", "/health/ready"):
            response = client.get(path)
            assert response.status == 503
            document = response.json
            assert document["status"] == "unhealthy"
            assert {name: state == "ok" for name, state in document["checks"].items()} == \
                {"api": True, "database": False, "cache": True}
        assert client.get("/health/live").status == 200
        assert client.get("/").status == 200
        assert own.operator_client().get("/metrics").status == 200
    # Each worker finds out for itself.
    wait_for(lambda: all(client.get("/health").json["status"] == "healthy" for _ in range(20)))


def test_the_own_profile_is_still_answered_from_a_fresh_body(own, new_user, without_database):
    user, stranger = new_user(), new_user()
    read_until_cached(user.client, own.operator_client(), ME)
    body = user.client.get(ME).body
    with without_database():
        response = user.client.get(ME)
        assert (response.status, response.body) == (200, body)
        # Errors that need no database stay what they are.
        assert own.client().get(ME).status == 401
        assert own.client().get("/nothing").status == 404
        assert_unavailable(stranger.client.get(ME))
    wait_for(lambda: stranger.client.get(ME).status == 200)


def test_connections_lost_while_idle_are_nobodys_business(own, new_user):
    """All pooled connections die at once, as in a failover: one is looked at before it is used, for writes too."""
    user, other = new_user(), new_user()
    with own.database() as connection:
        for method, path, body in USER_REQUESTS:
            backends = [pid for pid, in connection.execute("select pid from pg_stat_activity where usename = 'userprofile_api'")]
            for pid in backends:
                connection.execute("select pg_terminate_backend(%s)", [pid])
            wait_for(lambda: all(map(is_gone, backends)))
            assert_ok(user.client.request(method, path.format(other=other), json=body))


def test_a_statement_that_takes_too_long_is_503(own, new_user):
    user = new_user()
    with own.database() as connection:
        connection.execute("begin")
        connection.execute("lock table activity.user_interests in access exclusive mode")
        assert_unavailable(user.client.post(INTERESTS, json={"tag": "chess"}))
        connection.execute("rollback")
        assert_ok(user.client.post(INTERESTS, json={"tag": "chess"}))
        # The statement that was given up did not go on behind our back, nor does it hold anything. (The change feed is never idle for long.)
        assert connection.execute("select count(*) from pg_locks l join pg_stat_activity a using (pid) where a.usename = 'userprofile_api' "
                                  "and a.application_name = 'userprofile-api' and a.state <> 'idle'").fetchone()[0] == 0


def test_a_client_of_every_kind_is_told_apart_from_an_unknown_user(own, new_user, without_database):
    """An outage is never taken for a missing account."""
    absent = own.client(own.token("01900000-0000-7000-8000-0000000fffff"))
    with without_database():
        assert_unavailable(absent.get(INTERESTS))
    wait_for(lambda: absent.get(INTERESTS).status == 401)


def test_a_silent_first_server_is_passed_over(own, new_user):
    """Its kernel takes connections, nobody answers them: as after a fault that no failover manager has cleared up."""
    user = new_user()
    url = urlsplit(read_env(own.env["SERVICE_ENV_FILE"])["DATABASE_URL"])
    query = parse_qs(url.query)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = urlencode({**query, "host": f"127.0.0.1,{query['host'][0]}", "port": f"{silent.getsockname()[1]},{query['port'][0]}"}, doseq=True)
        reload(own, DATABASE_URL=urlunsplit(url._replace(query=hosts)))
        try:
            assert_ok(user.client.patch(ME, json={"first_name": "Ada"}))
            # Both workers, request threads and change feed: nothing cached is trusted without it.
            read_until_cached(user.client, own.operator_client(), ME, count=4)
        finally:
            reload(own, DATABASE_URL=urlunsplit(url))
