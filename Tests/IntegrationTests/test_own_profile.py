"""GET /users/me: every field, in order, absent values as null, effective tier and ghost mode, odd rows of other services."""

from datetime import datetime, timedelta, timezone

import pytest

from asserts import ME, OWN_FIELDS, SETTINGS, TIME, assert_ok, lasting_headers, wait_for_clock

FUTURE = datetime(2099, 1, 1, tzinfo=timezone.utc)
PAST = datetime(2020, 1, 1, tzinfo=timezone.utc)


def set_settings(owner, user, **columns):
    names = ", ".join(columns)
    owner.execute(f"insert into activity.user_settings (user_id, {names}) values (%s{', %s' * len(columns)})",
                  [user.user_id, *columns.values()])


def test_a_user_as_siblings_insert_one_has_every_field_and_nulls(user):
    document = assert_ok(user.client.get(ME))
    assert list(document) == OWN_FIELDS
    created = document.pop("created_at")
    assert TIME.fullmatch(created)
    assert document == {
        "user_id": user.user_id, "email": user.email, "username": user.username, "first_name": None, "last_name": None,
        "profile_description": None, "main_photo_url": None, "main_photo_moderation_status": "pending",
        "profile_photos_extra": [], "date_of_birth": None, "gender": None, "subscription_level": "free",
        "subscription_expires_at": None, "is_captain": False, "captain_since": None, "is_verified": False,
        "verification_count": 0, "no_show_count": 0, "activities_created_count": 0, "activities_attended_count": 0,
        "last_seen_at": None, "interests": [], "settings": SETTINGS}


def test_everything_that_is_stored_is_shown(new_user, owner):
    columns = {
        "first_name": "Zoë", "last_name": "O'Neil \"Z\" \\", "profile_description": "line one\nline two\tand a 🎈",
        "main_photo_url": "https://cdn.example.com/a.jpg", "main_photo_moderation_status": "rejected",
        "profile_photos_extra": ["https://cdn.example.com/b.jpg", "https://cdn.example.com/c.jpg"], "gender": "female",
        "subscription_level": "club", "is_captain": True, "is_verified": True, "verification_count": 7, "no_show_count": 2,
        "activities_created_count": 3, "activities_attended_count": 2147483647}
    times = {"date_of_birth": "1990-02-28", "subscription_expires_at": "2099-06-30 23:59:59.999999+02",
             "captain_since": "2025-03-01 12:00:00+05:30", "last_seen_at": "2026-01-31 09:15:00.5+00",
             "created_at": "2024-02-29 00:00:00+00"}
    user = new_user(**columns, **times)
    settings = {**SETTINGS, "push_notifications": False, "marketing_emails": True, "language": "nl-NL",
                "timezone": "Europe/Amsterdam"}
    set_settings(owner, user, **settings)
    owner.execute("insert into activity.user_interests values (%(id)s, 'tea', 0.25), (%(id)s, 'chess', 1), (%(id)s, 'art', 0.25)",
                  {"id": user.user_id})
    response = user.client.get(ME)
    document = assert_ok(response)
    assert {name: document[name] for name in columns} == columns
    assert document["date_of_birth"] == "1990-02-28"
    assert document["subscription_expires_at"] == "2099-06-30T21:59:59Z"
    assert document["captain_since"] == "2025-03-01T06:30:00Z"
    assert document["last_seen_at"] == "2026-01-31T09:15:00Z"
    assert document["created_at"] == "2024-02-29T00:00:00Z"
    assert document["interests"] == [{"tag": "chess", "weight": 1}, {"tag": "art", "weight": 0.25}, {"tag": "tea", "weight": 0.25}]
    assert document["settings"] == settings
    assert list(document["settings"]) == list(SETTINGS)
    assert response.headers.get_all("Cache-Control") == ["private, no-cache"]


