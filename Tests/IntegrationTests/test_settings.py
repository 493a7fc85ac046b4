"""The nine settings: read, changed one by one, refused; ghost mode only for who pays."""

import pytest

from asserts import ME, SETTINGS, assert_error, assert_ok, race
from endpoints import CLUB, PREMIUM, one

PATH = f"{ME}/settings"
OTHER = {"email_notifications": False, "push_notifications": False, "activity_reminders": False, "community_updates": False,
         "friend_requests": False, "marketing_emails": True, "language": "nl-BE", "timezone": "Europe/Brussels"}


def row(owner, user):
    names = list(SETTINGS)
    values = one(owner, f"select {', '.join(names)} from activity.user_settings where user_id = %s", user.user_id)
    return values and dict(zip(names, values))


def test_a_missing_row_is_created_with_defaults(user, owner):
    assert row(owner, user) is None
    document = assert_ok(user.client.get(PATH))
    assert document == SETTINGS and list(document) == list(SETTINGS)
    assert row(owner, user) == SETTINGS


def test_many_first_readers_create_one_row(user, owner):
    for answer in race([(user.client, "GET", PATH, {})] * 12):
        assert assert_ok(answer) == SETTINGS
    assert row(owner, user) == SETTINGS


def test_own_profile_shows_the_same(user):
    assert_ok(user.client.patch(PATH, json=OTHER))
    assert assert_ok(user.client.get(ME))["settings"] == assert_ok(user.client.get(PATH)) == {**SETTINGS, **OTHER}


@pytest.mark.parametrize("name", OTHER)
def test_one_setting_is_changed_and_the_others_stay(user, owner, name):
    document = assert_ok(user.client.patch(PATH, json={name: OTHER[name]}))
    expected = {**SETTINGS, name: OTHER[name]}
    assert document == {"success": True, "settings": expected} and list(document["settings"]) == list(SETTINGS)
    assert row(owner, user) == expected == assert_ok(user.client.get(PATH))


def test_an_empty_object_changes_nothing(user, owner):
    assert_ok(user.client.patch(PATH, json=OTHER))
    assert assert_ok(user.client.patch(PATH, json={}))["settings"] == {**SETTINGS, **OTHER} == row(owner, user)


@pytest.mark.parametrize("name", SETTINGS)
def test_null_is_422(user, name):
    assert_error(user.client.patch(PATH, json={name: None}), 422, "VALIDATION_INVALID_FORMAT", field=name)


@pytest.mark.parametrize("name", [name for name, value in SETTINGS.items() if isinstance(value, bool)])
@pytest.mark.parametrize("value", ["true", 1, 0, "", [], {}])
def test_a_boolean_is_true_or_false(user, owner, name, value):
    assert_error(user.client.patch(PATH, json={name: value}), 422, "VALIDATION_INVALID_FORMAT", field=name)
    assert row(owner, user) in (None, SETTINGS)


@pytest.mark.parametrize("language", ["en", "nl", "de-AT", "pt-BR", "zh-CN"])
def test_languages(user, language):
    assert assert_ok(user.client.patch(PATH, json={"language": language}))["settings"]["language"] == language


@pytest.mark.parametrize("language", ["", "e", "eng", "EN", "en-us", "en_US", "en-", "en-USA", "en-US-x", " en", "en\n", "ëñ", "e1", "12"])
def test_what_is_no_language_is_422(user, language):
    response = user.client.patch(PATH, json={"language": language})
    assert response.status == 422, response.body
    assert_error(response, 422, response.code, field="language")
    assert assert_ok(user.client.get(PATH))["language"] == "en"


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Amsterdam", "America/Argentina/ComodRivadavia", "Asia/Kathmandu", "Etc/GMT+12"])
def test_time_zones(user, timezone):
    assert assert_ok(user.client.patch(PATH, json={"timezone": timezone}))["settings"]["timezone"] == timezone


