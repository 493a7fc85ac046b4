"""The account's present state decides, on every endpoint; the service before this one let the banned go on."""

from datetime import datetime, timedelta, timezone

import pytest

from asserts import INTERESTS, ME, REQUEST_IDS, USER_REQUESTS, assert_error, assert_ok, wait_for_clock

FUTURE = datetime(2099, 1, 1, tzinfo=timezone.utc)
PAST = datetime(2020, 1, 1, tzinfo=timezone.utc)

REFUSED = {
    "banned": ({"status": "banned"}, "USER_BANNED", {}),
    "banned with an end in the past": ({"status": "banned", "ban_expires_at": PAST}, "USER_BANNED", {}),
    "temporarily banned": ({"status": "temporary_ban", "ban_expires_at": FUTURE}, "USER_TEMPORARILY_BANNED",
                           {"expires_at": "2099-01-01T00:00:00Z"}),
    "inactive": ({"is_active": False}, "USER_BANNED", {}),
    "inactive and temporarily banned": ({"is_active": False, "status": "temporary_ban", "ban_expires_at": PAST}, "USER_BANNED", {}),
    "deleted": ({"deleted_at": PAST, "status": "banned", "is_active": False}, "USER_DELETED", {}),
    "deleted, then unbanned by a sibling": ({"deleted_at": PAST}, "USER_DELETED", {}),
    "deleted and temporarily banned": ({"deleted_at": PAST, "status": "temporary_ban", "ban_expires_at": FUTURE}, "USER_DELETED", {}),
}
SERVED = {
    "ban run out": {"status": "temporary_ban", "ban_expires_at": PAST},
    "active with leftovers of a ban": {"status": "active", "ban_expires_at": FUTURE, "ban_reason": "old"},
}


def send(user, other, method, path, body):
    return user.client.request(method, path.format(other=other), json=body)


@pytest.mark.parametrize("method, path, body", USER_REQUESTS, ids=REQUEST_IDS)
@pytest.mark.parametrize("state", REFUSED)
def test_who_is_refused_and_how(new_user, owner, state, method, path, body):
    columns, code, details = REFUSED[state]
    user, other = new_user(**columns, first_name="before"), new_user()
    owner.execute("insert into activity.user_interests values (%s, 'tea')", [user.user_id])
    assert_error(send(user, other, method, path, body), 403, code, **details)
    # And nothing happened.
    name, interests, views = owner.execute(
        "select first_name, array(select interest_tag from activity.user_interests i where i.user_id = u.user_id), "
        "(select count(*) from activity.profile_views v where v.viewer_user_id = u.user_id) "
        "from activity.users u where user_id = %s", [user.user_id]).fetchone()
    assert (name, list(interests), views) == ("before", ["tea"], 0)


@pytest.mark.parametrize("method, path, body", USER_REQUESTS, ids=REQUEST_IDS)
@pytest.mark.parametrize("state", SERVED)
def test_who_is_served(new_user, state, method, path, body):
    assert_ok(send(new_user(**SERVED[state]), new_user(), method, path, body))


@pytest.mark.parametrize("method, path, options", [
    ("PATCH", ME, {"json": {"nonsense": 1}}), ("PATCH", ME, {"body": b"{", "headers": {"Content-Type": "application/json"}}),
    ("PATCH", ME, {"body": b"x", "headers": {"Content-Type": "text/plain"}}), ("PUT", INTERESTS, {"json": {"interests": 7}}),
    ("GET", "/api/v1/users/nobody", {}), ("GET", "/api/v1/users/01900000-0000-7000-8000-0000000fffff", {}),
    ("DELETE", f"{INTERESTS}/%20", {}),
])
@pytest.mark.parametrize("state", ["banned", "temporarily banned", "deleted"])
def test_the_state_comes_before_what_is_wrong_with_the_request(new_user, state, method, path, options):
    columns, code, details = REFUSED[state]
    assert_error(new_user(**columns).client.request(method, path, **options), 403, code, **details)


@pytest.mark.parametrize("method, path, options", [
    ("PATCH", ME, {"json": {"nonsense": 1}}), ("GET", "/api/v1/users/nobody", {}),
])
def test_an_unknown_account_comes_before_what_is_wrong_with_the_request(stack, method, path, options):
    client = stack.client(stack.token("01900000-0000-7000-8000-0000000fffff"))
    assert_error(client.request(method, path, **options), 401, "AUTH_TOKEN_INVALID")


# --- what sibling services write straight into the database ---

def write(owner, user, **columns):
    """As a sibling service would; returns a second later, when the contract says that it counts."""
    assignments = ", ".join(f"{name} = %s" for name in columns)
    written = owner.execute(f"update activity.users set {assignments} where user_id = %s returning clock_timestamp()",
                            [*columns.values(), user.user_id]).fetchone()[0]
    wait_for_clock(owner, written + timedelta(seconds=1))


@pytest.mark.parametrize("state", ["banned", "temporarily banned", "deleted", "inactive"])
def test_a_state_that_a_sibling_writes_bites_within_a_second(new_user, owner, state):
    columns, code, details = REFUSED[state]
    user, other = new_user(), new_user()
    # Bodies and records of a better time are in the cache.
    assert_ok(user.client.get(ME))
    assert_ok(user.client.get(INTERESTS))
    write(owner, user, **columns)
    answers = [send(user, other, *request) for request in USER_REQUESTS]
    assert {name: answer.status for name, answer in zip(REQUEST_IDS, answers)} == dict.fromkeys(REQUEST_IDS, 403)
    for answer in answers:
        assert_error(answer, 403, code, **details)


def test_a_ban_lifted_by_a_sibling_ends_within_a_second(new_user, owner):
    user = new_user(status="banned")
    assert_error(user.client.get(ME), 403, "USER_BANNED")
    write(owner, user, status="active")
    assert_ok(user.client.get(ME))


def test_a_change_that_a_sibling_writes_is_visible_within_a_second(user, owner):
    assert_ok(user.client.get(ME))
    assert_ok(user.client.get(INTERESTS))
    owner.execute("insert into activity.user_interests values (%s, 'tea')", [user.user_id])
    write(owner, user, first_name="Changed", is_verified=True)
    document = assert_ok(user.client.get(ME))
    assert (document["first_name"], document["is_verified"], document["interests"]) == ("Changed", True, [{"tag": "tea", "weight": 1}])
    assert assert_ok(user.client.get(INTERESTS))["count"] == 1


def test_a_temporary_ban_ends_by_itself(new_user, owner):
    end = owner.execute("select now() + interval '5 seconds'").fetchone()[0]
    user = new_user(status="temporary_ban", ban_expires_at=end)
    assert_error(user.client.patch(ME, json={}), 403, "USER_TEMPORARILY_BANNED")
    wait_for_clock(owner, end)
    assert_ok(user.client.get(ME))
