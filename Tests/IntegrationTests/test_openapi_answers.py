"""Real answers against nginx/docs/openapi.yaml, so that the document cannot lie: each endpoint is called with the document's own
example, and its status, body and headers must be what the document says. Refusals are in test_openapi_refusals.py."""

import uuid

import pytest

from openapi import OPERATIONS
from openapi_call import PHOTO, PREMIUM, assert_documented, operations

# Every member of an answer with a value, and the same account again with as little as there can be.
FULL = {
    "first_name": "Ada", "last_name": "Lovelace", "profile_description": "Two\nlines.", "gender": "female",
    "main_photo_url": PHOTO, "main_photo_moderation_status": "approved", "profile_photos_extra": [PHOTO],
    "date_of_birth": "1990-01-31", "is_captain": True, "captain_since": "2026-01-01T00:00:00Z", "is_verified": True,
    "verification_count": 2, "activities_attended_count": 5, "last_seen_at": "2026-01-01T00:00:00Z", "last_login_at": "2026-01-01T00:00:00Z",
    **PREMIUM,
}
BARE = {"main_photo_moderation_status": None, "profile_photos_extra": None, "subscription_level": "free"}


@operations(lambda one: True)
def test_a_good_call_is_answered_as_documented(operation, call):
    response = call(operation).send()
    assert_documented(operation, response, 200)
    assert bool(response.header("RateLimit")) == bool(operation.limit)


@operations(lambda one: one.method == "GET" and one.limit)
@pytest.mark.parametrize("columns", [FULL, BARE], ids=["full", "bare"])
def test_every_member_is_documented_with_and_without_a_value(operation, columns, call, owner, new_user):
    mine = {name: value for name, value in columns.items() if operation.id != "profileViews" or name not in PREMIUM}
    request = call(operation, **mine)
    shown = request.caller
    if operation.id in ("publicProfile", "search", "photoQueue", "profileViews"):
        shown = new_user(**{**columns, "main_photo_moderation_status": "pending", "main_photo_url": PHOTO})
        shown.client.get(f"/api/v1/users/{request.caller}")
        request.path["user_id"] = shown.user_id
        request.query.update({"q": shown.username} if operation.id == "search" else {})
    if columns is FULL:
        fill(owner, shown, request.other)
    document = assert_documented(operation, request.send(), 200)
    # An empty list proves nothing of its items.
    assert columns is BARE or [] not in document.values()


def fill(owner, user, other):
    """What a full account has in the other tables."""
    for statement in (
        "insert into activity.user_interests (user_id, interest_tag, weight) values (%(user)s, 'Chess', 0.25)",
        "insert into activity.user_settings (user_id, language) values (%(user)s, 'nl')",
        "insert into activity.user_blocks (blocker_user_id, blocked_user_id, reason) values (%(user)s, %(other)s, 'noise')",
        "insert into activity.profile_views (viewer_user_id, viewed_user_id) values (%(user)s, %(other)s)",
        "insert into activity.media_assets (user_id, asset_type, file_name, file_size_bytes, mime_type, storage_url, thumbnail_url)"
        " values (%(user)s, 'image', 'a.jpg', 1, 'image/jpeg', 'https://cdn.example.com/a.jpg', 'https://cdn.example.com/t.jpg')",
    ):
        owner.execute(statement, {"user": user.user_id, "other": other.user_id})


@operations(lambda one: one.id in ("ownProfile", "subscription", "export"))
def test_a_tier_that_has_run_out_is_free_everywhere(operation, call):
    document = call(operation, subscription_level="premium", subscription_expires_at="2020-01-01T00:00:00Z").send().json
    tier = document["subscription"] if operation.id == "export" else document
    assert (tier["subscription_level"], tier["subscription_expires_at"]) == ("free", None)


@operations(lambda one: "If-None-Match" in one.parameters)
def test_an_unchanged_answer_is_304_as_documented(operation, call):
    request = call(operation)
    tag = request.send().header("ETag")
    response = request.send(headers={"If-None-Match": tag})
    assert_documented(operation, response, 304)
    assert response.header("ETag") == tag


@operations(lambda one: "If-Match" in one.parameters)
def test_a_write_returns_the_tag_that_the_matching_read_has_then(operation, call):
    request = call(operation)
    tag = request.send(method="GET").header("ETag")
    response = request.send(headers={"If-Match": tag})
    assert_documented(operation, response, 200)
    assert response.header("ETag") == request.send(method="GET").header("ETag") != tag


@operations(lambda one: "Idempotency-Key" in one.parameters)
def test_a_repeated_request_is_replayed_as_documented(operation, call):
    request = call(operation)
    request.headers["Idempotency-Key"] = str(uuid.uuid4())
    first, second = request.send(), request.send()
    assert_documented(operation, second, 200)
    assert (first.header("Idempotent-Replayed"), second.header("Idempotent-Replayed")) == (None, "true")
    assert first.body == second.body


@operations(lambda one: one.method == "GET")
def test_head_is_get_without_its_body(operation, call):
    request = call(operation)
    head, get = request.send(method="HEAD"), request.send()
    assert (head.status, head.body) == (200, b"")
    assert head.header("Content-Type") == get.header("Content-Type")
    assert bool(head.header("ETag")) == bool(get.header("ETag"))
