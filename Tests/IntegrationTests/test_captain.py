"""Captains: a year of premium, the tier from before remembered, for admins to give and take."""

from datetime import datetime, timedelta, timezone

import pytest

from asserts import ME, TIME, assert_error, assert_ok, race
from endpoints import CLUB, PREMIUM, UNKNOWN, USERS, audit, keys, stored

FIELDS = ["success", "user_id", "is_captain", "captain_since", "subscription_level", "subscription_expires_at"]
PAST = "2020-01-01T00:00:00Z"


@pytest.fixture
def admin(new_user):
    return new_user(roles=["admin"])


def grant(admin, user, value=True):
    return admin.client.post(f"{USERS}/{user}/captain", json={"is_captain": value})


def revoke(admin, user):
    return admin.client.delete(f"{USERS}/{user}/captain")


def days_left(text):
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime.now(timezone.utc)) / timedelta(days=1)


def test_a_grant_gives_premium_for_a_year(admin, user, owner):
    document = assert_ok(grant(admin, user))
    assert list(document) == FIELDS
    assert (document["user_id"], document["is_captain"], document["subscription_level"]) == (user.user_id, True, "premium")
    assert TIME.fullmatch(document["captain_since"]) and 364 < days_left(document["subscription_expires_at"]) <= 366
    read = assert_ok(user.client.get(f"{ME}/subscription"))
    assert {name: read[name] for name in FIELDS[2:]} == {name: document[name] for name in FIELDS[2:]}
    assert read["days_remaining"] in (364, 365)
    (actor, action, _), = audit(owner, user)
    assert (actor, action) == (f"user:{admin}", "captain.grant")


def test_a_second_grant_keeps_since_and_a_later_expiry(admin, new_user):
    user = new_user(is_captain=True, captain_since="2024-01-01T00:00:00Z", **PREMIUM)
    document = assert_ok(grant(admin, user))
    assert document["captain_since"] == "2024-01-01T00:00:00Z"
    assert document["subscription_expires_at"] == PREMIUM["subscription_expires_at"]


def test_a_captain_made_by_a_sibling_gets_the_paid_tier_back(admin, new_user):
    user = new_user(is_captain=True, captain_since="2024-01-01T00:00:00Z", **CLUB)
    for _ in range(2):
        assert assert_ok(grant(admin, user))["subscription_level"] == "premium"
    document = assert_ok(revoke(admin, user))
    assert (document["subscription_level"], document["subscription_expires_at"]) == ("club", CLUB["subscription_expires_at"])


def test_revoking_who_was_made_one_by_a_sibling_leaves_the_paid_tier(admin, new_user):
    document = assert_ok(revoke(admin, new_user(is_captain=True, captain_since="2024-01-01T00:00:00Z", **CLUB)))
    assert (document["is_captain"], document["subscription_level"], document["subscription_expires_at"]) == (False, "club", CLUB["subscription_expires_at"])


def test_a_grant_keeps_a_later_premium_expiry(admin, new_user):
    assert assert_ok(grant(admin, new_user(**PREMIUM)))["subscription_expires_at"] == PREMIUM["subscription_expires_at"]


@pytest.mark.parametrize("columns, level, expiry", [
    ({}, "free", None), (CLUB, "club", CLUB["subscription_expires_at"]), (PREMIUM, "premium", PREMIUM["subscription_expires_at"]),
    ({**CLUB, "subscription_expires_at": PAST}, "free", None), ({**PREMIUM, "subscription_expires_at": PAST}, "free", None),
])
@pytest.mark.parametrize("how", ["DELETE", "POST false"])
def test_revoking_restores_the_tier_from_before(admin, new_user, owner, columns, level, expiry, how):
    user = new_user(**columns)
    assert_ok(grant(admin, user))
    # A second grant must not remember the captain's own tier.
    assert_ok(grant(admin, user))
    document = assert_ok(revoke(admin, user) if how == "DELETE" else grant(admin, user, False))
    assert list(document) == FIELDS
    assert document == {"success": True, "user_id": user.user_id, "is_captain": False, "captain_since": None,
                        "subscription_level": level, "subscription_expires_at": expiry}
    assert stored(owner, user, "is_captain", "captain_since", "subscription_level") == (False, None, level)
    assert [action for _, action, _ in audit(owner, user)][-1] == "captain.revoke"


def test_revoking_when_the_remembered_tier_ran_out_leaves_free(admin, new_user, owner):
    user = new_user(**CLUB)
    assert_ok(grant(admin, user))
    owner.execute("update activity.users set captain_prior_expires_at = now() - interval '1 second' where user_id = %s", [user.user_id])
    assert assert_ok(revoke(admin, user))["subscription_level"] == "free"


def test_revoking_switches_ghost_mode_off_with_the_tier(admin, user):
    assert_ok(grant(admin, user))
    assert_ok(user.client.patch(f"{ME}/settings", json={"ghost_mode": True}))
    assert_ok(revoke(admin, user))
    assert assert_ok(user.client.get(f"{ME}/settings"))["ghost_mode"] is False


def test_revoking_who_is_none_changes_nothing(admin, new_user, owner):
    user = new_user(**PREMIUM)
    document = assert_ok(revoke(admin, user))
    assert (document["is_captain"], document["subscription_level"]) == (False, "premium")
    assert stored(owner, user, "subscription_level") == "premium"


def test_a_tier_bought_while_a_captain_outlives_the_captaincy(admin, user, stack, api):
    """The payment service sets club: who paid keeps what was paid for."""
    assert_ok(grant(admin, user))
    assert_ok(api.post(f"{USERS}/{user}/subscription", headers=keys(stack, "payment"), json=CLUB))
    document = assert_ok(revoke(admin, user))
    assert (document["subscription_level"], document["subscription_expires_at"]) == ("club", CLUB["subscription_expires_at"])


@pytest.mark.parametrize("body, code", [
    ({}, "VALIDATION_FIELD_REQUIRED"), ({"is_captain": None}, "VALIDATION_INVALID_FORMAT"), ({"is_captain": "true"}, "VALIDATION_INVALID_FORMAT"),
    ({"is_captain": 1}, "VALIDATION_INVALID_FORMAT"), ({"is_captain": True, "x": 1}, "VALIDATION_UNKNOWN_FIELD"),
])
def test_other_bodies_are_422(admin, user, owner, body, code):
    assert_error(admin.client.post(f"{USERS}/{user}/captain", json=body), 422, code)
    assert stored(owner, user, "is_captain") is False


@pytest.mark.parametrize("send", [grant, revoke])
def test_nobody_and_the_deleted_are_404(admin, new_user, send):
    for target in (UNKNOWN, new_user(deleted_at=PAST)):
        assert_error(send(admin, target), 404, "RESOURCE_NOT_FOUND")
    assert_error(send(admin, "nobody"), 422, "VALIDATION_INVALID_FORMAT")


def test_grants_and_revocations_at_once_never_lose_the_paid_tier(new_user, owner):
    user, admins = new_user(**CLUB), [new_user(roles=["admin"]) for _ in range(8)]
    path = f"{USERS}/{user}/captain"
    requests = [(one.client, "POST", path, {"json": {"is_captain": True}}) for one in admins]
    requests += [(one.client, "DELETE", path, {}) for one in admins]
    assert {answer.status for answer in race(requests)} == {200}
    document = assert_ok(revoke(admins[0], user))
    assert (document["subscription_level"], document["subscription_expires_at"]) == ("club", CLUB["subscription_expires_at"])
