"""Deletion: only with the right password, then at once, whole and for good."""

import uuid

import pytest

from asserts import ME, SETTINGS, assert_error, assert_ok, race, wait_until_carried_over
from endpoints import ADMIN_USERS, CONFIRMATION, ENDPOINTS, PASSWORD, PHOTO, PREMIUM, one, outbox, password_hash, stored

GOOD = {"password": PASSWORD, "confirmation": CONFIRMATION}
WEAK = "$argon2id$v=19$m=1048576,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
# PASSWORD, hashed so that many checks at once take no time.
CHEAP = "$argon2id$v=19$m=256,t=1,p=1$dXNlcnByb2ZpbGUtZGVtbw$ofK+b75byP1iMTnAjzoGIESUo9CkH3UwRNfthAT5lDE"
FILLED = {"first_name": "Ada", "last_name": "Lovelace", "profile_description": "Numbers.", "main_photo_url": PHOTO,
          "profile_photos_extra": [PHOTO], "date_of_birth": "1985-12-10", "gender": "female", "is_captain": True,
          "captain_since": "2024-01-01T00:00:00Z", "last_seen_at": "2024-01-01T00:00:00Z", "last_login_at": "2024-01-01T00:00:00Z",
          "payload": {"a": 1}, "hash_value": "x", "roles": ["moderator"], "no_show_count": 2, **PREMIUM}


@pytest.fixture
def ada(new_user, stack, owner):
    """Somebody with everything that a deletion must clear, and something that must stay."""
    user, other = new_user(password_hash=password_hash(stack, owner), **FILLED), new_user()
    owner.execute("insert into activity.user_interests values (%s, 'tea')", [user.user_id])
    owner.execute("insert into activity.user_settings (user_id, language) values (%s, 'nl')", [user.user_id])
    owner.execute("insert into activity.profile_views (viewer_user_id, viewed_user_id) values (%s, %s), (%s, %s)",
                  [user.user_id, other.user_id, other.user_id, user.user_id])
    owner.execute("insert into activity.user_blocks values (%s, %s)", [other.user_id, user.user_id])
    owner.execute("insert into activity.media_assets (user_id, asset_type, file_name, file_size_bytes, mime_type, storage_url) "
                  "values (%s, 'image', 'me.jpg', 1, 'image/jpeg', 'https://x/me.jpg')", [user.user_id])
    return user


def delete(user, body=None, **options):
    return user.client.delete(ME, json=GOOD if body is None else body, **options)


def snapshot(owner, user):
    return one(owner, "select u::text from activity.users u where user_id = %s", user.user_id)


def left(owner, user):
    return one(owner, "select (select count(*) from activity.user_interests where user_id = %(u)s), "
               "(select count(*) from activity.user_settings where user_id = %(u)s), "
               "(select count(*) from activity.profile_views where %(u)s in (viewer_user_id, viewed_user_id)), "
               "(select count(*) from activity.media_assets where user_id = %(u)s), "
               "(select count(*) from activity.user_blocks where blocked_user_id = %(u)s)".replace("%(u)s", f"'{user.user_id}'"))


@pytest.mark.parametrize("password", ["wrong", PASSWORD + " ", PASSWORD.upper(), "x" * 1000, "пароль"])
def test_a_wrong_password_changes_nothing(ada, owner, password):
    """Any password deleted an account."""
    before = snapshot(owner, ada)
    response = delete(ada, {**GOOD, "password": password})
    assert_error(response, 401, "AUTH_PASSWORD_INVALID")
    assert password.encode() not in response.body
    assert snapshot(owner, ada) == before and left(owner, ada) == (1, 1, 2, 1, 1) and outbox(owner, ada) == []
    assert_ok(ada.client.get(ME))


@pytest.mark.parametrize("body, code", [
    ({}, "VALIDATION_FIELD_REQUIRED"), ({"password": PASSWORD}, "VALIDATION_FIELD_REQUIRED"), ({"confirmation": CONFIRMATION}, "VALIDATION_FIELD_REQUIRED"),
    ({**GOOD, "confirmation": "delete my account"}, "VALIDATION_INVALID_VALUE"), ({**GOOD, "confirmation": "yes"}, "VALIDATION_INVALID_VALUE"),
    ({**GOOD, "password": None}, "VALIDATION_INVALID_FORMAT"), ({**GOOD, "password": 1}, "VALIDATION_INVALID_FORMAT"), ({**GOOD, "x": 1}, "VALIDATION_UNKNOWN_FIELD"),
    ({**GOOD, "password": ["s3cret-marker"]}, "VALIDATION_INVALID_FORMAT"), ({"password": "s3cret-marker", "confirmation": ""}, None),
])
def test_other_bodies_are_422_and_never_echo_the_password(ada, owner, stack, body, code):
    before, response = snapshot(owner, ada), delete(ada, body)
    assert response.status == 422, response.body
    assert_error(response, 422, code or response.code)
    assert PASSWORD.encode() not in response.body and b"s3cret-marker" not in response.body
    assert snapshot(owner, ada) == before


@pytest.mark.parametrize("encoded", ["!", "", "plain", "$argon2id$", WEAK, "$2b$12$C6UzMDM.H6dfI/f/IKcEeO", "$argon2id$v=19$m=65536,t=3,p=4$$",
                                     "$argon2id$v=19$m=8,t=4000000000,p=1$c29tZXNhbHQ$AAAA"])
def test_a_hash_that_cannot_be_right_is_401(new_user, owner, encoded):
    """One that asks for a gigabyte of memory too."""
    user = new_user(password_hash=encoded)
    response = delete(user)
    assert_error(response, 401, "AUTH_PASSWORD_INVALID")
    assert stored(owner, user, "deleted_at") is None


