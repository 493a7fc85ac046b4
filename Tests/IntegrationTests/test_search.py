"""Search: what matches, who is left out, in which order, and paging by offset and by cursor."""

import base64
import urllib.parse
import uuid

import pytest

from asserts import assert_error, assert_ok
from endpoints import USERS, one
from waiting import wait_for

FIELDS = ["user_id", "username", "first_name", "last_name", "main_photo_url", "is_verified", "verification_count"]
PAST = "2020-01-01T00:00:00Z"


def search(user, q, **parameters):
    return user.client.get(f"{USERS}/search?" + urllib.parse.urlencode({"q": q, **parameters}))


def found(user, q, **parameters):
    return [row["user_id"] for row in assert_ok(search(user, q, **parameters))["results"]]


@pytest.fixture
def word():
    """Something that only this test's users have in their names."""
    return "q" + uuid.uuid4().hex[:10]


def test_fields_and_defaults(user, new_user, word):
    match = new_user(first_name=f"Ann {word}", last_name="Lee", main_photo_url="https://cdn.example.com/a.jpg", is_verified=True,
                     verification_count=3)
    document = assert_ok(search(user, word))
    assert set(document) == {"results", "total", "limit", "offset", "next_cursor", "total_is_capped"}
    assert {name: document[name] for name in document if name != "results"} == \
        {"total": 1, "limit": 20, "offset": 0, "next_cursor": None, "total_is_capped": False}
    row, = document["results"]
    assert list(row) == FIELDS
    assert row == {"user_id": match.user_id, "username": match.username, "first_name": f"Ann {word}", "last_name": "Lee",
                   "main_photo_url": "https://cdn.example.com/a.jpg", "is_verified": True, "verification_count": 3}


@pytest.mark.parametrize("column", ["username", "first_name", "last_name"])
@pytest.mark.parametrize("shape", ["{}", "x{}", "{}x", "xx{}xx"])
@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_a_substring_of_any_name_in_any_case(user, new_user, word, column, shape, change):
    match = new_user(**{column: shape.format(word)})
    assert found(user, change(word)) == [match.user_id]
    assert found(user, change(word[2:7])).count(match.user_id) <= 1
    assert found(user, f"  {word}  ") == [match.user_id]


@pytest.mark.parametrize("name, q, matches", [
    ("a%b", "a%b", True), ("axb", "a%b", False), ("a_b", "a_b", True), ("axb", "a_b", False), ("a\\b", "a\\b", True), ("ab", "a\\b", False),
    ("a'b", "a'b", True), ("émile", "ÉMILE", True), ("émile", "emile", False), ("Straße", "STRAßE", True), ("漢字", "漢字", True),
    ("n Lee", "n L", True),
])
def test_wildcards_are_literal_and_accents_count(user, new_user, word, name, q, matches):
    match = new_user(first_name=word + name)
    assert (match.user_id in found(user, word + q)) is matches


@pytest.mark.parametrize("q", ["%%", "__", "%_%", "\\\\", "''"])
def test_no_query_walks_the_directory(user, new_user, q):
    new_user(first_name="Plain")
    assert assert_ok(search(user, q))["results"] == []


def test_a_match_spans_no_two_names(user, new_user, word):
    new_user(first_name=word, last_name="tail")
    assert found(user, word + "tail") == found(user, f"{word} tail") == []


def test_two_characters_find_too(user, new_user, owner):
    pair = "ꚰꚱ"
    match = new_user(first_name=f"x{pair}y")
    assert match.user_id in found(user, pair)
    owner.execute("update activity.users set first_name = null where user_id = %s", [match.user_id])
    assert match.user_id not in found(user, pair)


def test_who_is_left_out(new_user, owner, word):
    user, blocked, blocker = new_user(first_name=word), new_user(first_name=word), new_user(first_name=word)
    owner.execute("insert into activity.user_blocks values (%s, %s), (%s, %s)",
                  [user.user_id, blocked.user_id, blocker.user_id, user.user_id])
    for columns in ({"status": "banned"}, {"status": "temporary_ban", "ban_expires_at": "2099-01-01T00:00:00Z"}, {"is_active": False},
                    {"deleted_at": PAST}, {"deleted_at": PAST, "status": "banned"}):
        new_user(first_name=word, **columns)
    back = new_user(first_name=word, status="temporary_ban", ban_expires_at=PAST)
    document = assert_ok(search(user, word))
    assert [row["user_id"] for row in document["results"] if row["user_id"] != user.user_id] == [back.user_id]
    assert document["total"] == len(document["results"])


def test_oneself_is_found_or_not_as_the_contract_says(new_user, word):
    """`no … mutually blocked user, oneself included`: one finds oneself."""
    user = new_user(first_name=word)
    assert found(user, word) == [user.user_id]


@pytest.fixture
def crowd(new_user, word):
    """25 who match, in the order that search must show: by verifications, then name."""
    users = [new_user(username=f"{word}_{n:02}", verification_count=n % 4) for n in range(25)]
    return [user.user_id for user in sorted(users, key=lambda user: (-(int(user.username[-2:]) % 4), user.username))]