@pytest.mark.parametrize("level, expires, shown", [
    ("free", None, ("free", None)),
    ("free", FUTURE, ("free", None)),
    ("club", FUTURE, ("club", "2099-01-01T00:00:00Z")),
    ("premium", FUTURE, ("premium", "2099-01-01T00:00:00Z")),
    ("club", PAST, ("free", None)),
    ("premium", PAST, ("free", None)),
])
def test_a_tier_that_has_run_out_is_free(new_user, level, expires, shown):
    user = new_user(subscription_level=level, subscription_expires_at=expires)
    document = assert_ok(user.client.get(ME))
    assert (document["subscription_level"], document["subscription_expires_at"]) == shown


@pytest.mark.parametrize("level, expires, effective", [
    ("premium", FUTURE, True), ("premium", PAST, False), ("club", FUTURE, False), ("free", None, False),
])
def test_ghost_mode_is_the_effective_one(new_user, owner, level, expires, effective):
    user = new_user(subscription_level=level, subscription_expires_at=expires)
    set_settings(owner, user, ghost_mode=True)
    assert assert_ok(user.client.get(ME))["settings"]["ghost_mode"] is effective


def test_tier_and_ghost_mode_of_the_token_are_not_trusted(new_user):
    user = new_user(claims={"subscription_level": "premium", "ghost_mode": True, "role": "admin", "email": "evil@example.com"})
    document = assert_ok(user.client.get(ME))
    assert (document["subscription_level"], document["settings"]["ghost_mode"], document["email"]) == ("free", False, user.email)


def test_no_cached_body_outlives_the_tier(new_user, owner):
    """A cached premium body must be gone at the very second the tier ends, not up to a second later."""
    now = owner.execute("select now()").fetchone()[0]
    end = now.replace(microsecond=0) + timedelta(seconds=2)
    user = new_user(subscription_level="premium", subscription_expires_at=end)
    wait_for_clock(owner, end - timedelta(milliseconds=400))
    user.client.get(ME)
    wait_for_clock(owner, end)
    document = assert_ok(user.client.get(ME))
    assert (document["subscription_level"], document["subscription_expires_at"]) == ("free", None)


@pytest.mark.parametrize("columns, shown", [
    ({"username": "a.name.of." + "sixty" * 10}, None),
    ({"main_photo_url": "http://old.example.org/p.jpg"}, None),
    ({"profile_photos_extra": None}, {"profile_photos_extra": []}),
    ({"profile_photos_extra": {"not": "a list"}}, {"profile_photos_extra": []}),
    ({"profile_photos_extra": [f"http://old.example.org/{n}.jpg" for n in range(12)]}, None),
    ({"first_name": "two\nlines"}, None),
    ({"gender": ""}, None),
    ({"date_of_birth": "1850-01-01"}, None),
    ({"roles": None}, {}),
    ({"profile_description": "x" * 60000}, None),
])
def test_odd_rows_of_others_stay_readable(new_user, columns, shown):
    user = new_user(**columns)
    document = assert_ok(user.client.get(ME))
    shown = columns if shown is None else shown
    assert {name: document[name] for name in shown} == shown
    # And they block nothing but their own change.
    assert_ok(user.client.patch(ME, json={"last_name": "Changed"}))
    assert assert_ok(user.client.get(ME))["last_name"] == "Changed"


def test_twenty_five_interests_of_before_stay_readable(user, owner):
    owner.execute("insert into activity.user_interests select %s, 'tag ' || lpad(n::text, 2, '0') from generate_series(1, 25) n",
                  [user.user_id])
    assert len(assert_ok(user.client.get(ME))["interests"]) == 25


def test_head_is_get_without_the_body(user):
    get, head = user.client.get(ME), user.client.head(ME)
    assert (head.status, head.body) == (200, b"")
    assert lasting_headers(head) == lasting_headers(get)


def test_a_query_is_ignored(user):
    assert assert_ok(user.client.get(f"{ME}?user_id=01900000-0000-7000-8000-000000000005&fields=email"))["email"] == user.email
