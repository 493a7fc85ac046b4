"""Bans: by admins, told to the user and to activity-api, effective on the very next request; and their end."""

import pytest

from asserts import ME, USER_REQUESTS, assert_error, assert_ok, race
from endpoints import ADMIN_USERS, UNKNOWN, audit, one, outbox, stored

FUTURE, PAST = "2099-01-01T00:00:00Z", "2020-01-01T00:00:00Z"


@pytest.fixture
def admin(new_user):
    return new_user(roles=["admin"])


def ban(admin, user, **body):
    return admin.client.post(f"{ADMIN_USERS}/{user}/ban", json={"reason": "spam", **body})


def unban(admin, user):
    return admin.client.delete(f"{ADMIN_USERS}/{user}/ban")


@pytest.mark.parametrize("expires, status, kind", [(None, "banned", "permanent"), (FUTURE, "temporary_ban", "temporary")])
def test_a_ban(admin, user, owner, expires, status, kind):
    reason = "spam <b>&\nmore"
    document = assert_ok(ban(admin, user, reason=reason, **({"expires_at": expires} if expires else {})))
    assert list(document) == ["success", "user_id", "status", "ban_reason", "ban_expires_at"]
    assert document == {"success": True, "user_id": user.user_id, "status": status, "ban_reason": reason, "ban_expires_at": expires}
    assert stored(owner, user, "status", "ban_reason") == (status, reason)
    (_, _, mail), (channel, topic, event) = outbox(owner, user)
    assert (mail["recipients"], mail["template"]) == (user.email, "user_banned") and mail["priority"] in ("high", "medium", "low")
    assert {"username": user.username, "ban_type": kind, "ban_expires_at": expires, "ban_reason": reason}.items() <= mail["data"].items()
    assert mail["data"]["subject"] and "<b>" not in mail["data"]["message"] and "&lt;b&gt;" in mail["data"]["message"]
    assert (channel, topic, event["type"]) == ("activity", "user.banned", "user.banned") and event["timestamp"]
    assert event["data"] == {"user_id": user.user_id, "status": status, "ban_expires_at": expires}
    (actor, action, details), = audit(owner, user)
    assert (actor, action, details["reason"]) == (f"user:{admin}", "ban", reason)


@pytest.mark.parametrize("expires", [None, FUTURE])
def test_a_ban_bites_on_the_very_next_request(admin, new_user, expires):
    user, other = new_user(), new_user()
    for path in (ME, f"{ME}/interests", f"{ME}/settings", f"{ME}/subscription", f"{ME}/verification"):
        assert_ok(user.client.get(path))
    assert_ok(other.client.get(f"/api/v1/users/{user}"))
    assert_ok(ban(admin, user, **({"expires_at": expires} if expires else {})))
    for method, path, body in USER_REQUESTS:
        response = user.client.request(method, path.format(other=other), json=body)
        assert_error(response, 403, "USER_TEMPORARILY_BANNED" if expires else "USER_BANNED", **({"expires_at": expires} if expires else {}))
    assert_error(other.client.get(f"/api/v1/users/{user}"), 404, "RESOURCE_NOT_FOUND")


def test_the_tokens_from_before_a_ban_stay_refused_after_it(admin, user, stack):
    assert_ok(ban(admin, user))
    assert_ok(unban(admin, user))
    assert_error(user.client.get(ME), 401, "AUTH_TOKEN_INVALID")
    assert_error(user.client.with_token(stack.token(user.user_id, iat=None)).get(ME), 401, "AUTH_TOKEN_INVALID")


def test_an_unban(admin, new_user, owner):
    user = new_user(status="banned", ban_reason="spam")
    assert_error(user.client.get(ME), 403, "USER_BANNED")
    document = assert_ok(unban(admin, user))
    assert document == {"success": True, "user_id": user.user_id, "status": "active"} and list(document) == ["success", "user_id", "status"]
    assert_ok(user.client.get(ME))
    assert stored(owner, user, "status", "ban_reason", "ban_expires_at") == ("active", None, None)
    assert [topic for _, topic, _ in outbox(owner, user)] == ["user_unbanned", "user.unbanned"]
    mail, event = (payload for _, _, payload in outbox(owner, user))
    assert mail["recipients"] == user.email and mail["data"]["username"] == user.username and mail["data"]["subject"]
    assert event["data"] == {"user_id": user.user_id, "status": "active", "ban_expires_at": None}
    assert [(actor, action) for actor, action, _ in audit(owner, user)] == [(f"user:{admin}", "unban")]


def test_a_second_ban_replaces_the_first(admin, user, owner):
    assert_ok(ban(admin, user))
    assert_ok(ban(admin, user, reason="less", expires_at=FUTURE))
    assert stored(owner, user, "status", "ban_reason") == ("temporary_ban", "less")


