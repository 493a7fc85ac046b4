"""ETag, If-None-Match and If-Match: 304 for what is known already, 412 for an edit of something else, never for a heartbeat."""

import re

import pytest

from asserts import ME, assert_error, assert_ok, race
from endpoints import ADMIN_USERS, ENDPOINT, PHOTO, PREMIUM, USERS, keys, one, stored

TAG = re.compile(r'"[^".]+\.[^"]+"')
READS = {number: ENDPOINT[number] for number in (1, 2, 9, 13, 15, 19)}
# Write, the read whose tag it takes, bodies of two different edits.
WRITES = {3: (1, {"first_name": "one"}, {"first_name": "two"}),
          10: (9, {"interests": [{"tag": "one"}]}, {"interests": [{"tag": "two"}]}),
          14: (13, {"language": "nl"}, {"language": "de"})}


@pytest.fixture
def other(new_user):
    return new_user(first_name="other")


def read(number, user, other, **headers):
    return READS[number].send(user.client, other, headers={name.replace("_", "-"): value for name, value in headers.items()})


def write(number, user, body, tag=None):
    return ENDPOINT[number].send(user.client, "", json=body, headers={"If-Match": tag} if tag is not None else {})


@pytest.mark.parametrize("number", READS)
def test_a_read_has_a_tag_and_a_known_one_is_304(number, user, other):
    first = read(number, user, other)
    tag = first.header("ETag")
    assert_ok(first)
    assert TAG.fullmatch(tag) and first.header("Cache-Control") == "private, no-cache"
    for known in (tag, f"W/{tag}", f'"x.y", {tag}', f'"x.y",W/{tag} , "z"', "*"):
        # Cached or not, again and again.
        for _ in range(2):
            response = read(number, user, other, If_None_Match=known)
            assert (response.status, response.body, response.header("ETag")) == (304, b"", tag), known
            assert response.header("Cache-Control") == "private, no-cache" and response.header("X-Trace-ID")
    for unknown in ('"x.y"', tag.strip('"'), tag.upper() if tag.upper() != tag else '"Z.z"', ""):
        response = read(number, user, other, If_None_Match=unknown)
        assert (response.status, response.body) == (200, first.body), unknown


@pytest.mark.parametrize("number", READS)
def test_head_has_the_same_tag(number, user, other):
    tag = read(number, user, other).header("ETag")
    path = READS[number].path.replace("{user_id}", str(other))
    assert user.client.head(path).header("ETag") == tag
    assert user.client.head(path, headers={"If-None-Match": tag}).status == 304


@pytest.mark.parametrize("number", [one for one in ENDPOINT if one not in READS and ENDPOINT[one].method == "GET"])
def test_other_reads_have_none(number, new_user):
    response = ENDPOINT[number].send(new_user(roles=["admin"], **PREMIUM).client, "")
    assert_ok(response)
    assert response.header("ETag") is None and response.header("Cache-Control") == "no-store"


def test_the_tag_changes_with_everything_in_the_body(user, other, stack, api, new_user, owner):
    admin = new_user(roles=["admin"])
    changes = [
        ((1, 2), lambda: other.client.patch(ME, json={"first_name": "new"})),
        ((1, 9), lambda: other.client.put(f"{ME}/interests", json={"interests": [{"tag": "tea"}]})),
        ((1, 13), lambda: other.client.patch(f"{ME}/settings", json={"language": "nl"})),
        ((1, 2, 19), lambda: api.post(f"{USERS}/{other}/verify", headers=keys(stack, "participation"))),
        ((1, 19), lambda: api.post(f"{USERS}/{other}/no-show", headers=keys(stack, "moderation"))),
        ((1, 15), lambda: api.post(f"{USERS}/{other}/subscription", headers=keys(stack, "payment"), json=PREMIUM)),
        ((1, 15), lambda: admin.client.post(f"{USERS}/{other}/captain", json={"is_captain": True})),
        ((1, 2), lambda: other.client.post(f"{ME}/photos/main", json={"photo_url": PHOTO})),
        ((1, 2), lambda: admin.client.post(f"{ADMIN_USERS}/{other}/photo-moderation", json={"status": "approved"})),
        ((1,), lambda: other.client.post(f"{ME}/heartbeat")),
    ]
    for numbers, change in changes:
        before = {number: read(number, user if number == 2 else other, other).header("ETag") for number in numbers}
        assert_ok(change())
        for number, tag in before.items():
            response = read(number, user if number == 2 else other, other, If_None_Match=tag)
            assert response.status == 200 and response.header("ETag") != tag, number


def test_a_304_of_a_public_profile_is_a_view(user, other, owner):
    def views():
        return one(owner, "select count(*) from activity.profile_views where viewed_user_id = %s", other.user_id)[0]

    tag = read(2, user, other).header("ETag")
    assert views() == 1
    assert read(2, user, other, If_None_Match=tag).status == 304
    assert views() == 2
    user.client.head(f"{USERS}/{other}", headers={"If-None-Match": tag})
    assert views() == 2


