"""GET /users/{user_id}: what others see, to whom somebody does not exist, and when a look leaves a record."""

from datetime import datetime, timezone

import pytest

from asserts import ME, PUBLIC_FIELDS, TIME, assert_error, assert_ok, lasting_headers, profile_of

FUTURE = datetime(2099, 1, 1, tzinfo=timezone.utc)
PAST = datetime(2020, 1, 1, tzinfo=timezone.utc)
ABSENT = "01900000-0000-7000-8000-0000000fffff"


def block(owner, blocker, blocked):
    owner.execute("insert into activity.user_blocks (blocker_user_id, blocked_user_id) values (%s, %s)",
                  [blocker.user_id, blocked.user_id])


def views(owner, viewer, viewed):
    return owner.execute("select count(*) from activity.profile_views where viewer_user_id = %s and viewed_user_id = %s",
                         [viewer.user_id, viewed.user_id]).fetchone()[0]


# --- what is shown ---

def test_only_the_public_part_is_shown(new_user, user, owner):
    other = new_user(
        first_name="Ada", last_name="L.", profile_description="secretless", main_photo_url="https://cdn.example.com/a.jpg",
        profile_photos_extra=["https://cdn.example.com/b.jpg"], gender="female", date_of_birth="1990-01-01",
        subscription_level="premium", subscription_expires_at=FUTURE, is_verified=True, verification_count=4, no_show_count=3,
        activities_created_count=1, activities_attended_count=2, roles=["moderator"], payload={"internal": True})
    owner.execute("insert into activity.user_interests values (%s, 'chess', 0.5)", [other.user_id])
    document = assert_ok(user.client.get(profile_of(other)))
    assert list(document) == PUBLIC_FIELDS
    assert TIME.fullmatch(document.pop("created_at"))
    assert document == {
        "user_id": other.user_id, "username": other.username, "first_name": "Ada", "last_name": "L.",
        "profile_description": "secretless", "main_photo_url": "https://cdn.example.com/a.jpg",
        "main_photo_moderation_status": "pending", "profile_photos_extra": ["https://cdn.example.com/b.jpg"],
        "gender": "female", "is_verified": True, "verification_count": 4, "activities_created_count": 1,
        "activities_attended_count": 2, "interests": [{"tag": "chess", "weight": 0.5}]}


@pytest.mark.parametrize("status", ["pending", "approved", "rejected"])
def test_the_main_photo_is_shown_whatever_its_moderation(new_user, user, status):
    other = new_user(main_photo_url="https://cdn.example.com/a.jpg", main_photo_moderation_status=status)
    document = assert_ok(user.client.get(profile_of(other)))
    assert (document["main_photo_url"], document["main_photo_moderation_status"]) == ("https://cdn.example.com/a.jpg", status)


def test_oneself_by_id_is_the_public_part_too(user):
    assert list(assert_ok(user.client.get(profile_of(user)))) == PUBLIC_FIELDS


def test_an_id_is_read_in_either_case(new_user, user):
    other = new_user()
    assert assert_ok(user.client.get(profile_of(other.user_id.upper())))["user_id"] == other.user_id


def test_a_temporary_ban_that_has_run_out_hides_nobody(new_user, user):
    assert_ok(user.client.get(profile_of(new_user(status="temporary_ban", ban_expires_at=PAST))))


@pytest.mark.parametrize("text", ["0", "nobody", "01900000-0000-7000-8000-00000000000", "01900000-0000-7000-8000-0000000000001",
                                  "{01900000-0000-7000-8000-000000000001}", "01900000000070008000000000000001",
                                  "01900000-0000-7000-8000-00000000000g", "%27%20or%201=1", "null", "urn:uuid:x"])
def test_a_malformed_id_is_422(user, text):
    assert_error(user.client.get(profile_of(text)), 422, "VALIDATION_INVALID_FORMAT", field="user_id")


# --- who does not exist ---

