"""Photo moderation: the queue (25) and the decision (26)."""

import pytest

from asserts import ME, TIME, assert_error, assert_ok, race
from endpoints import ADMIN_USERS, OTHER_PHOTO, PHOTO, UNKNOWN, audit, outbox, stored

QUEUE = f"{ADMIN_USERS}/photo-moderation"


@pytest.fixture(params=["moderator", "admin"])
def staff(new_user, request):
    return new_user(roles=[request.param])


def decide(staff, user, **body):
    return staff.client.post(f"{ADMIN_USERS}/{user}/photo-moderation", json=body)


def queue(staff):
    """The whole queue, page by page."""
    rows, total = [], 1
    while len(rows) < total:
        document = assert_ok(staff.client.get(f"{QUEUE}?limit=200&offset={len(rows)}"))
        rows, total = rows + document["results"], document["total"]
        assert document["results"] or len(rows) == total
    return rows


def test_the_queue_s_fields_order_and_total(staff, new_user, owner):
    users = [new_user(main_photo_url=f"https://cdn.example.com/{n}.jpg") for n in range(4)]
    for age, user in zip([30, 10, 40, 20], users):
        owner.execute("update activity.users set main_photo_submitted_at = now() - %s * interval '1 day' where user_id = %s", [age, user.user_id])
    document = assert_ok(staff.client.get(QUEUE))
    assert list(document) == ["results", "total", "limit", "offset"] and (document["limit"], document["offset"]) == (50, 0)
    rows = queue(staff)
    mine = [row for row in rows if row["user_id"] in {user.user_id for user in users}]
    assert [row["user_id"] for row in mine] == [users[n].user_id for n in (2, 0, 3, 1)]
    assert list(mine[0]) == ["user_id", "username", "email", "main_photo_url", "created_at"]
    assert (mine[0]["email"], mine[0]["main_photo_url"]) == (users[2].email, "https://cdn.example.com/2.jpg") and TIME.fullmatch(mine[0]["created_at"])
    # `total` was the page's length once.
    page = assert_ok(staff.client.get(f"{QUEUE}?limit=1&offset=1"))
    assert page["results"] == rows[1:2] and page["total"] == len(rows) >= 4


def test_who_is_not_in_the_queue(staff, new_user):
    out = [new_user(), new_user(main_photo_url=PHOTO, main_photo_moderation_status="approved"),
           new_user(main_photo_url=PHOTO, main_photo_moderation_status="rejected"), new_user(main_photo_url=PHOTO, deleted_at="2020-01-01T00:00:00Z")]
    assert not {user.user_id for user in out} & {row["user_id"] for row in queue(staff)}


def test_a_new_photo_goes_to_the_end(staff, new_user, owner):
    early, late = new_user(main_photo_url=PHOTO), new_user(main_photo_url=PHOTO)
    assert_ok(early.client.post(f"{ME}/photos/main", json={"photo_url": OTHER_PHOTO}))
    ids = [row["user_id"] for row in queue(staff)]
    assert ids.index(late.user_id) < ids.index(early.user_id)


@pytest.mark.parametrize("query, field", [("limit=0", "limit"), ("limit=201", "limit"), ("limit=-1", "limit"), ("limit=x", "limit"), ("offset=-1", "offset"),
                                          ("offset=99999999999999999999", "offset")])
def test_bad_queries_are_422(staff, query, field):
    response = staff.client.get(f"{QUEUE}?{query}")
    assert response.status == 422, response.body
    assert_error(response, 422, response.code, field=field)


@pytest.mark.parametrize("status", ["approved", "rejected"])
@pytest.mark.parametrize("extra", [{}, {"photo_url": PHOTO}, {"reason": "blurry <b>"}])
def test_a_decision(staff, new_user, owner, status, extra):
    user = new_user(main_photo_url=PHOTO)
    assert assert_ok(user.client.get(ME))["main_photo_moderation_status"] == "pending"
    document = assert_ok(decide(staff, user, status=status, **extra))
    assert document == {"success": True, "user_id": user.user_id, "moderation_status": status}
    assert list(document) == ["success", "user_id", "moderation_status"]
    assert stored(owner, user, "main_photo_moderation_status", "main_photo_url") == (status, PHOTO)
    assert assert_ok(user.client.get(ME))["main_photo_moderation_status"] == status
    assert [(actor, action) for actor, action, _ in audit(owner, user)] == [(f"user:{staff}", f"photo.{status}")]
    mails = outbox(owner, user)
    assert [topic for _, topic, _ in mails] == (["photo_rejected"] if status == "rejected" else [])
    for _, _, mail in mails:
        assert mail["recipients"] == user.email and mail["template"] == "photo_rejected" and mail["data"]["subject"]
        assert "<b>" not in mail["data"]["message"]


def test_a_photo_that_changed_is_409(staff, new_user, owner):
    user = new_user(main_photo_url=PHOTO)
    assert_ok(user.client.post(f"{ME}/photos/main", json={"photo_url": OTHER_PHOTO}))
    assert_error(decide(staff, user, status="approved", photo_url=PHOTO), 409, "CONFLICT_PHOTO_CHANGED")
    assert stored(owner, user, "main_photo_moderation_status") == "pending" and audit(owner, user) == []
    assert_ok(decide(staff, user, status="approved", photo_url=OTHER_PHOTO))


def test_no_photo_nobody_and_the_deleted_are_404(staff, new_user):
    """Moderation of nobody was a silent success."""
    for target in (new_user(), UNKNOWN, new_user(main_photo_url=PHOTO, deleted_at="2020-01-01T00:00:00Z")):
        assert_error(decide(staff, target, status="approved"), 404, "RESOURCE_NOT_FOUND")
    assert_error(decide(staff, "nobody", status="approved"), 422, "VALIDATION_INVALID_FORMAT")


@pytest.mark.parametrize("body, code", [
    ({}, "VALIDATION_FIELD_REQUIRED"), ({"status": "pending"}, "VALIDATION_INVALID_VALUE"), ({"status": None}, "VALIDATION_INVALID_FORMAT"),
    ({"status": "Approved"}, "VALIDATION_INVALID_VALUE"), ({"status": 1}, "VALIDATION_INVALID_FORMAT"), ({"status": "approved", "x": 1}, "VALIDATION_UNKNOWN_FIELD"),
    ({"status": "rejected", "reason": "a\0b"}, "VALIDATION_INVALID_FORMAT"), ({"status": "rejected", "reason": 1}, "VALIDATION_INVALID_FORMAT"),
])
def test_other_bodies_are_422(staff, new_user, owner, body, code):
    user = new_user(main_photo_url=PHOTO)
    assert_error(staff.client.post(f"{ADMIN_USERS}/{user}/photo-moderation", json=body), 422, code)
    assert stored(owner, user, "main_photo_moderation_status") == "pending"


def test_a_decision_never_lands_on_a_photo_that_came_meanwhile(new_user, owner):
    """With photo_url, upload and approval race: approved is only what the moderator saw."""
    for _ in range(6):
        user, staff = new_user(main_photo_url=PHOTO), new_user(roles=["moderator"])
        upload, decision = race([(user.client, "POST", f"{ME}/photos/main", {"json": {"photo_url": OTHER_PHOTO}}),
                                 (staff.client, "POST", f"{ADMIN_USERS}/{user}/photo-moderation", {"json": {"status": "approved", "photo_url": PHOTO}})])
        assert upload.status == 200 and decision.status in (200, 409)
        assert stored(owner, user, "main_photo_url", "main_photo_moderation_status") == (OTHER_PHOTO, "pending")
