"""The four interest endpoints: shapes, order, tags of any script, weights, limits, percent-encoding."""

from urllib.parse import quote

import pytest

from asserts import INTERESTS, ME, assert_error, assert_ok, tags

SCRIPTS = ["hiking", "rock & roll", "d'n'b", "hip-hop_2", "日本語", "музыка", "موسيقى", "हिन्दी", "ภาษาไทย", "한국어", "Ελληνικά",
           "cafe\u0301", "čeština", "١٢٣", "中文 音乐", "ಕನ್ನಡ", "a", "x" * 100, "漢" * 100]
NOT_ALLOWED = ["a/b", "a\nb", "a\tb", "a\0b", "<b>", "c++", "c#", "50%", "a,b", "a.b", "a:b", "🎉", "tag!", 'a"b', "a\\b", "a\u202eb",
               "a\u2028b", "½", "€"]


def listed(user):
    document = assert_ok(user.client.get(INTERESTS))
    assert list(document) == ["interests", "count"]
    assert document["count"] == len(document["interests"])
    return document["interests"]


def put(user, *interests):
    return user.client.put(INTERESTS, json={"interests": [{"tag": i} if isinstance(i, str) else i for i in interests]})


def fill(owner, user, count):
    owner.execute("insert into activity.user_interests select %s, 'tag ' || lpad(n::text, 2, '0') from generate_series(1, %s) n",
                  [user.user_id, count])


def remove(user, tag):
    return user.client.delete(f"{INTERESTS}/{quote(tag, safe='')}")


# --- GET ---

def test_none_is_an_empty_list(user):
    response = user.client.get(INTERESTS)
    assert assert_ok(response) == {"interests": [], "count": 0}
    assert response.headers.get_all("Cache-Control") == ["private, no-cache"]


def test_order_is_weight_descending_then_tag(user):
    assert_ok(put(user, {"tag": "b", "weight": 0.5}, {"tag": "d", "weight": 0.25}, {"tag": "c", "weight": 1}, {"tag": "a", "weight": 0.5}))
    expected = [{"tag": "c", "weight": 1}, {"tag": "a", "weight": 0.5}, {"tag": "b", "weight": 0.5}, {"tag": "d", "weight": 0.25}]
    assert listed(user) == expected
    assert assert_ok(user.client.get(ME))["interests"] == expected


def test_head_is_get_without_the_body(user):
    get, head = user.client.get(INTERESTS), user.client.head(INTERESTS)
    assert (head.status, head.body, head.header("Content-Length")) == (200, b"", get.header("Content-Length"))


# --- PUT ---

def test_put_replaces_all_and_answers_them_in_order(user, owner):
    fill(owner, user, 5)
    document = assert_ok(put(user, {"tag": "tea", "weight": 0.1}, "chess"))
    assert list(document) == ["success", "interest_count", "interests"]
    assert document == {"success": True, "interest_count": 2,
                        "interests": [{"tag": "chess", "weight": 1}, {"tag": "tea", "weight": 0.1}]}
    assert listed(user) == document["interests"]


def test_put_of_none_clears(user, owner):
    fill(owner, user, 3)
    assert assert_ok(put(user)) == {"success": True, "interest_count": 0, "interests": []}
    assert listed(user) == []


@pytest.mark.parametrize("tag", SCRIPTS)
def test_tags_of_any_script(user, tag):
    assert tags(assert_ok(put(user, tag))) == [tag]
    assert tags(assert_ok(user.client.get(INTERESTS))) == [tag]
    assert_ok(remove(user, tag))
    assert listed(user) == []
    assert_ok(user.client.post(INTERESTS, json={"tag": tag}))
    assert listed(user) == [{"tag": tag, "weight": 1}]


def test_tags_are_trimmed(user):
    assert tags(assert_ok(put(user, "  ice skating "))) == ["ice skating"]
    assert_ok(user.client.post(INTERESTS, json={"tag": " ice skating  ", "weight": 0.5}))
    assert listed(user) == [{"tag": "ice skating", "weight": 0.5}]


@pytest.mark.parametrize("one, other", [("Chess", "chess"), ("ÉCOLE", "école"), ("МУЗЫКА", "музыка"), ("chess", " CHESS "),
                                        ("ΟΔΟΣ", "οδος"), ("same", "same")])
def test_tags_are_unique_without_regard_to_case(user, one, other):
    assert_error(put(user, "tea", one, other), 422, "VALIDATION_INVALID_VALUE", field="interests[2].tag")
    assert listed(user) == []


def test_recasing_a_tag_by_put_and_unchanged_ones_stay(user):
    assert_ok(put(user, "chess", "tea"))
    assert sorted(tags(assert_ok(put(user, "Chess", "tea")))) == ["Chess", "tea"]
    assert sorted(tags(assert_ok(user.client.get(INTERESTS)))) == ["Chess", "tea"]