def test_a_refused_reader_gets_no_304(new_user, other, owner):
    user = new_user()
    tag = read(2, user, other).header("ETag")
    owner.execute("insert into activity.user_blocks values (%s, %s)", [other.user_id, user.user_id])
    for known in (tag, "*"):
        assert_error(read(2, user, other, If_None_Match=known), 404, "RESOURCE_NOT_FOUND")


# --- If-Match ---

@pytest.mark.parametrize("number", WRITES)
def test_a_matching_tag_writes_and_the_answer_has_the_next(number, user, other):
    source, body, again = WRITES[number]
    tag = read(source, user, other).header("ETag")
    for change in (body, again):
        response = write(number, user, change, tag)
        assert_ok(response)
        assert TAG.fullmatch(response.header("ETag")) and response.header("ETag") != tag
        tag = response.header("ETag")
        assert tag == read(source, user, other).header("ETag")
        assert read(source, user, other, If_None_Match=tag).status == 304


@pytest.mark.parametrize("number", WRITES)
def test_an_old_tag_is_412_and_changes_nothing(number, user, other):
    source, body, again = WRITES[number]
    old = read(source, user, other).header("ETag")
    assert_ok(write(number, user, body))
    before = read(source, user, other)
    for tag in (old, f'{old}, "0.0"', "W/" + before.header("ETag"), '"0.0"', '"x"', f'W/{old}, W/"1.1"'):
        assert_error(write(number, user, again, tag), 412, "PRECONDITION_FAILED")
    after = read(source, user, other)
    assert (after.body, after.header("ETag")) == (before.body, before.header("ETag"))
    # One of a list is enough, wherever it stands.
    assert_ok(write(number, user, again, f'"0.0", {before.header("ETag")}'))
    assert_ok(write(number, user, body, f'"9223372036854775807.0", {read(source, user, other).header("ETag")}, {old}'))


@pytest.mark.parametrize("number", WRITES)
def test_a_list_has_an_end(number, user):
    tags = ", ".join(f'"{version}.0"' for version in range(9))
    assert_error(write(number, user, WRITES[number][1], tags), 400, "BAD_REQUEST", field="If-Match")


@pytest.mark.parametrize("number", WRITES)
@pytest.mark.parametrize("value", ["x", "1.a", '"', '"1.a', '"1.a" x', "W/", ",", "* , *"])
def test_what_is_no_list_of_tags_writes_nothing(number, value, user, other):
    before = read(WRITES[number][0], user, other).body
    assert write(number, user, WRITES[number][1], value).status in (400, 412)
    assert read(WRITES[number][0], user, other).body == before


@pytest.mark.parametrize("number", WRITES)
def test_a_star_matches_whatever_there_is(number, user):
    assert_ok(write(number, user, WRITES[number][1], "*"))


@pytest.mark.parametrize("number", WRITES)
def test_a_bad_body_comes_before_the_precondition(number, user):
    assert write(number, user, {"nonsense": 1}, '"0.0"').status == 422


@pytest.mark.parametrize("number", WRITES)
def test_heartbeats_and_counters_cause_no_412(number, user, other, stack, api, owner):
    source, body, _ = WRITES[number]
    tag = read(source, user, other).header("ETag")
    assert_ok(user.client.post(f"{ME}/heartbeat"))
    assert_ok(api.post(f"{USERS}/{user}/verify", headers=keys(stack, "participation")))
    assert_ok(api.post(f"{USERS}/{user}/no-show", headers=keys(stack, "moderation")))
    assert_ok(api.post(f"{USERS}/{user}/activity-counters", headers=keys(stack, "activities"), json={"created_delta": 1, "attended_delta": 1}))
    owner.execute("update activity.users set last_login_at = now(), is_verified = true where user_id = %s", [user.user_id])
    assert_ok(write(number, user, body, tag))


def test_an_edit_that_a_sibling_made_is_412(user, other, owner):
    tag = read(1, user, other).header("ETag")
    owner.execute("update activity.users set first_name = 'sibling' where user_id = %s", [user.user_id])
    assert_error(write(3, user, {"first_name": "mine"}, tag), 412, "PRECONDITION_FAILED")
    assert stored(owner, user, "first_name") == "sibling"


@pytest.mark.parametrize("number", WRITES)
def test_of_many_edits_of_the_same_version_one_wins(number, user, other):
    source, body, again = WRITES[number]
    tag = read(source, user, other).header("ETag")
    endpoint = ENDPOINT[number]
    answers = race([(user.client, endpoint.method, endpoint.path, {"json": [body, again][n % 2], "headers": {"If-Match": tag}}) for n in range(8)])
    assert sorted(answer.status for answer in answers) == [200] + [412] * 7
    winner = next(answer for answer in answers if answer.status == 200)
    assert winner.header("ETag") == read(source, user, other).header("ETag")
