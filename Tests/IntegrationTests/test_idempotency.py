"""Idempotency-Key: a repeated request has one effect and one answer, whoever dies in between."""

import os
import signal
import uuid
from datetime import datetime, timedelta, timezone

import pytest

from asserts import assert_error, assert_ok, in_background, locked, race, wait_for_clock, wait_until_blocked
from endpoints import CLUB, ENDPOINT, keys, one, outbox, stored
from processes import workers

NUMBERS = (16, 20, 21, 22, 31)
EFFECT = {16: "subscription_level", 20: "verification_count", 21: "no_show_count", 22: "activities_created_count", 31: "subscription_level"}
OTHER = {16: CLUB, 22: {"created_delta": 3, "attended_delta": 3}, 31: CLUB}


class Case:
    """An endpoint's request of a caller who may: `send(key)`."""

    def __init__(self, number, stack, new_user):
        self.endpoint, self.stack, self.new_user = ENDPOINT[number], stack, new_user
        self.user = new_user(roles=["admin"] if number == 16 else [])
        self.client = self.user.client if number == 16 else stack.client()
        self.headers = keys(stack, self.endpoint.service) if self.endpoint.service else {}

    def options(self, key, body=...):
        body = self.endpoint.body if body is ... else body
        return {"headers": {**self.headers, "Idempotency-Key": key}, **({"json": body} if body is not None else {})}

    def send(self, key, body=..., target=None):
        path = self.endpoint.path.replace("{user_id}", str(target or self.user))
        return self.client.request(self.endpoint.method, path, **self.options(key, body))

    def request(self, key):
        return (self.client, self.endpoint.method, self.endpoint.path.replace("{user_id}", str(self.user)), self.options(key))

    def effect(self, owner):
        return stored(owner, self.user, EFFECT[self.endpoint.number], "updated_at")


@pytest.fixture
def key():
    return str(uuid.uuid4())


@pytest.fixture(params=NUMBERS)
def case(request, stack, new_user):
    return Case(request.param, stack, new_user)


def test_a_repeated_request_is_answered_again_without_an_effect(case, owner, key):
    first = case.send(key)
    assert_ok(first)
    assert first.header("Idempotent-Replayed") is None
    effect, mails = case.effect(owner), len(outbox(owner, case.user))
    for _ in range(3):
        again = case.send(key)
        assert (again.status, again.body, again.header("Idempotent-Replayed")) == (200, first.body, "true")
    assert case.effect(owner) == effect and len(outbox(owner, case.user)) == mails


@pytest.mark.parametrize("number", NUMBERS)
def test_another_body_under_the_key_is_422(number, stack, new_user, owner, key):
    case = Case(number, stack, new_user)
    assert_ok(case.send(key))
    effect = case.effect(owner)
    response = case.send(key, OTHER.get(number, {"other": 1}))
    error = assert_error(response, 422, "IDEMPOTENCY_KEY_REUSED")
    assert error["message"] and case.effect(owner) == effect


def test_the_same_key_at_once_has_one_effect(case, owner, key):
    answers = race([case.request(key)] * 9)
    done = [answer for answer in answers if answer.status == 200]
    assert done and all(answer.body == done[0].body for answer in done)
    assert [answer.header("Idempotent-Replayed") for answer in done].count(None) == 1
    for answer in answers:
        if answer.status != 200:
            assert_error(answer, 409, "IDEMPOTENCY_IN_PROGRESS")
    value = case.effect(owner)[0]
    assert value in (1, "premium"), value
    assert case.send(key).header("Idempotent-Replayed") == "true"


def test_another_path_is_another_scope(case, stack, new_user, owner, key):
    assert_ok(case.send(key))
    if case.endpoint.number == 16:
        other = Case(16, stack, new_user)
        response = other.send(key)
        assert other.effect(owner)[0] == "premium"
    else:
        other = new_user()
        response = case.send(key, target=other)
        assert stored(owner, other, EFFECT[case.endpoint.number]) in (1, "premium")
    assert response.status == 200 and response.header("Idempotent-Replayed") is None


def test_a_deterministic_refusal_is_replayed(stack, new_user, owner, key):
    case = Case(22, stack, new_user)
    body = {"created_delta": -1, "attended_delta": 0}
    first = case.send(key, body)
    assert_error(first, 400, "RESOURCE_LIMIT_EXCEEDED")
    assert_ok(case.send(str(uuid.uuid4())))
    again = case.send(key, body)
    assert (again.status, again.body, again.header("Idempotent-Replayed")) == (400, first.body, "true")
    assert stored(owner, case.user, "activities_created_count") == 1


def test_a_404_is_replayed_too(stack, new_user, owner, key):
    case = Case(20, stack, new_user)
    gone = str(uuid.uuid4())
    first = case.send(key, target=gone)
    assert_error(first, 404, "RESOURCE_NOT_FOUND")
    owner.execute("insert into activity.users (user_id, email, username, password_hash) values (%s, %s, %s, '!')", [gone, gone, gone])
    again = case.send(key, target=gone)
    assert (again.status, again.body, again.header("Idempotent-Replayed")) == (404, first.body, "true")


