"""Trust (19), verifications, no-shows, activity counters (20-22) and the heartbeat (24): nothing is lost, nothing drifts."""

import pytest

from asserts import ME, TIME, assert_error, assert_ok, race
from endpoints import FOR_SERVICES, UNKNOWN, USERS, audit, keys, one, outbox, stored

COUNTERS = ["activities_created_count", "activities_attended_count"]


@pytest.fixture
def verify(stack, api):
    return lambda user: api.post(f"{USERS}/{user}/verify", headers=keys(stack, "participation"))


@pytest.fixture
def no_show(stack, api):
    return lambda user: api.post(f"{USERS}/{user}/no-show", headers=keys(stack, "moderation"))


@pytest.fixture
def move(stack, api):
    return lambda user, created, attended: api.post(f"{USERS}/{user}/activity-counters", headers=keys(stack, "activities"),
                                                    json={"created_delta": created, "attended_delta": attended})


# --- 19, 20 ---

@pytest.mark.parametrize("verifications, no_shows, attended, score", [
    (0, 0, 0, 0), (1, 0, 0, 10), (0, 1, 0, 0), (3, 1, 0, 10), (0, 0, 1, 0.5), (2, 0, 7, 23.5), (11, 0, 0, 100), (10, 0, 1, 100),
    (0, 0, 200, 100), (20, 5, 0, 100), (2, 1, 1, 0.5), (1000, 0, 0, 100),
])
def test_the_trust_score(new_user, verifications, no_shows, attended, score):
    user = new_user(verification_count=verifications, no_show_count=no_shows, activities_attended_count=attended, is_verified=True)
    document = assert_ok(user.client.get(f"{ME}/verification"))
    assert list(document) == ["verification_count", "no_show_count", "is_verified", "trust_score", "activities_attended_count"]
    assert document == {"verification_count": verifications, "no_show_count": no_shows, "is_verified": True, "trust_score": score,
                        "activities_attended_count": attended}


def test_a_verification_is_counted_and_seen_at_once(user, verify):
    for count in (1, 2):
        assert assert_ok(user.client.get(f"{ME}/verification"))["verification_count"] == count - 1
        document = assert_ok(verify(user))
        assert document == {"success": True, "new_verification_count": count} and list(document) == ["success", "new_verification_count"]
        assert assert_ok(user.client.get(f"{ME}/verification"))["verification_count"] == count
        assert assert_ok(user.client.get(ME))["verification_count"] == count


def test_no_verification_is_lost_in_a_race(user, owner, stack, api):
    answers = race([(api, "POST", f"{USERS}/{user}/verify", {"headers": keys(stack, "participation")})] * 16)
    assert sorted(assert_ok(answer)["new_verification_count"] for answer in answers) == list(range(1, 17))
    assert stored(owner, user, "verification_count") == 16


@pytest.mark.parametrize("endpoint", FOR_SERVICES, ids=str)
def test_service_endpoints_on_nobody(endpoint, stack, api, new_user):
    """An unknown user was a 500."""
    for target in (UNKNOWN, new_user(deleted_at="2020-01-01T00:00:00Z", status="banned", is_active=False)):
        assert_error(endpoint.send(api, target, headers=keys(stack, endpoint.may)), 404, "RESOURCE_NOT_FOUND")
    for target in ("nobody", "0", "%20", UNKNOWN + "0"):
        assert_error(endpoint.send(api, target, headers=keys(stack, endpoint.may)), 422, "VALIDATION_INVALID_FORMAT")


# --- 21 ---

def test_no_shows_warn_and_ban(user, owner, no_show):
    for count in range(1, 12):
        document = assert_ok(no_show(user))
        assert list(document) == ["success", "new_no_show_count", "warning"]
        assert document["new_no_show_count"] == count
        assert isinstance(document["warning"], str) and bool(document["warning"]) == (count >= 5)
        topics = [topic for _, topic, _ in outbox(owner, user)]
        assert topics == ["no_show_warning"] * (count >= 5) + ["user_banned", "user.banned"] * (count >= 10)
        assert stored(owner, user, "status") == ("temporary_ban" if count >= 10 else "active")
    days = one(owner, "select extract(epoch from ban_expires_at - now()) / 86400 from activity.users where user_id = %s", user.user_id)[0]
    assert 6.9 < days <= 7
    (channel, topic, mail), banned, event = outbox(owner, user)
    assert (channel, mail["recipients"], mail["template"]) == ("mail", user.email, "no_show_warning")
    assert mail["data"]["subject"] and mail["data"]["message"] and mail["priority"] in ("high", "medium", "low")
    assert banned[2]["data"]["ban_type"] == "temporary" and event[2]["data"]["status"] == "temporary_ban"
    assert [(actor, action) for actor, action, _ in audit(owner, user)] == [("system", "ban")]
    assert_error(user.client.get(ME), 403, "USER_TEMPORARILY_BANNED")


def test_the_tenth_no_show_of_a_race_bans_once(new_user, owner, stack, api):
    user = new_user(no_show_count=4)
    answers = race([(api, "POST", f"{USERS}/{user}/no-show", {"headers": keys(stack, "moderation")})] * 16)
    assert sorted(assert_ok(answer)["new_no_show_count"] for answer in answers) == list(range(5, 21))
    assert sorted(topic for _, topic, _ in outbox(owner, user)) == ["no_show_warning", "user.banned", "user_banned"]
    assert len(audit(owner, user)) == 1


def test_a_ban_for_no_shows_comes_once_in_an_account_s_life(new_user, owner, no_show):
    user, admin = new_user(no_show_count=9), new_user(roles=["admin"])
    assert_ok(no_show(user))
    assert_ok(admin.client.delete(f"/api/v1/admin/users/{user}/ban"))
    assert_ok(no_show(user))
    assert stored(owner, user, "status", "no_show_count") == ("active", 11)


