"""Several requests of one user at the same time: never a 500, never a 21st interest, never an old answer after a new one."""

import pytest

from asserts import INTERESTS, ME, assert_error, assert_ok, race, tags


def stored_tags(owner, user):
    rows = owner.execute("select interest_tag from activity.user_interests where user_id = %s order by 1", [user.user_id])
    return [tag for tag, in rows.fetchall()]


def fill(owner, user, count):
    owner.execute("insert into activity.user_interests select %s, 'tag ' || lpad(n::text, 2, '0') from generate_series(1, %s) n",
                  [user.user_id, count])


def entries(*tags):
    return {"interests": [{"tag": tag} for tag in tags]}


def assert_read_agrees(user, owner):
    """What is read now, from the cache or not, is what is stored."""
    stored = stored_tags(owner, user)
    for _ in range(2):
        assert sorted(tags(assert_ok(user.client.get(INTERESTS)))) == stored
        assert sorted(tags(assert_ok(user.client.get(ME)))) == stored


@pytest.mark.parametrize("present, threads", [(19, 24), (10, 24), (0, 28)])
def test_the_twentieth_interest_is_the_last(user, owner, present, threads):
    fill(owner, user, present)
    answers = race([(user.client, "POST", INTERESTS, {"json": {"tag": f"new {n}"}}) for n in range(threads)])
    refused = [answer for answer in answers if answer.status != 200]
    assert len(refused) == threads - (20 - present)
    for answer in refused:
        assert_error(answer, 400, "RESOURCE_LIMIT_EXCEEDED")
    assert len(stored_tags(owner, user)) == 20
    assert_read_agrees(user, owner)


def test_one_tag_added_by_many_in_several_cases_is_one_tag(user, owner):
    spellings = ["chess", "Chess", "CHESS", "cHess"]
    answers = race([(user.client, "POST", INTERESTS, {"json": {"tag": spellings[n % 4], "weight": n / 100}}) for n in range(24)])
    for answer in answers:
        assert_ok(answer)
    assert [tag.lower() for tag in stored_tags(owner, user)] == ["chess"]
    assert_read_agrees(user, owner)


def test_concurrent_replacements_leave_one_of_them_whole(user, owner):
    """The service before this one answered 500."""
    lists = [[f"list {n} tag {m:02}" for m in range(1 + n * 2)] for n in range(9)]
    answers = race([(user.client, "PUT", INTERESTS, {"json": entries(*names)}) for names in lists])
    for answer, names in zip(answers, lists):
        assert sorted(tags(assert_ok(answer))) == sorted(names)
    assert stored_tags(owner, user) in lists
    assert_read_agrees(user, owner)


def test_every_kind_of_interest_write_at_once(user, owner):
    fill(owner, user, 15)
    requests = [(user.client, "PUT", INTERESTS, {"json": entries(*[f"tag {m:02}" for m in range(n, n + 18)])}) for n in range(6)]
    requests += [(user.client, "POST", INTERESTS, {"json": {"tag": f"tag {n + 10}"}}) for n in range(9)]
    requests += [(user.client, "DELETE", f"{INTERESTS}/tag%20{n + 10}", {}) for n in range(9)]
    for answer in race(requests):
        if answer.status != 200:
            assert_error(answer, 400, "RESOURCE_LIMIT_EXCEEDED")
    assert len(stored_tags(owner, user)) <= 20
    assert_read_agrees(user, owner)


def test_concurrent_updates_of_different_fields_are_all_kept(user, owner):
    fields = ["first_name", "last_name", "profile_description", "gender"]
    answers = race([(user.client, "PATCH", ME, {"json": {fields[n % 4]: f"{fields[n % 4]} {n}"}}) for n in range(16)])
    for answer in answers:
        assert_ok(answer)
    document = assert_ok(user.client.get(ME))
    stored = owner.execute(f"select {', '.join(fields)} from activity.users where user_id = %s", [user.user_id]).fetchone()
    assert tuple(document[field] for field in fields) == stored
    assert all(value.startswith(field) for field, value in zip(fields, stored))


def test_reads_and_writes_at_once_end_with_the_last_write(user, owner):
    requests = [(user.client, "GET", path, {}) for path in (ME, INTERESTS) for _ in range(8)]
    requests += [(user.client, "PATCH", ME, {"json": {"first_name": f"name {n}"}}) for n in range(4)]
    requests += [(user.client, "POST", INTERESTS, {"json": {"tag": f"tag {n}"}}) for n in range(4)]
    for answer in race(requests):
        assert_ok(answer)
    assert_read_agrees(user, owner)
    name = owner.execute("select first_name from activity.users where user_id = %s", [user.user_id]).fetchone()[0]
    assert assert_ok(user.client.get(ME))["first_name"] == name


def test_many_looks_at_once_are_many_views(new_user, owner):
    viewed, viewers = new_user(), [new_user() for _ in range(6)]
    for answer in race([(viewer.client, "GET", f"/api/v1/users/{viewed}", {}) for viewer in viewers for _ in range(3)]):
        assert_ok(answer)
    counts = owner.execute("select count(*) from activity.profile_views where viewed_user_id = %s group by viewer_user_id",
                           [viewed.user_id]).fetchall()
    assert counts == [(3,)] * 6


def test_two_sessions_of_one_user_see_each_others_writes_at_once(user, stack):
    phone, laptop = user.client, stack.client(stack.token(user.user_id, ttl=3600, iat=None))
    for number in range(8):
        writer, reader = (phone, laptop) if number % 2 else (laptop, phone)
        assert_ok(reader.get(ME))
        assert_ok(reader.get(INTERESTS))
        assert_ok(writer.patch(ME, json={"first_name": f"name {number}"}))
        assert assert_ok(reader.get(ME))["first_name"] == f"name {number}"
        assert_ok(writer.put(INTERESTS, json=entries(f"tag {number}")))
        assert tags(assert_ok(reader.get(INTERESTS))) == tags(assert_ok(reader.get(ME))) == [f"tag {number}"]
