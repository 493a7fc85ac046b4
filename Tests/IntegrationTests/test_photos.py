"""Photos: which URLs count, the main one and its moderation, and the eight others."""

import urllib.parse

import pytest

from asserts import ME, assert_error, assert_ok, race
from endpoints import PHOTO, stored

MAIN, EXTRA = f"{ME}/photos/main", f"{ME}/photos"
CDN = "https://cdn.example.com/"
GOOD = [f"{CDN}a.jpg", "https://cdn.example.com:443/a.jpg", "https://CDN.example.COM/a.jpg", f"{CDN}a%20b.jpg?w=100&h=2#x",
        CDN + "a" * (500 - len(CDN))]
BAD = [
    "http://cdn.example.com/a.jpg", "ftp://cdn.example.com/a.jpg", "javascript:alert(1)", "//cdn.example.com/a.jpg", "/a.jpg", "",
    "cdn.example.com/a.jpg", "https://evil.example/a.jpg", "https://cdn.example.com.evil.example/a.jpg",
    "https://evil.example/cdn.example.com/a.jpg", "https://xcdn.example.com/a.jpg", "https://example.com/a.jpg",
    "https://user@cdn.example.com/a.jpg", "https://user:pass@cdn.example.com/a.jpg", "https://cdn.example.com@evil.example/a.jpg",
    "https://evil.example#@cdn.example.com/a.jpg", "https://evil.example\\@cdn.example.com/a.jpg", "https://cdn.example.com\\a.jpg",
    "https://cdn.example.com:8443/a.jpg", "https://cdn.example.com:80/a.jpg", "https://cdn.example.com:x/a.jpg",
    f"{CDN}../a.jpg", f"{CDN}a/../b.jpg", f"{CDN}a/..", f"{CDN}%2e%2e/a.jpg", f"{CDN}a/%2E./b.jpg", f"{CDN}a/.%2e/b.jpg", f"{CDN}a..b.jpg",
    f"{CDN}a b.jpg", f"{CDN}a\n.jpg", f"{CDN}a\0.jpg", f" {CDN}a.jpg", f"{CDN}a.jpg\n", "https:///a.jpg", "https://",
    "https://cdn.example.com%00.evil.example/a.jpg",
]
LONG = CDN + "a" * (501 - len(CDN))


def photos(count):
    return [f"{CDN}{n}.jpg" for n in range(count)]


# --- the rule, on both endpoints that take a new photo ---

@pytest.mark.parametrize("path", [MAIN, EXTRA])
@pytest.mark.parametrize("url", GOOD)
def test_photos_of_the_cdn_are_taken(user, path, url):
    document = assert_ok(user.client.post(path, json={"photo_url": url}))
    assert url in (document.get("main_photo_url"), *document.get("profile_photos_extra", []))


@pytest.mark.parametrize("path", [MAIN, EXTRA])
@pytest.mark.parametrize("url", BAD)
def test_other_urls_are_422_and_nothing_changes(user, owner, path, url):
    response = user.client.post(path, json={"photo_url": url})
    assert response.status == 422, (response.status, response.body)
    assert_error(response, 422, response.code, field="photo_url")
    assert stored(owner, user, "main_photo_url", "profile_photos_extra") == (None, [])


@pytest.mark.parametrize("path", [MAIN, EXTRA])
@pytest.mark.parametrize("body, code", [
    ({"photo_url": LONG}, "VALIDATION_FIELD_TOO_LONG"), ({"photo_url": None}, "VALIDATION_INVALID_FORMAT"),
    ({"photo_url": 1}, "VALIDATION_INVALID_FORMAT"), ({}, "VALIDATION_FIELD_REQUIRED"),
    ({"photo_url": PHOTO, "x": 1}, "VALIDATION_UNKNOWN_FIELD"),
])
def test_other_bodies_are_422(user, path, body, code):
    assert_error(user.client.post(path, json=body), 422, code)


# --- the main photo ---

def test_a_new_main_photo_waits_for_moderation(new_user, owner):
    user = new_user(main_photo_url=PHOTO, main_photo_moderation_status="approved")
    document = assert_ok(user.client.post(MAIN, json={"photo_url": f"{CDN}new.jpg"}))
    assert list(document) == ["success", "main_photo_url", "moderation_status", "message"]
    assert document["main_photo_url"] == f"{CDN}new.jpg" and document["moderation_status"] == "pending" and document["message"]
    assert stored(owner, user, "main_photo_url", "main_photo_moderation_status", "main_photo_submitted_at > now() - interval '1 minute'") \
        == (f"{CDN}new.jpg", "pending", True)
    profile = assert_ok(user.client.get(ME))
    assert (profile["main_photo_url"], profile["main_photo_moderation_status"]) == (f"{CDN}new.jpg", "pending")


def test_a_rejected_photo_cannot_be_hidden_from_moderation(new_user, owner):
    user = new_user(main_photo_url=PHOTO, main_photo_moderation_status="rejected")
    assert_ok(user.client.post(MAIN, json={"photo_url": PHOTO}))
    assert stored(owner, user, "main_photo_moderation_status") in ("pending", "rejected")