def test_blocked_banned_inactive_deleted_and_absent_are_byte_identical(new_user, user, owner):
    blocker, blocked = new_user(), new_user()
    block(owner, blocker, user)
    block(owner, user, blocked)
    others = {
        "absent": ABSENT, "blocks me": blocker, "blocked by me": blocked, "banned": new_user(status="banned"),
        "temporarily banned": new_user(status="temporary_ban", ban_expires_at=FUTURE), "inactive": new_user(is_active=False),
        "deleted": new_user(deleted_at=PAST, status="banned", is_active=False),
        "deleted, then unbanned by a sibling": new_user(deleted_at=PAST), "nil": "00000000-0000-0000-0000-000000000000"}
    answers = {}
    for name, other in others.items():
        response = user.client.get(profile_of(other))
        assert_error(response, 404, "RESOURCE_NOT_FOUND")
        answers[name] = (tuple(lasting_headers(response)), response.body)
    assert len(set(answers.values())) == 1, answers
    assert owner.execute("select count(*) from activity.profile_views where viewer_user_id = %s", [user.user_id]).fetchone()[0] == 0


def test_head_of_the_invisible_is_404_too(user):
    head = user.client.head(profile_of(ABSENT))
    assert (head.status, head.body) == (404, b"")


def test_a_block_and_its_end_are_seen_at_once(new_user, user, owner):
    other = new_user()
    assert_ok(user.client.get(profile_of(other)))
    block(owner, other, user)
    assert user.client.get(profile_of(other)).status == 404
    owner.execute("delete from activity.user_blocks where blocker_user_id = %s", [other.user_id])
    assert_ok(user.client.get(profile_of(other)))


def test_others_see_a_change_at_once(new_user, user):
    other = new_user()
    assert_ok(user.client.get(profile_of(other)))
    assert_ok(other.client.patch(ME, json={"first_name": "Changed"}))
    assert assert_ok(user.client.get(profile_of(other)))["first_name"] == "Changed"


# --- the record of a look ---

def test_each_200_writes_one_view(new_user, user, owner):
    other = new_user()
    for count in (1, 2, 3):
        assert_ok(user.client.get(profile_of(other)))
        assert views(owner, user, other) == count


def test_head_writes_no_view(new_user, user, owner):
    other = new_user()
    head = user.client.head(profile_of(other))
    assert (head.status, head.body) == (200, b"")
    assert views(owner, user, other) == 0


def test_oneself_writes_no_view(user, owner):
    assert_ok(user.client.get(profile_of(user)))
    assert views(owner, user, user) == 0


@pytest.mark.parametrize("level, expires, recorded", [
    ("premium", FUTURE, 0), ("premium", PAST, 1), ("club", FUTURE, 1), ("free", None, 1),
])
def test_ghost_mode_hides_only_while_premium_lasts(new_user, owner, level, expires, recorded):
    viewer = new_user(subscription_level=level, subscription_expires_at=expires)
    owner.execute("insert into activity.user_settings (user_id, ghost_mode) values (%s, true)", [viewer.user_id])
    other = new_user()
    assert_ok(viewer.client.get(profile_of(other)))
    assert views(owner, viewer, other) == recorded


def test_premium_without_ghost_mode_leaves_a_view(new_user, owner):
    viewer, other = new_user(subscription_level="premium", subscription_expires_at=FUTURE), new_user()
    assert_ok(viewer.client.get(profile_of(other)))
    assert views(owner, viewer, other) == 1


def test_ghost_mode_of_the_token_hides_nobody(new_user, owner):
    """The service before this one believed the token: a free user with an old claim left no trace."""
    viewer, other = new_user(claims={"ghost_mode": True, "subscription_level": "premium"}), new_user()
    assert_ok(viewer.client.get(profile_of(other)))
    assert views(owner, viewer, other) == 1


@pytest.mark.parametrize("columns", [
    {"username": "another.name.of." + "sixty" * 9}, {"main_photo_url": "http://old.example.org/p.jpg"},
    {"profile_photos_extra": None}, {"profile_photos_extra": '"text"'},
])
def test_odd_rows_of_others_stay_visible(new_user, user, columns):
    other = new_user(**columns)
    document = assert_ok(user.client.get(profile_of(other)))
    shown = {name: value if name != "profile_photos_extra" else [] for name, value in columns.items()}
    assert {name: document[name] for name in shown} == shown