@pytest.mark.parametrize("body, code", [
    ({}, "VALIDATION_FIELD_REQUIRED"), ({"reason": ""}, None), ({"reason": "   "}, None), ({"reason": None}, "VALIDATION_INVALID_FORMAT"),
    ({"reason": "x" * 1001}, "VALIDATION_FIELD_TOO_LONG"), ({"reason": 1}, "VALIDATION_INVALID_FORMAT"), ({"reason": "a\0"}, "VALIDATION_INVALID_FORMAT"),
    ({"reason": "x", "expires_at": PAST}, "VALIDATION_INVALID_VALUE"), ({"reason": "x", "expires_at": "soon"}, "VALIDATION_INVALID_FORMAT"),
    ({"reason": "x", "expires_at": "infinity"}, "VALIDATION_INVALID_FORMAT"), ({"reason": "x", "x": 1}, "VALIDATION_UNKNOWN_FIELD"),
])
def test_other_bodies_are_422_and_ban_nobody(admin, user, owner, body, code):
    response = admin.client.post(f"{ADMIN_USERS}/{user}/ban", json=body)
    assert response.status == 422, response.body
    assert_error(response, 422, code or response.code)
    assert stored(owner, user, "status") == "active" and outbox(owner, user) == [] == audit(owner, user)


@pytest.mark.parametrize("reason", ["x", "x" * 1000, "漢" * 1000])
def test_reasons_at_the_edge(admin, user, owner, reason):
    assert assert_ok(ban(admin, user, reason=reason))["ban_reason"] == reason


def test_nobody_bans_themself_or_another_admin(admin, new_user, owner):
    for target in (admin, new_user(roles=["admin"]), new_user(roles=["moderator", "admin"])):
        assert_error(ban(admin, target), 409, "CONFLICT_PROTECTED_USER")
        assert stored(owner, target, "status") == "active" and outbox(owner, target) == [] == audit(owner, target)
    assert_ok(ban(admin, new_user(roles=["moderator"])))


def test_nobody_and_the_deleted(admin, new_user, owner):
    """Banning an unknown user was 200 success."""
    deleted = new_user(deleted_at=PAST, status="banned", is_active=False)
    for target in (UNKNOWN, deleted):
        assert_error(ban(admin, target), 404, "RESOURCE_NOT_FOUND")
        assert_error(ban(admin, "nobody"), 422, "VALIDATION_INVALID_FORMAT")
    assert_error(unban(admin, UNKNOWN), 404, "RESOURCE_NOT_FOUND")
    assert_error(unban(admin, deleted), 409, "CONFLICT_PROTECTED_USER")
    assert stored(owner, deleted, "status", "is_active") == ("banned", False)
    assert outbox(owner, deleted) == [] == audit(owner, deleted)


def test_two_admins_ban_at_once(new_user, owner):
    user, admins = new_user(), [new_user(roles=["admin"]) for _ in range(6)]
    answers = race([(one.client, "POST", f"{ADMIN_USERS}/{user}/ban", {"json": {"reason": f"reason {n}"}}) for n, one in enumerate(admins)])
    assert [answer.status for answer in answers] == [200] * 6
    assert {entry[0] for entry in audit(owner, user)} == {f"user:{one}" for one in admins}
    # Whatever the order, the last of the log is what stands; and the log is whole.
    assert stored(owner, user, "status", "ban_reason") == ("banned", audit(owner, user)[-1][2]["reason"])
    assert one(owner, "select first_bad from activity.api_audit_verify()") == (None,)


def test_a_ban_and_an_unban_at_once_leave_one_of_both(new_user, owner):
    user, admins = new_user(status="banned", ban_reason="first"), [new_user(roles=["admin"]) for _ in range(6)]
    requests = [(one.client, *(("POST", f"{ADMIN_USERS}/{user}/ban", {"json": {"reason": "again"}}) if n % 2 else
                               ("DELETE", f"{ADMIN_USERS}/{user}/ban", {}))) for n, one in enumerate(admins)]
    assert {answer.status for answer in race(requests)} == {200}
    assert stored(owner, user, "status", "ban_reason") in (("banned", "again"), ("active", None))
    # The log is written under the account's lock: its last entry is what stands.
    assert audit(owner, user)[-1][1] == ("ban" if stored(owner, user, "status") == "banned" else "unban")


def test_a_failed_mail_row_takes_the_ban_with_it(admin, user, owner):
    """Same transaction: no ban without its mail."""
    owner.execute("alter table activity.outbox add constraint no_mail check (user_id <> '%s')" % user.user_id)
    try:
        assert ban(admin, user).status == 500
        assert stored(owner, user, "status") == "active" and audit(owner, user) == []
    finally:
        owner.execute("alter table activity.outbox drop constraint no_mail")
    assert_ok(user.client.get(ME))