# --- the others ---

def test_photos_are_added_in_order(user, owner):
    for count, url in enumerate(photos(8), 1):
        document = assert_ok(user.client.post(EXTRA, json={"photo_url": url}))
        assert list(document) == ["success", "photo_count", "profile_photos_extra"]
        assert document == {"success": True, "photo_count": count, "profile_photos_extra": photos(count)}
    assert stored(owner, user, "profile_photos_extra") == photos(8)
    assert assert_ok(user.client.get(ME))["profile_photos_extra"] == photos(8)


@pytest.mark.parametrize("present", [8, 9, 25])
def test_a_ninth_is_400(new_user, owner, present):
    user = new_user(profile_photos_extra=photos(present))
    assert_error(user.client.post(EXTRA, json={"photo_url": PHOTO}), 400, "RESOURCE_LIMIT_EXCEEDED", limit=8)
    assert stored(owner, user, "profile_photos_extra") == photos(present)


def test_one_already_there_is_409(new_user, owner):
    user = new_user(profile_photos_extra=photos(3))
    assert_error(user.client.post(EXTRA, json={"photo_url": photos(2)[1]}), 409, "RESOURCE_DUPLICATE", value=photos(2)[1])
    assert stored(owner, user, "profile_photos_extra") == photos(3)


@pytest.mark.parametrize("present, threads", [(7, 12), (3, 12), (0, 16)])
def test_the_eighth_is_the_last_also_in_a_race(new_user, owner, present, threads):
    """The service before this one let 16 in."""
    user = new_user(profile_photos_extra=photos(present))
    answers = race([(user.client, "POST", EXTRA, {"json": {"photo_url": f"{CDN}new/{n}.jpg"}}) for n in range(threads)])
    assert sorted(answer.status for answer in answers) == [200] * (8 - present) + [400] * (threads - 8 + present)
    assert len(stored(owner, user, "profile_photos_extra")) == 8


def test_one_photo_added_by_many_at_once_is_there_once(user, owner):
    answers = race([(user.client, "POST", EXTRA, {"json": {"photo_url": PHOTO}})] * 8)
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert stored(owner, user, "profile_photos_extra") == [PHOTO]


# --- removal ---

@pytest.mark.parametrize("way", ["body", "query"])
def test_a_photo_is_removed(new_user, owner, way):
    user, gone = new_user(profile_photos_extra=photos(3)), photos(3)[1]
    if way == "body":
        response = user.client.delete(EXTRA, json={"photo_url": gone})
    else:
        response = user.client.delete(f"{EXTRA}?photo_url={urllib.parse.quote(gone, safe='')}")
    left = [photos(3)[0], photos(3)[2]]
    document = assert_ok(response)
    assert list(document) == ["success", "photo_count", "profile_photos_extra"]
    assert document == {"success": True, "photo_count": 2, "profile_photos_extra": left}
    assert stored(owner, user, "profile_photos_extra") == left == assert_ok(user.client.get(ME))["profile_photos_extra"]


def test_one_that_is_not_there_is_404(new_user, owner):
    """It was a silent success."""
    user = new_user(profile_photos_extra=photos(2), main_photo_url=PHOTO)
    assert_error(user.client.delete(EXTRA, json={"photo_url": PHOTO}), 404, "RESOURCE_NOT_FOUND")
    assert stored(owner, user, "profile_photos_extra", "main_photo_url") == (photos(2), PHOTO)


@pytest.mark.parametrize("way", ["body", "query"])
@pytest.mark.parametrize("odd", ["http://old.example/a.jpg", " https://cdn.example.com/a.jpg ", "https://cdn.example.com/" + "a" * 2000])
def test_an_odd_photo_of_before_can_be_removed(new_user, owner, odd, way):
    """Adopted rows may break today's rules; they block nothing but their own change."""
    user = new_user(profile_photos_extra=[odd, *photos(1)])
    assert assert_ok(user.client.get(ME))["profile_photos_extra"] == [odd, *photos(1)]
    assert_ok(user.client.delete(EXTRA, json={"photo_url": odd}) if way == "body"
              else user.client.delete(f"{EXTRA}?photo_url={urllib.parse.quote(odd, safe='')}"))
    assert stored(owner, user, "profile_photos_extra") == photos(1)


@pytest.mark.parametrize("options, code", [
    ({}, "VALIDATION_FIELD_REQUIRED"), ({"json": {}}, "VALIDATION_FIELD_REQUIRED"), ({"json": {"photo_url": None}}, "VALIDATION_INVALID_FORMAT"),
    ({"json": {"photo_url": 1}}, "VALIDATION_INVALID_FORMAT"), ({"json": {"photo_url": PHOTO, "x": 1}}, "VALIDATION_UNKNOWN_FIELD"),
])
def test_a_removal_of_nothing_is_422(user, options, code):
    assert_error(user.client.delete(EXTRA, **options), 422, code)