def test_twenty_are_allowed_and_twenty_one_are_422(user):
    twenty = [f"tag {n:02}" for n in range(20)]
    assert assert_ok(put(user, *twenty))["interest_count"] == 20
    assert_error(put(user, *twenty, "one more"), 422, "VALIDATION_INVALID_VALUE", field="interests")
    assert tags(assert_ok(user.client.get(INTERESTS))) == twenty


@pytest.mark.parametrize("sent, shown", [(None, 1), (0, 0), (0.0, 0), (-0.0, 0), (1, 1), (1.0, 1), (0.5, 0.5), (0.456, 0.46),
                                         (0.01, 0.01), (0.999, 1), (1e-9, 0), (1e-1, 0.1)])
def test_weights_have_two_decimals(user, sent, shown):
    entry = {"tag": "chess"} if sent is None else {"tag": "chess", "weight": sent}
    assert assert_ok(put(user, entry))["interests"] == [{"tag": "chess", "weight": shown}]
    assert_ok(remove(user, "chess"))
    assert_ok(user.client.post(INTERESTS, json=entry))
    assert listed(user) == [{"tag": "chess", "weight": shown}]


BAD_ENTRIES = [
    ({}, "VALIDATION_FIELD_REQUIRED", "tag"),
    ({"weight": 1}, "VALIDATION_FIELD_REQUIRED", "tag"),
    ({"tag": None}, "VALIDATION_INVALID_FORMAT", "tag"),
    ({"tag": 7}, "VALIDATION_INVALID_FORMAT", "tag"),
    ({"tag": ["chess"]}, "VALIDATION_INVALID_FORMAT", "tag"),
    ({"tag": ""}, "VALIDATION_FIELD_TOO_SHORT", "tag"),
    ({"tag": "   "}, "VALIDATION_FIELD_TOO_SHORT", "tag"),
    ({"tag": "x" * 101}, "VALIDATION_FIELD_TOO_LONG", "tag"),
    ({"tag": "😀" * 101}, "VALIDATION_FIELD_TOO_LONG", "tag"),
    *[({"tag": tag}, "VALIDATION_INVALID_FORMAT", "tag") for tag in NOT_ALLOWED],
    ({"tag": "chess", "weight": -0.01}, "VALIDATION_INVALID_VALUE", "weight"),
    ({"tag": "chess", "weight": 1.01}, "VALIDATION_INVALID_VALUE", "weight"),
    ({"tag": "chess", "weight": 1.0000001}, "VALIDATION_INVALID_VALUE", "weight"),
    ({"tag": "chess", "weight": -1e300}, "VALIDATION_INVALID_VALUE", "weight"),
    ({"tag": "chess", "weight": 10 ** 40}, "VALIDATION_INVALID_VALUE", "weight"),
    ({"tag": "chess", "weight": "0.5"}, "VALIDATION_INVALID_FORMAT", "weight"),
    ({"tag": "chess", "weight": True}, "VALIDATION_INVALID_FORMAT", "weight"),
    ({"tag": "chess", "weight": None}, "VALIDATION_INVALID_FORMAT", "weight"),
    ({"tag": "chess", "weight": []}, "VALIDATION_INVALID_FORMAT", "weight"),
    ({"tag": "chess", "colour": "red"}, "VALIDATION_UNKNOWN_FIELD", "colour"),
]


@pytest.mark.parametrize("entry, code, field", BAD_ENTRIES, ids=[repr(entry)[:40] for entry, _, _ in BAD_ENTRIES])
def test_a_bad_entry_is_422_and_all_stays(user, entry, code, field):
    """By PUT, where one bad entry spoils all, and by POST."""
    assert_ok(put(user, "kept"))
    assert_error(put(user, "tea", entry), 422, code, field=f"interests[1].{field}")
    assert_error(user.client.post(INTERESTS, json=entry), 422, code, field=field)
    assert tags(assert_ok(user.client.get(INTERESTS))) == ["kept"]


@pytest.mark.parametrize("body, code, field", [
    ({}, "VALIDATION_FIELD_REQUIRED", "interests"), ({"interests": None}, "VALIDATION_INVALID_FORMAT", "interests"),
    ({"interests": {}}, "VALIDATION_INVALID_FORMAT", "interests"), ({"interests": "chess"}, "VALIDATION_INVALID_FORMAT", "interests"),
    ({"interests": ["chess"]}, "VALIDATION_INVALID_FORMAT", "interests[0]"),
    ({"interests": [None]}, "VALIDATION_INVALID_FORMAT", "interests[0]"),
    ({"interests": [], "tags": []}, "VALIDATION_UNKNOWN_FIELD", "tags"),
])
def test_a_body_of_another_shape_is_422(user, body, code, field):
    assert_error(user.client.put(INTERESTS, json=body), 422, code, field=field)


