"""PATCH /users/me/username: what a name may be, and who gets it when several want it."""

import uuid

import pytest

from asserts import ME, assert_error, assert_ok, in_background, race, wait_until_blocked
from endpoints import stored

PATH = f"{ME}/username"


def fresh(prefix="u"):
    return f"{prefix}_{uuid.uuid4().hex[:12]}"


def rename(user, name, **options):
    return user.client.patch(PATH, json={"new_username": name}, **options)


def test_a_free_name(user, owner):
    name = fresh()
    document = assert_ok(rename(user, name))
    assert document == {"success": True, "username": name} and list(document) == ["success", "username"]
    assert stored(owner, user, "username") == name
    assert assert_ok(user.client.get(ME))["username"] == name


@pytest.mark.parametrize("make", [lambda: uuid.uuid4().hex[:3], lambda: uuid.uuid4().hex[:30], lambda: "_" + uuid.uuid4().hex[:5],
                                  lambda: "9_" + uuid.uuid4().hex[:5].upper()], ids=["3", "30", "underscore first", "digit first"])
def test_names_at_the_edge_are_allowed(user, owner, make):
    name = make()
    owner.execute("update activity.users set username = user_id::text where lower(username) = lower(%s)", [name])
    assert assert_ok(rename(user, name))["username"] == name


@pytest.mark.parametrize("name, code", [
    ("ab", "VALIDATION_FIELD_TOO_SHORT"), ("", None), ("a" * 31, "VALIDATION_FIELD_TOO_LONG"),
    ("a" * 60000, "VALIDATION_FIELD_TOO_LONG"),
    ("with space", "VALIDATION_INVALID_FORMAT"), ("dash-ed", "VALIDATION_INVALID_FORMAT"), ("dot.ted", "VALIDATION_INVALID_FORMAT"),
    ("zoë_zoë", "VALIDATION_INVALID_FORMAT"), ("name\n", "VALIDATION_INVALID_FORMAT"), ("\nname", "VALIDATION_INVALID_FORMAT"),
    ("nul\0l", "VALIDATION_INVALID_FORMAT"), ("ａｄｍｉｎ", "VALIDATION_INVALID_FORMAT"), ("x'; --", "VALIDATION_INVALID_FORMAT"),
    (" name ", "VALIDATION_INVALID_FORMAT"),
    (None, "VALIDATION_INVALID_FORMAT"), (12345, "VALIDATION_INVALID_FORMAT"), (["abc"], "VALIDATION_INVALID_FORMAT"),
    (True, "VALIDATION_INVALID_FORMAT"),
])
def test_what_is_no_name_is_422(user, owner, name, code):
    response = rename(user, name)
    assert response.status == 422, response.body
    if code:
        assert_error(response, 422, code, field="new_username")
    assert stored(owner, user, "username") == user.username


@pytest.mark.parametrize("name", ["admin", "Admin", "ADMIN", "root", "support", "SUPPORT", "search", "deleted_", "deleted_x",
                                  "Deleted_01900000", "moderator", "system"])
def test_reserved_names_are_422(user, owner, name):
    assert_error(rename(user, name), 422, "VALIDATION_INVALID_VALUE", field="new_username")
    assert stored(owner, user, "username") == user.username


@pytest.mark.parametrize("body, code, field", [
    ({}, "VALIDATION_FIELD_REQUIRED", "new_username"), ({"username": "abc"}, None, None),
    ({"new_username": "abcdef", "x": 1}, "VALIDATION_UNKNOWN_FIELD", "x"),
])
def test_other_bodies_are_422(user, body, code, field):
    response = user.client.patch(PATH, json=body)
    assert response.status == 422
    if code:
        assert_error(response, 422, code, field=field)


@pytest.mark.parametrize("change", [str, str.upper, str.title, str.swapcase])
def test_a_taken_name_is_409_in_any_case(new_user, owner, change):
    user, other = new_user(), new_user()
    name = change(other.username)
    assert_error(rename(user, name), 409, "RESOURCE_DUPLICATE", field="username", value=name)
    assert stored(owner, user, "username") == user.username


def test_recasing_ones_own_name_is_allowed(user, owner):
    for name in (user.username.upper(), user.username.title()):
        assert assert_ok(rename(user, name))["username"] == name
        assert stored(owner, user, "username") == name


def test_a_released_name_is_free(new_user):
    first, second = new_user(), new_user()
    assert_ok(rename(first, fresh()))
    assert_ok(rename(second, first.username))


def test_the_name_of_a_banned_user_stays_taken(new_user):
    banned = new_user(status="banned")
    assert_error(rename(new_user(), banned.username), 409, "RESOURCE_DUPLICATE")


@pytest.mark.parametrize("variants", ["same", "cases"])
def test_one_wins_a_race_and_the_others_get_409(new_user, owner, variants):
    name = fresh("Race")
    names = [name] * 12 if variants == "same" else [name, name.upper(), name.lower(), name.swapcase()] * 3
    users = [new_user() for _ in names]
    answers = race([(user.client, "PATCH", PATH, {"json": {"new_username": one}}) for user, one in zip(users, names)])
    assert sorted(answer.status for answer in answers) == [200] + [409] * 11
    for answer in answers:
        if answer.status == 409:
            assert_error(answer, 409, "RESOURCE_DUPLICATE")
    assert owner.execute("select count(*) from activity.users where lower(username) = lower(%s)", [name]).fetchone()[0] == 1


def test_a_name_that_a_sibling_is_inserting_is_409_not_500(user, stack, owner):
    """The sibling holds the unique index entry; the rename waits for it and loses."""
    name = fresh()
    with stack.database() as sibling:
        sibling.execute("begin")
        sibling.execute("insert into activity.users (email, username, password_hash) values (%s, %s, '!')", [f"{name}@example.com", name])
        with in_background(rename, user, name) as answer:
            wait_until_blocked(owner)
            sibling.execute("commit")
        assert_error(answer.result(), 409, "RESOURCE_DUPLICATE")


def test_two_users_swap_names_without_a_deadlock(new_user, owner):
    first, second = new_user(), new_user()
    answers = race([(first.client, "PATCH", PATH, {"json": {"new_username": second.username}}),
                    (second.client, "PATCH", PATH, {"json": {"new_username": first.username}})])
    assert all(answer.status in (200, 409) for answer in answers)
    assert len({stored(owner, first, "username"), stored(owner, second, "username")}) == 2
