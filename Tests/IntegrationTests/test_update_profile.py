"""PATCH /users/me: what changes, what stays, what is refused and how."""

from datetime import date, timedelta

import pytest

from asserts import ME, TIME, assert_error, assert_ok

FIRST = {"first_name": "Ada", "last_name": "Lovelace", "profile_description": "Numbers.\n\tAnd engines.",
         "date_of_birth": "1985-12-10", "gender": "female"}
LIMITS = {"first_name": 100, "last_name": 100, "profile_description": 5000, "gender": 50}


@pytest.fixture
def ada(new_user):
    return new_user(**FIRST)


def stored(client):
    document = assert_ok(client.get(ME))
    return {name: document[name] for name in FIRST}


def years_ago(today, years, days=0):
    """The birthday of somebody who became `years` that many days ago (29 February counts as 1 March)."""
    then = today - timedelta(days=days)
    try:
        return then.replace(year=then.year - years)
    except ValueError:
        return date(then.year - years, 3, 1)


# --- what changes and what stays ---

def test_all_fields_at_once(user, owner):
    document = assert_ok(user.client.patch(ME, json=FIRST))
    assert list(document) == ["success", "updated_at"]
    assert document["success"] is True and TIME.fullmatch(document["updated_at"])
    assert stored(user.client) == FIRST
    assert owner.execute("select to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from activity.users "
                         "where user_id = %s", [user.user_id]).fetchone()[0] == document["updated_at"]


@pytest.mark.parametrize("field", FIRST)
def test_null_clears_one_field_and_leaves_the_others(ada, field):
    response = ada.client.patch(ME, json={field: None})
    assert assert_ok(response)["success"] is True
    assert response.headers.get_all("Cache-Control") == ["no-store"]
    assert stored(ada.client) == {**FIRST, field: None}


@pytest.mark.parametrize("field, value", [("first_name", "Augusta"), ("date_of_birth", "2000-02-29"), ("gender", "other")])
def test_a_field_left_out_is_unchanged(ada, field, value):
    assert_ok(ada.client.patch(ME, json={field: value}))
    assert stored(ada.client) == {**FIRST, field: value}


def test_an_empty_object_changes_nothing(ada):
    assert_ok(ada.client.patch(ME, json={}))
    assert stored(ada.client) == FIRST


def test_nulls_for_all_clear_all(ada):
    assert_ok(ada.client.patch(ME, json=dict.fromkeys(FIRST)))
    assert stored(ada.client) == dict.fromkeys(FIRST)


@pytest.mark.parametrize("text", [
    "'; drop table activity.users; --", "%s %(x)s $1 {0} \\u0041 \\", '"><script>alert(1)</script>', "\u202eright\u2066to left",
    "e\u0301 is not é", "שלום", "नमस्ते", "👩‍👩‍👧‍👦", "null", "true", "  spaces  kept  ",
])
def test_text_comes_back_as_it_went_in(ada, text):
    changes = {"first_name": text, "profile_description": text}
    assert_ok(ada.client.patch(ME, json=changes))
    assert stored(ada.client) == {**FIRST, **changes}


def test_raw_utf8_and_escapes_are_the_same(ada):
    raw, escaped = '{"first_name": "Zoë 😀"}'.encode(), rb'{"first_name": "Zo\u00eb \ud83d\ude00"}'
    for body in (raw, escaped):
        assert_ok(ada.client.patch(ME, body=body, headers={"Content-Type": "application/json; charset=utf-8"}))
        assert stored(ada.client)["first_name"] == "Zoë 😀"


# --- lengths are Unicode scalars ---

@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("character", ["a", "é", "漢", "😀", "e\u0301"], ids=["ascii", "latin", "han", "emoji", "combining"])
def test_length_counts_unicode_scalars(ada, field, character):
    longest = (character * LIMITS[field])[:LIMITS[field]]
    assert_ok(ada.client.patch(ME, json={field: longest}))
    assert stored(ada.client)[field] == longest
    response = ada.client.patch(ME, json={field: longest + "a"})
    assert_error(response, 422, "VALIDATION_FIELD_TOO_LONG", field=field, max_length=LIMITS[field], errors=[])
    assert stored(ada.client)[field] == longest


# --- what is refused ---

@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("value", [1, 1.5, True, False, [], ["Ada"], {}, {"$ne": None}])
def test_text_of_another_type_is_422(ada, field, value):
    assert_error(ada.client.patch(ME, json={field: value}), 422, "VALIDATION_INVALID_FORMAT", field=field)
    assert stored(ada.client) == FIRST


@pytest.mark.parametrize("field", ["first_name", "last_name", "gender"])
@pytest.mark.parametrize("character", ["\0", "\x01", "\t", "\n", "\r", "\x1b", "\x1f", "\x7f", "\x80", "\x85", "\x9f"])
def test_control_characters_in_a_name_are_422(ada, field, character):
    assert_error(ada.client.patch(ME, json={field: f"a{character}b"}), 422, "VALIDATION_INVALID_FORMAT", field=field)


@pytest.mark.parametrize("character", ["\0", "\x08", "\x0b", "\r", "\x1b", "\x7f", "\x85"])
def test_a_description_takes_newline_and_tab_only(ada, character):
    response = ada.client.patch(ME, json={"profile_description": f"a{character}b"})
    assert_error(response, 422, "VALIDATION_INVALID_FORMAT", field="profile_description")


