"""Limits: exactly q in any window, over all workers, by user or service; what is refused does not count."""

import re
import struct
import uuid

import pytest

from asserts import ME, assert_error, assert_ok, race
from endpoints import ENDPOINTS, caller_for, keys
from processes import is_gone, private_stack, redis_server, stop, workers
from stack import make_user
from waiting import wait_for

HEARTBEAT = ("POST", f"{ME}/heartbeat")
USERNAME = ("PATCH", f"{ME}/username")
QUOTAS = {1: (100, 60), 2: (100, 60), 3: (20, 60), 4: (3, 3600), 5: (1, 3600), 6: (10, 3600), 7: (20, 3600), 8: (20, 3600), 9: (100, 60), 10: (10, 60),
          11: (30, 60), 12: (30, 60), 13: (100, 60), 14: (20, 60), 15: (100, 60), 16: (10, 60), 17: (10, 60), 18: (10, 60), 19: (100, 60),
          20: (1000, 60), 21: (1000, 60), 22: (1000, 60), 23: (30, 60), 24: (12, 3600), 25: (100, 60), 26: (100, 60), 27: (10, 60), 28: (10, 60),
          29: (2, 86400), 30: (30, 60), 31: (1000, 60)}
POLICY = re.compile(r'"([a-z0-9-]+)";q=(\d+);w=(\d+)')
STATUS = re.compile(r'"([a-z0-9-]+)";r=(\d+);t=(\d+)')