@pytest.mark.parametrize("limit", [1, 4, 7, 25, 100])
def test_cursor_paging_equals_offset_paging(new_user, crowd, word, limit):
    first, second = new_user(), new_user()
    by_offset = [row for offset in range(0, 26, limit) for row in found(first, word, limit=limit, offset=offset)]
    assert by_offset == crowd
    document = assert_ok(search(second, word, limit=limit))
    by_cursor = [row["user_id"] for row in document["results"]]
    while document["next_cursor"]:
        document = assert_ok(search(second, word, limit=limit, cursor=document["next_cursor"]))
        assert document["total"] == 25 and len(document["results"]) <= limit
        by_cursor += [row["user_id"] for row in document["results"]]
    assert by_cursor == crowd


def test_beyond_the_end_is_an_empty_page_with_the_total(user, crowd, word):
    document = assert_ok(search(user, word, offset=10000))
    assert (document["results"], document["total"], document["offset"]) == ([], 25, 10000)


def test_the_total_is_capped_at_1000(user, owner, word):
    owner.execute("insert into activity.users (email, username, password_hash) select %s || n || '@example.com', %s || n, '!' "
                  "from generate_series(1, 1001) n", [word, word])
    try:
        document = assert_ok(search(user, word))
        assert (document["total"], document["total_is_capped"], len(document["results"])) == (1000, True, 20)
        owner.execute("delete from activity.users where username = %s || 1", [word])
        document = assert_ok(search(user, word))
        assert (document["total"], document["total_is_capped"]) == (1000, False)
        owner.execute("delete from activity.users where username = %s || 2", [word])
        assert assert_ok(search(user, word))["total"] == 999
    finally:
        owner.execute("delete from activity.users where starts_with(username, %s)", [word])


@pytest.mark.parametrize("query, code, field", [
    ("", "VALIDATION_FIELD_REQUIRED", "q"), ("q=", None, "q"), ("q=a", "VALIDATION_FIELD_TOO_SHORT", "q"), ("q=%20a%20", "VALIDATION_FIELD_TOO_SHORT", "q"),
    ("q=" + "a" * 101, "VALIDATION_FIELD_TOO_LONG", "q"), 
    ("q=ab&limit=0", "VALIDATION_INVALID_VALUE", "limit"), ("q=ab&limit=-1", None, "limit"), ("q=ab&limit=101", "VALIDATION_INVALID_VALUE", "limit"),
    ("q=ab&limit=x", "VALIDATION_INVALID_FORMAT", "limit"), ("q=ab&limit=1.5", "VALIDATION_INVALID_FORMAT", "limit"), ("q=ab&limit=", None, "limit"),
    ("q=ab&limit=99999999999999999999", None, "limit"), ("q=ab&offset=-1", None, "offset"), ("q=ab&offset=10001", "VALIDATION_INVALID_VALUE", "offset"),
    ("q=ab&offset=0&cursor=abc", None, "cursor"), ("q=ab&cursor=abc", None, "cursor"), ("q=ab&cursor=", None, "cursor"),
    ("q=ab&cursor=" + "A" * 5000, None, "cursor"),
])
def test_bad_queries_are_422(user, query, code, field):
    response = user.client.get(f"{USERS}/search?{query}")
    assert response.status == 422, response.body
    assert_error(response, 422, code or response.code, field=field)


def test_a_cursor_that_was_tampered_with_is_422_or_harmless(user, crowd, word):
    cursor = assert_ok(search(user, word, limit=3))["next_cursor"]
    others = [cursor[:-2], cursor + "AA", cursor[::-1], base64.urlsafe_b64encode(b"0 x' or 1=1").decode(), base64.urlsafe_b64encode(b"\0\xff").decode()]
    for other in others:
        response = search(user, word, cursor=other)
        assert response.status in (200, 422), response.body
        if response.status == 422:
            assert_error(response, 422, response.code, field="cursor")
        else:
            assert {row["user_id"] for row in response.json["results"]} <= set(crowd)


def test_search_terms_are_never_logged(user, stack, word):
    traces = [f"search-{user}-{number}" for number in range(2)]
    for trace, q in zip(traces, (word, f"marker_{word}")):
        assert_ok(user.client.get(f"{USERS}/search?q={q}", headers={"X-Trace-ID": trace}))
    # Lines go out in groups, a moment after the answer.
    wait_for(lambda: {line.get("trace_id") for line in stack.log_lines()} >= set(traces))
    text = (stack.run_dir / "log/service.log").read_text()
    assert word not in text and "/users/search" in text


def test_a_block_counts_at_once(new_user, owner, word):
    user, other = new_user(), new_user(first_name=word)
    assert found(user, word) == [other.user_id]
    owner.execute("insert into activity.user_blocks values (%s, %s)", [other.user_id, user.user_id])
    assert found(user, word) == []
    assert one(owner, "select count(*) from activity.user_blocks where blocked_user_id = %s", user.user_id) == (1,)