@pytest.mark.parametrize("escape", [rb"\ud800", rb"\udc00", rb"\ud83d\ud83d", rb"\ude00\ud83d", rb"\ud800\u0041", rb"x\udfff"])
def test_lone_surrogates_are_refused(ada, escape):
    response = ada.client.patch(ME, body=b'{"first_name": "' + escape + b'"}', headers={"Content-Type": "application/json"})
    assert_error(response, 400, "BAD_REQUEST")
    assert stored(ada.client) == FIRST


@pytest.mark.parametrize("field", ["email", "username", "user_id", "is_verified", "roles", "subscription_level", "status", "settings",
                                   "password_hash", "First_Name", "first_name ", "", "__proto__", "x" * 3000])
def test_an_unknown_field_is_422_and_nothing_changes(ada, field):
    error = assert_error(ada.client.patch(ME, json={"first_name": "Eve", field: "x"}), 422, "VALIDATION_UNKNOWN_FIELD")
    assert field.startswith(error["details"]["field"]) and error["details"]["field"][:90] == field[:90]
    assert stored(ada.client) == FIRST


# --- dates of birth ---

@pytest.mark.parametrize("text", ["1900-01-01", "2000-02-29", "1996-02-29", "1999-12-31"])
def test_a_good_date_of_birth(ada, text):
    assert_ok(ada.client.patch(ME, json={"date_of_birth": text}))
    assert stored(ada.client)["date_of_birth"] == text


@pytest.mark.parametrize("value", [
    "", "1990", "1990-1-1", "1990-13-01", "1990-00-10", "1990-02-30", "2001-02-29", "1900-02-29", "01-01-1990", "1990/01/01",
    "19900101", " 1990-01-01", "1990-01-01 ", "1990-01-01T00:00:00Z", "1990-01-01T00:00:00+02:00", "٢٠٠٠-٠١-٠١", "-1990-01-01",
    "12000-01-01", "0000-01-01", "yesterday", "infinity", 19900101, 0, True, ["1990-01-01"], {"year": 1990},
])
def test_a_malformed_date_of_birth_is_422(ada, value):
    assert_error(ada.client.patch(ME, json={"date_of_birth": value}), 422, "VALIDATION_INVALID_FORMAT", field="date_of_birth")
    assert stored(ada.client) == FIRST


@pytest.mark.parametrize("text", ["1899-12-31", "1850-06-01", "0001-01-01"])
def test_a_date_of_birth_before_1900_is_422(ada, text):
    assert_error(ada.client.patch(ME, json={"date_of_birth": text}), 422, "VALIDATION_INVALID_VALUE", field="date_of_birth")


@pytest.mark.parametrize("years, days", [(18, 0), (18, 1), (19, 0)])
def test_eighteen_today_is_old_enough(ada, owner, years, days):
    birth = years_ago(owner.execute("select (now() at time zone 'UTC')::date").fetchone()[0], years, days)
    assert_ok(ada.client.patch(ME, json={"date_of_birth": str(birth)}))


@pytest.mark.parametrize("years, days, age", [(18, -2, 17), (17, 0, 17), (1, 0, 1), (0, 0, 0)])
def test_under_eighteen_is_422_with_the_age(ada, owner, years, days, age):
    birth = years_ago(owner.execute("select (now() at time zone 'UTC')::date").fetchone()[0], years, days)
    response = ada.client.patch(ME, json={"date_of_birth": str(birth)})
    assert_error(response, 422, "VALIDATION_AGE_RESTRICTION", field="date_of_birth", min_age=18, provided_age=age)


@pytest.mark.parametrize("text", ["2099-01-01", "9999-12-31"])
def test_a_date_of_birth_in_the_future_is_422(ada, text):
    response = ada.client.patch(ME, json={"date_of_birth": text})
    assert response.status == 422 and response.code in ("VALIDATION_AGE_RESTRICTION", "VALIDATION_INVALID_VALUE")


# --- several at once ---

def test_all_bad_fields_are_listed_and_the_first_is_the_outer_one(ada):
    response = ada.client.patch(ME, json={"last_name": "x" * 101, "first_name": 7, "date_of_birth": "soon", "gender": "a\0b",
                                          "profile_description": "fine", "nickname": "x"})
    error = assert_error(response, 422, "VALIDATION_FIELD_TOO_LONG", field="last_name", max_length=100)
    listed = [(entry["field"], entry["code"]) for entry in error["details"]["errors"]]
    assert listed[0] == ("last_name", "VALIDATION_FIELD_TOO_LONG")
    assert sorted(listed) == [
        ("date_of_birth", "VALIDATION_INVALID_FORMAT"), ("first_name", "VALIDATION_INVALID_FORMAT"),
        ("gender", "VALIDATION_INVALID_FORMAT"), ("last_name", "VALIDATION_FIELD_TOO_LONG"),
        ("nickname", "VALIDATION_UNKNOWN_FIELD")]
    assert error["message"] == error["details"]["errors"][0]["message"]
    for entry in error["details"]["errors"]:
        assert set(entry) == {"field", "code", "message"} and entry["message"]
    assert stored(ada.client) == FIRST
