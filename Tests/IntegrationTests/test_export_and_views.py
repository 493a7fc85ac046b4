"""What is held about oneself (29), and who looked (30)."""

import json

import pytest

from asserts import ME, assert_error, assert_ok
from endpoints import PHOTO, PREMIUM, password_hash

VIEWS = f"{ME}/profile-views"
PAST = "2020-01-01T00:00:00Z"


@pytest.fixture
def look(owner):
    def look(viewer, viewed, minutes_ago=0):
        owner.execute("insert into activity.profile_views (viewer_user_id, viewed_user_id, viewed_at) "
                      "values (%s, %s, date_trunc('second', now()) - %s * interval '1 minute')", [viewer.user_id, viewed.user_id, minutes_ago])
    return look


# --- 29 ---

def test_the_export_holds_what_the_user_gave(new_user, owner, look):
    user, seen, blocked = new_user(first_name="Ada", gender="female", date_of_birth="1985-12-10", main_photo_url=PHOTO, no_show_count=2,
                                   profile_photos_extra=[PHOTO], **PREMIUM), new_user(), new_user()
    owner.execute("insert into activity.user_interests values (%s, 'tea')", [user.user_id])
    owner.execute("insert into activity.user_blocks values (%s, %s)", [user.user_id, blocked.user_id])
    assert_ok(user.client.patch(f"{ME}/settings", json={"language": "nl"}))
    look(user, seen)
    response = user.client.get(f"{ME}/export")
    text = json.dumps(assert_ok(response))
    for value in (user.user_id, user.email, user.username, "Ada", "female", "1985-12-10", PHOTO, "tea", '"nl"', "premium", seen.user_id, blocked.user_id):
        assert value in text, value
    assert response.header("Content-Disposition").startswith("attachment")
    assert response.headers.get_all("Cache-Control") == ["no-store"]


def test_the_export_names_nobody_who_viewed_or_blocked(new_user, owner, stack, look):
    user, viewer, blocker = new_user(password_hash=password_hash(stack, owner), payload={"internal": "x-marker"}, hash_value="h-marker"), new_user(), new_user()
    look(viewer, user)
    owner.execute("insert into activity.user_blocks values (%s, %s)", [blocker.user_id, user.user_id])
    text = user.client.get(f"{ME}/export").body.decode()
    for secret in (viewer.user_id, viewer.username, blocker.user_id, blocker.username, "argon2", "password", "x-marker", "h-marker",
                   "tokens_valid_after", "edit_version", "deleted_at"):
        assert secret not in text, secret


def test_a_tier_that_ran_out_is_free_in_the_export_too(new_user):
    text = new_user(**{**PREMIUM, "subscription_expires_at": PAST}).client.get(f"{ME}/export").body.decode()
    assert '"subscription_level":"free"' in text.replace(" ", "") and PAST not in text


def test_two_exports_a_day(user):
    for _ in range(2):
        assert_ok(user.client.get(f"{ME}/export"))
    assert_error(user.client.get(f"{ME}/export"), 429, "RATE_LIMIT_EXCEEDED", limit="2/day")


# --- 30 ---

@pytest.mark.parametrize("columns, level", [({}, "free"), ({**PREMIUM, "subscription_level": "club"}, "club"),
                                            ({**PREMIUM, "subscription_expires_at": PAST}, "free")])
def test_views_are_for_premium(new_user, columns, level):
    user = new_user(**columns)
    # Also before what is wrong with the query, and whether the record is in Redis or not.
    for query in ("?limit=0", "", "?limit=0"):
        assert_error(user.client.get(VIEWS + query), 403, "SUBSCRIPTION_PREMIUM_REQUIRED", current_level=level, required_level="premium")
        assert_ok(user.client.get(ME))


def test_a_row_a_viewer_newest_first(new_user, look):
    user, first, second = new_user(**PREMIUM), new_user(main_photo_url=PHOTO), new_user()
    for viewer, minutes in ((first, 50), (second, 40), (first, 30), (first, 20), (second, 45)):
        look(viewer, user, minutes)
    document = assert_ok(user.client.get(VIEWS))
    assert set(document) == {"results", "next_cursor"} and document["next_cursor"] is None
    assert [row["user_id"] for row in document["results"]] == [first.user_id, second.user_id]
    assert list(document["results"][0]) == ["user_id", "username", "main_photo_url", "viewed_at"]
    assert (document["results"][0]["username"], document["results"][0]["main_photo_url"]) == (first.username, PHOTO)


def test_a_look_through_the_api_shows_up(new_user):
    user, viewer = new_user(**PREMIUM), new_user()
    assert assert_ok(user.client.get(VIEWS)) == {"results": [], "next_cursor": None}
    assert_ok(viewer.client.get(f"/api/v1/users/{user}"))
    assert [row["user_id"] for row in assert_ok(user.client.get(VIEWS))["results"]] == [viewer.user_id]


def test_blocked_and_invisible_viewers_are_left_out(new_user, owner, look):
    user, shown = new_user(**PREMIUM), new_user()
    hidden = [new_user(), new_user(), new_user(status="banned"), new_user(is_active=False), new_user(deleted_at=PAST),
              new_user(status="temporary_ban", ban_expires_at="2099-01-01T00:00:00Z")]
    for viewer in (shown, *hidden):
        look(viewer, user)
    owner.execute("insert into activity.user_blocks values (%s, %s), (%s, %s)", [user.user_id, hidden[0].user_id, hidden[1].user_id, user.user_id])
    assert [row["user_id"] for row in assert_ok(user.client.get(VIEWS))["results"]] == [shown.user_id]


@pytest.mark.parametrize("limit", [1, 3, 12, 100])
def test_paging_by_cursor_sees_each_viewer_once(new_user, look, limit):
    user, viewers = new_user(**PREMIUM), [new_user() for _ in range(12)]
    for minutes, viewer in enumerate(viewers):
        # Three at the same instant each; everybody looked before, too.
        look(viewer, user, minutes // 3)
        look(viewer, user, 1000 + minutes)
    seen, cursor = [], ""
    while cursor is not None:
        document = assert_ok(user.client.get(f"{VIEWS}?limit={limit}{cursor and '&cursor=' + cursor}"))
        assert len(document["results"]) <= limit
        seen += document["results"]
        cursor = document["next_cursor"]
    assert sorted(row["user_id"] for row in seen) == sorted(viewer.user_id for viewer in viewers)
    assert [row["viewed_at"] for row in seen] == sorted((row["viewed_at"] for row in seen), reverse=True)


@pytest.mark.parametrize("query, field", [("limit=0", "limit"), ("limit=-1", "limit"), ("limit=x", "limit"), ("limit=101", "limit"), ("cursor=abc", "cursor"),
                                          ("cursor=", "cursor"), ("cursor=" + "A" * 3000, "cursor")])
def test_bad_queries_are_422(new_user, query, field):
    response = new_user(**PREMIUM).client.get(f"{VIEWS}?{query}")
    assert response.status == 422, response.body
    assert_error(response, 422, response.code, field=field)