@pytest.mark.parametrize("timezone", ["", "Mars/Olympus", "UTC+2", "+02:00", "posix/UTC", "localtime", "Europe/Amsterdam ", "x" * 51,
                                      "../../etc/passwd", "Europe/Ams\0terdam", "'; select 1"])
def test_what_is_no_time_zone_is_422(user, timezone):
    response = user.client.patch(PATH, json={"timezone": timezone})
    assert response.status == 422, response.body
    assert_error(response, 422, response.code, field="timezone")
    assert assert_ok(user.client.get(PATH))["timezone"] == "UTC"


def test_one_bad_field_refuses_all(user, owner):
    response = user.client.patch(PATH, json={"marketing_emails": True, "language": "x", "timezone": "nowhere/at all", "nonsense": 1})
    error = assert_error(response, 422, response.code)
    assert {"language", "nonsense"} <= {entry["field"] for entry in error["details"]["errors"]}
    assert row(owner, user) in (None, SETTINGS)


# --- ghost mode ---

@pytest.mark.parametrize("columns, level", [
    ({}, "free"), (CLUB, "club"), ({**PREMIUM, "subscription_expires_at": "2020-01-01T00:00:00Z"}, "free"),
], ids=["free", "club", "premium that ran out"])
def test_ghost_mode_needs_premium(new_user, owner, columns, level):
    user = new_user(**columns, claims={"subscription_level": "premium", "ghost_mode": True})
    error = assert_error(user.client.patch(PATH, json={"ghost_mode": True, "language": "nl"}), 403, "SUBSCRIPTION_PREMIUM_REQUIRED",
                         current_level=level, required_level="premium")
    assert error["details"]["upgrade_url"]
    # The tier comes before what is wrong with the body, whether the record is in Redis or not.
    for _ in range(3):
        assert_error(user.client.patch(PATH, json={"ghost_mode": True, "language": "x"}), 403, "SUBSCRIPTION_PREMIUM_REQUIRED")
        assert_ok(user.client.get(ME))
    assert row(owner, user) in (None, SETTINGS)
    # To switch it off, nobody need pay.
    assert assert_ok(user.client.patch(PATH, json={"ghost_mode": False}))["settings"]["ghost_mode"] is False


def test_premium_switches_it_on_and_off(new_user, owner):
    user, looked_at = new_user(**PREMIUM), new_user()

    def views():
        return one(owner, "select count(*) from activity.profile_views where viewer_user_id = %s", user.user_id)[0]

    assert assert_ok(user.client.patch(PATH, json={"ghost_mode": True}))["settings"]["ghost_mode"] is True
    assert assert_ok(user.client.get(ME))["settings"]["ghost_mode"] is True
    assert_ok(user.client.get(f"/api/v1/users/{looked_at}"))
    assert views() == 0
    assert_ok(user.client.patch(PATH, json={"ghost_mode": False}))
    assert_ok(user.client.get(f"/api/v1/users/{looked_at}"))
    assert views() == 1


def test_a_ghost_whose_tier_ran_out_is_seen(new_user, owner):
    user, looked_at = new_user(**{**PREMIUM, "subscription_expires_at": "2020-01-01T00:00:00Z"}), new_user()
    owner.execute("insert into activity.user_settings (user_id, ghost_mode) values (%s, true)", [user.user_id])
    assert assert_ok(user.client.get(PATH))["ghost_mode"] is False
    assert assert_ok(user.client.get(ME))["settings"]["ghost_mode"] is False
    assert_ok(user.client.get(f"/api/v1/users/{looked_at}"))
    assert one(owner, "select count(*) from activity.profile_views where viewer_user_id = %s", user.user_id) == (1,)


def test_concurrent_changes_of_different_settings_are_all_kept(user, owner):
    answers = race([(user.client, "PATCH", PATH, {"json": {name: value}}) for name, value in OTHER.items()])
    assert [answer.status for answer in answers] == [200] * len(OTHER)
    assert row(owner, user) == {**SETTINGS, **OTHER} == assert_ok(user.client.get(PATH))