def test_all_bad_entries_are_listed(user):
    error = assert_error(put(user, "", {"tag": "ok"}, {"tag": "c++", "weight": 2}), 422, "VALIDATION_FIELD_TOO_SHORT",
                         field="interests[0].tag")
    assert [(entry["field"], entry["code"]) for entry in error["details"]["errors"]] == [
        ("interests[0].tag", "VALIDATION_FIELD_TOO_SHORT"), ("interests[2].tag", "VALIDATION_INVALID_FORMAT"),
        ("interests[2].weight", "VALIDATION_INVALID_VALUE")]


# --- POST ---

def test_post_adds_and_an_existing_tag_gets_the_new_weight(user):
    for body in ({"tag": "Chess", "weight": 0.2}, {"tag": "chess", "weight": 0.7}):
        document = assert_ok(user.client.post(INTERESTS, json=body))
        assert list(document) == ["success", "message"]
        assert document["success"] is True and document["message"]
    assert [(entry["tag"].lower(), entry["weight"]) for entry in listed(user)] == [("chess", 0.7)]


@pytest.mark.parametrize("present", [20, 25])
def test_a_twenty_first_is_400_and_an_existing_one_is_not(user, owner, present):
    fill(owner, user, present)
    assert_error(user.client.post(INTERESTS, json={"tag": "one more"}), 400, "RESOURCE_LIMIT_EXCEEDED", limit=20)
    assert_ok(user.client.post(INTERESTS, json={"tag": "TAG 01", "weight": 0.3}))
    assert len(listed(user)) == present
    assert_ok(remove(user, "tag 02"))
    assert len(listed(user)) == present - 1


# --- DELETE ---

def test_delete_is_idempotent_and_ignores_case_type_and_body(user):
    assert_ok(put(user, "Rock & Roll", "tea"))
    for _ in range(2):
        response = user.client.delete(f"{INTERESTS}/%20rock%20%26%20roll", body=b"not json", headers={"Content-Type": "text/plain"})
        document = assert_ok(response)
        assert list(document) == ["success", "message"] and document["success"] is True
        assert tags(assert_ok(user.client.get(INTERESTS))) == ["tea"]


@pytest.mark.parametrize("tag", ["c++/java", "50% off", "a+b", "?x=1#y", "two\nlines", " padded ", "\ttabbed", "no-break\u00a0", "\u3000wide\u2003", "x" * 100])
def test_an_odd_tag_of_before_can_be_removed(user, owner, tag):
    owner.execute("insert into activity.user_interests values (%s, %s)", [user.user_id, tag])
    assert tags(assert_ok(user.client.get(INTERESTS))) == [tag]
    assert_ok(remove(user, tag))
    assert listed(user) == []


def test_an_interest_of_before_with_white_space_is_the_same_interest(user, owner):
    owner.execute("insert into activity.user_interests (user_id, interest_tag) values (%s, %s)", [user.user_id, "\ttea\u00a0"])
    assert_ok(user.client.post(INTERESTS, json={"tag": "Tea", "weight": 0.5}))
    assert listed(user) == [{"tag": "\ttea\u00a0", "weight": 0.5}]


def test_what_is_written_in_other_scalars_is_another_tag(user):
    """Composed and decomposed: whoever added both one by one can put both."""
    for tag in ("caf\u00e9", "cafe\u0301"):
        assert_ok(user.client.post(INTERESTS, json={"tag": tag}))
    assert_ok(put(user, "caf\u00e9", "cafe\u0301"))
    assert len(listed(user)) == 2


def test_a_plus_in_a_path_is_a_plus(user, owner):
    assert_ok(put(user, "a b"))
    assert_ok(user.client.delete(f"{INTERESTS}/a+b"))
    assert tags(assert_ok(user.client.get(INTERESTS))) == ["a b"]


@pytest.mark.parametrize("encoded, status, code", [("%FF", 400, "BAD_REQUEST"), ("%C3%28", 400, "BAD_REQUEST"),
                                                   ("%ED%A0%80", 400, "BAD_REQUEST"), ("%20", 422, "VALIDATION_FIELD_TOO_SHORT"),
                                                   ("x" * 101, 422, "VALIDATION_FIELD_TOO_LONG")])
def test_a_tag_that_cannot_be_is_refused(user, encoded, status, code):
    assert_error(user.client.delete(f"{INTERESTS}/{encoded}"), status, code, field="tag")