def test_a_counter_at_its_end_is_a_refusal_like_others(stack, new_user, owner, key):
    case = Case(22, stack, new_user)
    owner.execute("update activity.users set activities_created_count = 2147483647 where user_id = %s", [case.user.user_id])
    first = case.send(key)
    assert_error(first, 400, "RESOURCE_LIMIT_EXCEEDED", limit=2147483647)
    owner.execute("update activity.users set activities_created_count = 0 where user_id = %s", [case.user.user_id])
    again = case.send(key)
    assert (again.status, again.body, again.header("Idempotent-Replayed")) == (400, first.body, "true")


@pytest.mark.parametrize("number", [16, 31])
def test_a_retry_may_come_after_the_expiry_it_asks_for(number, stack, new_user, owner, key):
    case = Case(number, stack, new_user)
    soon = datetime.now(timezone.utc) + timedelta(seconds=3)
    body = {"subscription_level": "premium", "subscription_expires_at": soon.isoformat()}
    first = case.send(key, body)
    assert_ok(first)
    wait_for_clock(owner, soon)
    again = case.send(key, body)
    assert (again.status, again.body, again.header("Idempotent-Replayed")) == (200, first.body, "true")
    # Under another key it is what it is: late.
    assert_error(case.send(str(uuid.uuid4()), body), 422, "VALIDATION_INVALID_VALUE", field="subscription_expires_at")


def test_a_path_written_otherwise_is_the_same_scope(stack, new_user, owner, key):
    case = Case(20, stack, new_user)
    first = case.send(key)
    again = case.send(key, target=str(case.user).upper())
    assert (again.status, again.body, again.header("Idempotent-Replayed")) == (200, first.body, "true")
    assert stored(owner, case.user, "verification_count") == 1


def test_401_and_403_are_never_stored(stack, new_user, owner, key):
    case = Case(20, stack, new_user)
    allowed = case.headers
    for headers, status in (({}, 401), ({"X-Service-API-Key": "wrong"}, 401), (keys(stack, "payment"), 403)):
        case.headers = headers
        assert case.send(key).status == status
    case.headers = allowed
    response = case.send(key)
    assert response.status == 200 and response.header("Idempotent-Replayed") is None


def test_permission_is_checked_before_a_replay(stack, new_user, owner, key):
    case = Case(16, stack, new_user)
    assert_ok(case.send(key))
    owner.execute("update activity.users set roles = '[]' where user_id = %s", [case.user.user_id])
    assert_error(case.send(key), 403, "AUTH_INSUFFICIENT_PERMISSIONS")
    owner.execute("update activity.users set roles = '[\"admin\"]', status = 'banned' where user_id = %s", [case.user.user_id])
    assert_error(case.send(key), 403, "USER_BANNED")


def test_a_429_is_not_stored(stack, new_user, owner, limits, key):
    case = Case(16, stack, new_user)
    for _ in range(10):
        assert_ok(case.send(str(uuid.uuid4())))
    assert_error(case.send(key, CLUB), 429, "RATE_LIMIT_EXCEEDED")
    limits.delete(*limits.keys(f"rl:*{case.user}"))
    response = case.send(key, CLUB)
    assert assert_ok(response)["subscription_level"] == "club" and response.header("Idempotent-Replayed") is None


def test_a_422_of_the_body_may_be_mended_under_the_same_key(stack, new_user, key):
    """Nothing had begun."""
    case = Case(22, stack, new_user)
    assert case.send(key, {"created_delta": "x"}).status == 422
    response = case.send(key)
    assert response.status in (200, 422)
    assert response.status == 200 or response.code == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize("value", ["x" * 256, "two words", "é", "tab\there"])
def test_what_is_no_key_is_422(case, owner, value):
    effect = case.effect(owner)
    response = case.send(value.encode())
    assert_error(response, 422, "VALIDATION_INVALID_FORMAT", field="Idempotency-Key")
    assert case.effect(owner) == effect


@pytest.mark.parametrize("value", ["x", "x" * 255, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"])
def test_every_visible_character_counts(case, value):
    value = (value + uuid.uuid4().hex)[-max(len(value), 40):][:255]
    assert_ok(case.send(value))
    assert case.send(value).header("Idempotent-Replayed") == "true"


def test_a_retry_after_the_worker_was_killed_before_its_answer_gets_the_first_result(stack, new_user, owner, key):
    """Committed or not when it died: one effect."""
    case = Case(20, stack, new_user)
    with locked(stack, "activity.users") as lock, in_background(case.send, key) as answer:
        wait_until_blocked(owner)
        for pid in workers(stack):
            os.kill(pid, signal.SIGKILL)
        lock.execute("rollback")
    assert answer.result().status in (502, 503)
    response = case.send(key)
    assert assert_ok(response)["new_verification_count"] == 1
    assert stored(owner, case.user, "verification_count") == 1
    assert case.send(key).body == response.body


def test_an_expired_record_is_no_replay(stack, new_user, owner, key):
    case = Case(20, stack, new_user)
    assert_ok(case.send(key))
    owner.execute("update activity.idempotency_records set created_at = now() - interval '25 hours' where key = %s", [key])
    response = case.send(key)
    assert assert_ok(response)["new_verification_count"] == 2 and response.header("Idempotent-Replayed") is None
    owner.execute("update activity.idempotency_records set created_at = now() - interval '25 hours' where key = %s", [key])
    while one(owner, "select activity.api_purge(1000)")[0] >= 1000:
        pass
    assert one(owner, "select count(*) from activity.idempotency_records where key = %s", key) == (0,)