def test_the_row_is_anonymised(ada, owner):
    document = assert_ok(delete(ada))
    assert list(document) == ["success", "message"] and document["success"] is True and document["message"]
    assert stored(owner, ada, "email", "username") == (f"deleted_{ada}@deleted.local", f"deleted_{ada}")
    assert stored(owner, ada, "status", "is_active", "subscription_level", "is_captain", "roles", "profile_photos_extra") == \
        ("banned", False, "free", False, [], [])
    cleared = [name for name in FILLED if name not in ("profile_photos_extra", "subscription_level", "is_captain", "roles", "no_show_count")]
    assert dict(zip(cleared, stored(owner, ada, *cleared))) == dict.fromkeys(cleared)
    assert stored(owner, ada, "deleted_at is not null", "tokens_valid_after is not null") == (True, True)
    assert not stored(owner, ada, "password_hash").startswith("$argon2")
    # Blocks are other people's history.
    assert left(owner, ada) == (0, 0, 0, 0, 1)


def test_the_mail_goes_to_the_old_address(ada, owner):
    assert_ok(delete(ada))
    (channel, topic, mail), (_, event_topic, event) = outbox(owner, ada)
    assert (channel, topic, mail["template"], mail["recipients"]) == ("mail", "account_deleted", "account_deleted", ada.email)
    assert mail["data"]["subject"] and mail["data"]["message"] and mail["priority"] in ("high", "medium", "low")
    assert (event_topic, event["type"], event["data"]["user_id"]) == ("user.deleted", "user.deleted", ada.user_id)
    assert set(event["data"]) == {"user_id", "status", "ban_expires_at"} and event["timestamp"]


def test_every_token_is_refused_from_then_on(ada, stack):
    for path in (ME, f"{ME}/settings", f"{ME}/interests"):
        assert_ok(ada.client.get(path))
    assert_ok(delete(ada))
    for token in (ada.token, stack.token(ada.user_id, ttl=3000, iat=None), stack.token(ada.user_id, ttl=600)):
        for endpoint in ENDPOINTS:
            if endpoint.may == "user" and "{user_id}" not in endpoint.path:
                assert_error(endpoint.send(stack.client(token), ""), 403, "USER_DELETED")


def test_the_profile_is_gone_for_others(ada, new_user):
    viewer = new_user()
    assert_ok(viewer.client.get(f"/api/v1/users/{ada}"))
    assert_ok(delete(ada))
    response = viewer.client.get(f"/api/v1/users/{ada}")
    assert_error(response, 404, "RESOURCE_NOT_FOUND")
    assert response.body == viewer.client.get(f"/api/v1/users/{uuid.uuid4()}").body
    assert assert_ok(viewer.client.get(f"/api/v1/users/search?q={ada.username}"))["results"] == []


def test_a_siblings_unban_keeps_it_deleted(ada, new_user, owner):
    """After an admin's unban the profile answered 500."""
    admin = new_user(roles=["admin"])
    assert_ok(delete(ada))
    owner.execute("update activity.users set status = 'active', is_active = true, ban_expires_at = null where user_id = %s", [ada.user_id])
    assert_error(ada.client.get(ME), 403, "USER_DELETED")
    assert_error(ada.client.patch(ME, json={"first_name": "back"}), 403, "USER_DELETED")
    assert_error(new_user().client.get(f"/api/v1/users/{ada}"), 404, "RESOURCE_NOT_FOUND")
    assert_error(admin.client.delete(f"{ADMIN_USERS}/{ada}/ban"), 409, "CONFLICT_PROTECTED_USER")
    assert one(owner, "select count(*) from activity.user_settings where user_id = %s", ada.user_id) == (0,)


def test_deletions_at_once_delete_once(ada, owner):
    owner.execute("update activity.users set password_hash = %s where user_id = %s", [CHEAP, ada.user_id])
    answers = race([(ada.client, "DELETE", ME, {"json": GOOD})] * 4)
    assert sorted(answer.status for answer in answers).count(200) == 1
    assert all(answer.status in (200, 401, 403, 429) for answer in answers)
    assert [topic for _, topic, _ in outbox(owner, ada)] == ["account_deleted", "user.deleted"]


def test_name_and_address_are_free_again(ada, new_user):
    assert_ok(delete(ada))
    again = new_user(username=ada.username, email=ada.email)
    assert assert_ok(again.client.get(ME))["settings"] == SETTINGS


def test_wrong_passwords_have_a_limit_of_their_own(ada, owner, limits):
    """Five an hour, refused or not; the right one is then refused too, and the limit of deletions untouched."""
    owner.execute("update activity.users set password_hash = %s where user_id = %s", [CHEAP, ada.user_id])
    answers = race([(ada.client, "DELETE", ME, {"json": {**GOOD, "password": "wrong"}})] * 8)
    assert sorted(answer.status for answer in answers) == [401] * 5 + [429] * 3
    for answer in answers:
        if answer.status == 429:
            assert_error(answer, 429, "RATE_LIMIT_EXCEEDED", limit="5/hour")
            assert int(answer.header("Retry-After")) > 0
    assert delete(ada).status == 429
    lengths = {key.decode(): limits.strlen(key) for key in limits.keys(f"rl:*{ada}")}
    assert sorted(lengths.values()) == [40], lengths
    # Who has been banned since hears of that.
    owner.execute("update activity.users set status = 'banned' where user_id = %s", [ada.user_id])
    wait_until_carried_over(owner, ada)
    assert_error(delete(ada), 403, "USER_BANNED")


def test_a_refused_body_costs_nothing(ada, limits):
    for _ in range(7):
        assert delete(ada, {**GOOD, "confirmation": "no"}).status == 422
    assert_ok(delete(ada))