@pytest.mark.parametrize("no_shows", [10, 15])
def test_who_is_beyond_ten_without_a_ban_gets_it_with_the_next(new_user, owner, no_show, no_shows):
    user = new_user(no_show_count=no_shows)
    assert_ok(no_show(user))
    assert stored(owner, user, "status") == "temporary_ban"


@pytest.mark.parametrize("columns", [
    {"status": "banned", "ban_reason": "spam"}, {"status": "temporary_ban", "ban_expires_at": "2099-01-01T00:00:00Z", "ban_reason": "spam"},
])
def test_a_longer_ban_stands(new_user, owner, no_show, columns):
    user = new_user(no_show_count=9, **columns)
    before = stored(owner, user, "status", "ban_expires_at", "ban_reason")
    assert_ok(no_show(user))
    assert stored(owner, user, "status", "ban_expires_at", "ban_reason") == before


def test_a_shorter_ban_is_lengthened(new_user, owner, no_show):
    soon = owner.execute("select now() + interval '1 day'").fetchone()[0]
    user = new_user(no_show_count=9, status="temporary_ban", ban_expires_at=soon)
    assert_ok(no_show(user))
    assert one(owner, "select ban_expires_at > now() + interval '6 days' from activity.users where user_id = %s", user.user_id) == (True,)


# --- 22 ---

@pytest.mark.parametrize("created, attended, after", [(1, 2, (6, 7)), (0, 0, (5, 5)), (-5, -5, (0, 0)), (100, -1, (105, 4)), (-1, 100, (4, 105))])
def test_counters_move(new_user, move, owner, created, attended, after):
    user = new_user(**dict.fromkeys(COUNTERS, 5))
    document = assert_ok(move(user, created, attended))
    assert document == {"success": True, **dict(zip(COUNTERS, after))} and list(document) == ["success", *COUNTERS]
    assert stored(owner, user, *COUNTERS) == after
    assert [assert_ok(user.client.get(ME))[name] for name in COUNTERS] == list(after)


@pytest.mark.parametrize("created, attended", [(-6, 0), (0, -6), (1, -6), (-6, 1), (-100, -100)])
def test_below_zero_is_400_and_nothing_changes(new_user, move, owner, created, attended):
    """They were clamped, and the answer was 200."""
    user = new_user(**dict.fromkeys(COUNTERS, 5))
    assert_error(move(user, created, attended), 400, "RESOURCE_LIMIT_EXCEEDED")
    assert stored(owner, user, *COUNTERS) == (5, 5)


def test_a_race_to_zero_stops_there(new_user, owner, stack, api):
    user = new_user(**dict.fromkeys(COUNTERS, 5))
    answers = race([(api, "POST", f"{USERS}/{user}/activity-counters", {
        "headers": keys(stack, "activities"), "json": {"created_delta": -1, "attended_delta": -1}})] * 12)
    assert sorted(answer.status for answer in answers) == [200] * 5 + [400] * 7
    assert stored(owner, user, *COUNTERS) == (0, 0)


@pytest.mark.parametrize("body, code", [
    ({}, "VALIDATION_FIELD_REQUIRED"), ({"created_delta": 1}, "VALIDATION_FIELD_REQUIRED"),
    ({"created_delta": 101, "attended_delta": 0}, "VALIDATION_INVALID_VALUE"), ({"created_delta": 0, "attended_delta": -101}, "VALIDATION_INVALID_VALUE"),
    ({"created_delta": 10**30, "attended_delta": 0}, None), ({"created_delta": 1.5, "attended_delta": 0}, "VALIDATION_INVALID_FORMAT"),
    ({"created_delta": "1", "attended_delta": 0}, "VALIDATION_INVALID_FORMAT"), ({"created_delta": True, "attended_delta": 0}, "VALIDATION_INVALID_FORMAT"),
    ({"created_delta": None, "attended_delta": 0}, "VALIDATION_INVALID_FORMAT"), ({"created_delta": 0, "attended_delta": 0, "x": 0}, "VALIDATION_UNKNOWN_FIELD"),
])
def test_other_deltas_are_422(user, owner, stack, api, body, code):
    response = api.post(f"{USERS}/{user}/activity-counters", headers=keys(stack, "activities"), json=body)
    assert response.status == 422, response.body
    assert_error(response, 422, code or response.code)
    assert stored(owner, user, *COUNTERS) == (0, 0)


def test_a_counter_at_its_end_is_no_500(new_user, move, owner):
    user = new_user(activities_created_count=2**31 - 1)
    response = move(user, 1, 0)
    assert response.status < 500, response.body
    assert stored(owner, user, "activities_created_count") == 2**31 - 1


# --- 24 ---

def test_a_heartbeat(user, owner):
    document = assert_ok(user.client.post(f"{ME}/heartbeat"))
    assert list(document) == ["success", "last_seen_at"] and document["success"] is True and TIME.fullmatch(document["last_seen_at"])
    assert one(owner, "select last_seen_at > now() - interval '1 minute' from activity.users where user_id = %s", user.user_id) == (True,)
    assert assert_ok(user.client.get(ME))["last_seen_at"] == document["last_seen_at"]


@pytest.mark.parametrize("options", [{"body": b"not json"}, {"json": {"a": 1}}, {"body": b"", "headers": {"Content-Type": "text/plain"}}])
def test_endpoints_without_a_body_ignore_it(user, options):
    assert_ok(user.client.post(f"{ME}/heartbeat", **options))
