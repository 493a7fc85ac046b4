"""Tiers: read (15), written by an admin or with the payment key (16), by the payment service (31), and run out by themselves."""

from datetime import datetime, timedelta, timezone

import pytest

from asserts import ME, SETTINGS, assert_error, assert_ok, wait_for_clock
from endpoints import CLUB, PREMIUM, UNKNOWN, USERS, audit, keys, one, stored

PATH = f"{ME}/subscription"
FIELDS = ["subscription_level", "subscription_expires_at", "is_captain", "captain_since", "days_remaining"]
PAST = "2020-01-01T00:00:00Z"


@pytest.fixture(params=["16 by an admin", "16 with the payment key", "31"])
def set_tier(request, stack, api, new_user):
    """(the user whose tier it is, body → answer)"""
    user = new_user(roles=["admin"] if request.param == "16 by an admin" else [])
    headers = {} if request.param == "16 by an admin" else keys(stack, "payment")
    client, path = (api, f"{USERS}/{user}/subscription") if request.param == "31" else (user.client, PATH)
    return user, lambda body, **options: client.post(path, headers=headers, json=body, **options)


def in_days(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("columns, level, expiry", [
    ({}, "free", None), (CLUB, "club", CLUB["subscription_expires_at"]), (PREMIUM, "premium", PREMIUM["subscription_expires_at"]),
    ({**PREMIUM, "subscription_expires_at": PAST}, "free", None), ({**CLUB, "subscription_expires_at": PAST}, "free", None),
])
def test_the_tier_as_it_is_now(new_user, columns, level, expiry):
    document = assert_ok(new_user(**columns).client.get(PATH))
    assert list(document) == FIELDS
    assert (document["subscription_level"], document["subscription_expires_at"]) == (level, expiry)
    assert (document["days_remaining"] is None) == (level == "free")
    assert (document["is_captain"], document["captain_since"]) == (False, None)


@pytest.mark.parametrize("days", [0, 1, 30])
def test_days_remaining_are_whole_days(new_user, days):
    expires = datetime.now(timezone.utc) + timedelta(days=days, hours=12)
    user = new_user(subscription_level="club", subscription_expires_at=expires)
    assert assert_ok(user.client.get(PATH))["days_remaining"] == days


@pytest.mark.parametrize("body", [PREMIUM, CLUB, {"subscription_level": "free", "subscription_expires_at": None}])
def test_a_tier_is_set(set_tier, owner, body):
    user, send = set_tier
    document = assert_ok(send(body))
    assert document == {"success": True, **body} and list(document) == ["success", "subscription_level", "subscription_expires_at"]
    assert stored(owner, user, "subscription_level") == body["subscription_level"]
    read = assert_ok(user.client.get(PATH))
    assert {name: read[name] for name in body} == body
    assert assert_ok(user.client.get(ME))["subscription_level"] == body["subscription_level"]


@pytest.mark.parametrize("given, normal", [
    ("2099-01-31T10:15:00+01:00", "2099-01-31T09:15:00Z"), ("2099-01-31T09:15:00.123456Z", "2099-01-31T09:15:00Z"),
    ("2099-01-30T23:45:00.5-09:30", "2099-01-31T09:15:00Z"),
])
def test_times_are_read_with_any_offset_and_fraction(set_tier, given, normal):
    user, send = set_tier
    assert assert_ok(send({**CLUB, "subscription_expires_at": given}))["subscription_expires_at"] == normal
    assert assert_ok(user.client.get(PATH))["subscription_expires_at"] == normal


@pytest.mark.parametrize("body, code", [
    ({}, "VALIDATION_FIELD_REQUIRED"), ({"subscription_level": "premium"}, None), ({**PREMIUM, "subscription_expires_at": None}, None),
    ({**PREMIUM, "subscription_expires_at": PAST}, "VALIDATION_INVALID_VALUE"),
    ({**CLUB, "subscription_expires_at": PAST}, "VALIDATION_INVALID_VALUE"),
    ({"subscription_level": "free", "subscription_expires_at": "2099-01-01T00:00:00Z"}, "VALIDATION_INVALID_VALUE"),
    ({**PREMIUM, "subscription_level": "gold"}, "VALIDATION_INVALID_VALUE"), ({**PREMIUM, "subscription_level": None}, "VALIDATION_INVALID_FORMAT"),
    ({**PREMIUM, "subscription_level": "PREMIUM"}, "VALIDATION_INVALID_VALUE"), ({**PREMIUM, "x": 1}, "VALIDATION_UNKNOWN_FIELD"),
    ({**PREMIUM, "subscription_expires_at": "2099-01-01"}, "VALIDATION_INVALID_FORMAT"),
    ({**PREMIUM, "subscription_expires_at": "2099-02-30T00:00:00Z"}, None), ({**PREMIUM, "subscription_expires_at": 4070908800}, None),
    ({**PREMIUM, "subscription_expires_at": "2099-01-01T00:00:00"}, "VALIDATION_INVALID_FORMAT"),
    ({**PREMIUM, "subscription_expires_at": "infinity"}, "VALIDATION_INVALID_FORMAT"),
    ({**PREMIUM, "subscription_expires_at": "now"}, "VALIDATION_INVALID_FORMAT"),
])
def test_other_tiers_are_422_and_change_nothing(set_tier, owner, body, code):
    user, send = set_tier
    response = send(body)
    assert response.status == 422, response.body
    assert_error(response, 422, code or response.code)
    assert stored(owner, user, "subscription_level", "subscription_expires_at") == ("free", None)


def test_leaving_premium_switches_ghost_mode_off(set_tier, owner):
    user, send = set_tier
    assert_ok(send(PREMIUM))
    assert_ok(user.client.patch(f"{ME}/settings", json={"ghost_mode": True}))
    assert_ok(send({**PREMIUM, "subscription_expires_at": "2098-01-01T00:00:00Z"}))
    assert assert_ok(user.client.get(f"{ME}/settings"))["ghost_mode"] is True
    assert_ok(send(CLUB))
    assert assert_ok(user.client.get(f"{ME}/settings")) == SETTINGS
    # And a later premium does not bring it back by itself.
    assert_ok(send(PREMIUM))
    assert assert_ok(user.client.get(f"{ME}/settings"))["ghost_mode"] is False
    assert one(owner, "select ghost_mode from activity.user_settings where user_id = %s", user.user_id) == (False,)


def test_a_tier_without_an_end_ends_with_the_calendar(new_user):
    user = new_user(subscription_level="premium", subscription_expires_at="infinity")
    for path in (ME, PATH):
        document = assert_ok(user.client.get(path))
        assert (document["subscription_level"], document["subscription_expires_at"]) == ("premium", "9999-12-31T00:00:00Z")


def test_another_services_key_is_refused_after_the_account_s_state(stack, new_user):
    for user, code in ((new_user(status="banned"), "USER_BANNED"), (new_user(), "AUTH_INSUFFICIENT_PERMISSIONS")):
        for _ in range(2):
            assert_error(user.client.post(PATH, headers=keys(stack, "moderation"), json=PREMIUM), 403, code)


def test_a_downgrade_bites_on_the_next_request(set_tier):
    user, send = set_tier
    assert_ok(send(PREMIUM))
    assert_ok(user.client.get(f"{ME}/profile-views"))
    assert_ok(send({"subscription_level": "free", "subscription_expires_at": None}))
    assert_error(user.client.get(f"{ME}/profile-views"), 403, "SUBSCRIPTION_PREMIUM_REQUIRED", current_level="free")


def test_a_tier_runs_out_in_every_gate(new_user, owner):
    end = owner.execute("select now() + interval '5 seconds'").fetchone()[0]
    user = new_user(subscription_level="premium", subscription_expires_at=end)
    assert_ok(user.client.patch(f"{ME}/settings", json={"ghost_mode": True}))
    for path in (ME, PATH, f"{ME}/settings", f"{ME}/profile-views"):
        assert_ok(user.client.get(path))
    wait_for_clock(owner, end)
    assert assert_ok(user.client.get(ME))["subscription_level"] == "free"
    assert assert_ok(user.client.get(ME))["settings"]["ghost_mode"] is False
    assert assert_ok(user.client.get(PATH)) == {**dict.fromkeys(FIELDS), "subscription_level": "free", "is_captain": False}
    assert assert_ok(user.client.get(f"{ME}/settings"))["ghost_mode"] is False
    assert_error(user.client.get(f"{ME}/profile-views"), 403, "SUBSCRIPTION_PREMIUM_REQUIRED", current_level="free")
    assert_error(user.client.patch(f"{ME}/settings", json={"ghost_mode": True}), 403, "SUBSCRIPTION_PREMIUM_REQUIRED")


def test_an_admins_change_is_audited(new_user, owner):
    admin = new_user(roles=["admin"])
    assert_ok(admin.client.post(PATH, json=CLUB))
    (actor, action, details), = audit(owner, admin)
    assert (actor, action) == (f"user:{admin}", "subscription") and "club" in str(details)


@pytest.mark.parametrize("user_id, status", [(UNKNOWN, 404), ("nobody", 422), ("1", 422)])
def test_31_on_nobody(stack, api, user_id, status):
    response = api.post(f"{USERS}/{user_id}/subscription", headers=keys(stack, "payment"), json=PREMIUM)
    assert_error(response, status, "RESOURCE_NOT_FOUND" if status == 404 else "VALIDATION_INVALID_FORMAT")


def test_31_on_a_deleted_user_is_404_and_on_a_banned_one_works(stack, api, new_user, owner):
    """Who is banned may have paid."""
    deleted, banned = new_user(deleted_at=PAST), new_user(status="banned")
    assert_error(api.post(f"{USERS}/{deleted}/subscription", headers=keys(stack, "payment"), json=PREMIUM), 404, "RESOURCE_NOT_FOUND")
    assert stored(owner, deleted, "subscription_level") == "free"
    assert_ok(api.post(f"{USERS}/{banned}/subscription", headers=keys(stack, "payment"), json=PREMIUM))
    assert stored(owner, banned, "subscription_level", "status") == ("premium", "banned")