def entries(limits, subject):
    """How many requests each log of the user or service holds: eight bytes each."""
    lengths = {key: limits.strlen(key) for key in limits.keys(f"rl:*{subject}")}
    assert all(length % 8 == 0 for length in lengths.values()), lengths
    return {key.decode(): length // 8 for key, length in lengths.items()}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_headers_on_success(endpoint, stack, owner):
    q, w = QUOTAS[endpoint.number]
    user, other = caller_for(endpoint, stack, owner), make_user(stack, owner, **endpoint.other)
    options = {"headers": keys(stack, endpoint.service)} if endpoint.service else {}
    if endpoint.number == 4:
        options["json"] = {"new_username": f"u_{uuid.uuid4().hex[:12]}"}
    response = endpoint.send(user.client if not endpoint.service else stack.client(), other, **options)
    assert_ok(response)
    name, quota, window = POLICY.fullmatch(response.header("RateLimit-Policy")).groups()
    again, remaining, reset = STATUS.fullmatch(response.header("RateLimit")).groups()
    assert (int(quota), int(window)) == (q, w) and name == again
    assert int(remaining) == q - 1 or (endpoint.service and int(remaining) < q)
    assert 0 < int(reset) <= w
    assert response.header("Retry-After") is None


def test_every_limit_has_a_name_of_its_own(stack, owner):
    names = set()
    for endpoint in ENDPOINTS:
        if not endpoint.service:
            response = endpoint.send(caller_for(endpoint, stack, owner).client, uuid.uuid4())
            names.add(POLICY.fullmatch(response.header("RateLimit-Policy"))[1])
    assert len(names) == len([one for one in ENDPOINTS if not one.service])


@pytest.mark.parametrize("method, path, q, text, threads", [(*HEARTBEAT, 12, "12/hour", 30), (*USERNAME, 3, "3/hour", 20),
                                                            ("GET", f"{ME}/export", 2, "2/day", 16)])
def test_exactly_q_of_many_at_once_are_let_in(user, limits, owner, method, path, q, text, threads):
    body = {"json": {"new_username": user.username}} if method == "PATCH" else {}
    answers = race([(user.client, method, path, body)] * threads)
    assert sorted(answer.status for answer in answers) == [200] * q + [429] * (threads - q)
    assert sorted(int(STATUS.fullmatch(answer.header("RateLimit"))[2]) for answer in answers if answer.status == 200) == list(range(q))
    for answer in answers:
        if answer.status == 429:
            retry = int(answer.header("Retry-After"))
            assert_error(answer, 429, "RATE_LIMIT_EXCEEDED", limit=text, endpoint=f"{method} {path}", retry_after=retry)
            assert retry > 0 and STATUS.fullmatch(answer.header("RateLimit"))[2] == "0" and POLICY.fullmatch(answer.header("RateLimit-Policy"))
    # Refused ones left no trace.
    assert list(entries(limits, user).values()) == [q]


def test_the_window_slides(user, limits):
    """When the oldest entry has left the window, one more is let in, not twelve."""
    for _ in range(12):
        assert_ok(user.client.request(*HEARTBEAT))
    key, = limits.keys(f"rl:*{user}")
    log = list(struct.unpack(">12d", limits.get(key)))
    assert log == sorted(log)
    log[0] -= 3600e6
    limits.set(key, struct.pack(">12d", *log), px=3600000)
    assert [user.client.request(*HEARTBEAT).status for _ in range(3)] == [200, 429, 429]
    assert limits.strlen(key) == 96 and 0 < limits.pttl(key) <= 2 * 3600000


def test_a_limit_is_a_users_not_an_address_s(new_user):
    """All users behind a proxy shared one bucket; a new X-Forwarded-For was a new one."""
    first, second = new_user(), new_user()
    for number in range(3):
        assert_ok(first.client.request(*USERNAME, json={"new_username": first.username}, headers={"X-Forwarded-For": f"203.0.113.{number}"}))
    for headers in ({"X-Forwarded-For": "203.0.113.9"}, {"X-Real-IP": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}):
        assert first.client.request(*USERNAME, json={"new_username": first.username}, headers=headers).status == 429
    assert_ok(second.client.request(*USERNAME, json={"new_username": second.username}))


def test_all_tokens_of_a_user_share_it(user, stack):
    clients = [stack.client(stack.token(user.user_id, ttl=600 + n)) for n in range(4)]
    assert [client.request(*USERNAME, json={"new_username": user.username}).status for client in clients] == [200, 200, 200, 429]


def test_routes_do_not_share(user):
    for _ in range(3):
        assert_ok(user.client.request(*USERNAME, json={"new_username": user.username}))
    assert_ok(user.client.get(ME))
    assert_ok(user.client.patch(ME, json={}))


@pytest.mark.parametrize("options, status", [({"json": {"x": 1}}, 422), ({"body": b"{", "headers": {"Content-Type": "application/json"}}, 400),
                                             ({"body": b"x", "headers": {"Content-Type": "text/plain"}}, 415)])
def test_the_limit_comes_before_the_body(user, options, status):
    """A bad body counts, and behind the limit nobody looks at it."""
    assert [user.client.request(*USERNAME, **options).status for _ in range(4)] == [status] * 3 + [429]


def test_the_limit_comes_before_the_role(user, new_user):
    other = new_user()
    statuses = [user.client.delete(f"/api/v1/admin/users/{other}/ban").status for _ in range(11)]
    assert statuses == [403] * 10 + [429]


def test_a_bad_token_or_state_does_not_count(stack, limits, new_user):
    user = new_user(status="banned")
    for _ in range(4):
        assert_error(user.client.request(*USERNAME, json={"new_username": "abcde"}), 403, "USER_BANNED")
    assert_error(stack.client(stack.token(user.user_id, secret="x" * 40)).request(*USERNAME, json={}), 401, "AUTH_TOKEN_INVALID")


@pytest.mark.parametrize("service", ["participation", "activities"])
def test_services_have_one_bucket_each(service, stack, api, new_user, limits):
    endpoint = next(one for one in ENDPOINTS if one.may == service)
    limits.delete(*limits.keys(f"rl:*{service}"), "rl:none")
    for _ in range(3):
        assert_ok(endpoint.send(api, new_user(), headers=keys(stack, service)))
    assert list(entries(limits, service).values()) == [3]


# --- on a stack of their own ---

@pytest.fixture(scope="module")
def own():
    with private_stack(RATE_LIMIT_ENABLED="true") as stack:
        yield stack


@pytest.fixture
def mine(own):
    with own.database() as connection:
        yield lambda: make_user(own, connection)


def test_without_redis_a_local_limit_holds(own, mine):
    """Each worker grants its share; never more than q, and not nothing."""
    user = mine()
    stop(redis_server(own))
    try:
        answers = race([(user.client, *HEARTBEAT, {})] * 30)
        granted = [answer for answer in answers if answer.status == 200]
        assert 12 // max(1, len(workers(own))) <= len(granted) <= 12
        for answer in answers:
            if answer.status != 200:
                assert_error(answer, 429, "RATE_LIMIT_EXCEEDED", limit="12/hour")
                assert int(answer.header("Retry-After")) > 0
    finally:
        own.up()


def test_switched_off_nothing_is_counted(own, mine):
    wait_for(lambda: own.client().get("/health").json["status"] == "healthy")
    before = workers(own)
    own.reload(RATE_LIMIT_ENABLED="false")
    try:
        wait_for(lambda: all(is_gone(pid) for pid in before), 40)
        user = mine()
        answers = race([(user.client, *HEARTBEAT, {})] * 20)
        assert [answer.status for answer in answers] == [200] * 20
        assert answers[0].header("RateLimit") is None and answers[0].header("RateLimit-Policy") is None
        assert own.redis(1).keys(f"rl:*{user}") == []
    finally:
        own.reload(RATE_LIMIT_ENABLED="true")
