"""Ready-made bodies in Redis: served when there, dropped by every write, and never put back by a slow reader."""

import pytest

from asserts import (INTERESTS, ME, assert_ok, hits, in_background, locked, race, read_until_cached, tags, total, wait_until_blocked,
                     wait_until_carried_over, wait_until_quiet)
from processes import frozen, private_stack, reload
from stack import make_user
from waiting import wait_for

CACHES = {ME: ("user_profile", 300), INTERESTS: ("user_interests", 3600)}
WRITES = {
    "PATCH profile": ("PATCH", ME, {"first_name": "new"}),
    "PUT interests": ("PUT", INTERESTS, {"interests": [{"tag": "new"}]}),
    "POST interest": ("POST", INTERESTS, {"tag": "new"}),
    "DELETE interest": ("DELETE", f"{INTERESTS}/old", None),
}


@pytest.fixture
def settled(user, owner):
    """A user with something to change by each of the writes."""
    owner.execute("update activity.users set first_name = 'old' where user_id = %s", [user.user_id])
    owner.execute("insert into activity.user_interests values (%s, 'old')", [user.user_id])
    return user


def expected(write):
    """Name and tags of a settled user after the write."""
    return {"PATCH profile": ("new", ["old"]), "PUT interests": ("old", ["new"]), "POST interest": ("old", ["new", "old"]),
            "DELETE interest": ("old", [])}[write]


def assert_reads(user, name, interests):
    document = assert_ok(user.client.get(ME))
    assert (document["first_name"], tags(document)) == (name, interests)
    assert tags(assert_ok(user.client.get(INTERESTS))) == interests


@pytest.mark.parametrize("path", CACHES)
def test_reads_are_served_from_redis(user, owner, cache, operator, path):
    name, longest = CACHES[path]
    wait_until_carried_over(owner, user)
    first = user.client.get(path)
    read_until_cached(user.client, operator, path, count=3)
    assert user.client.get(path).body == first.body
    key = f"{name}:{user}"
    assert 0 < cache.ttl(key) <= longest
    assert first.body in cache.get(key)


@pytest.mark.parametrize("path", CACHES)
def test_hits_and_misses_are_counted(user, operator, path):
    def counted(result):
        return total(operator, "cache_requests_total", cache=CACHES[path][0], result=result)

    hits, misses = counted("hit"), counted("miss")
    for number in range(1, 6):
        assert_ok(user.client.get(path))
        assert counted("hit") - hits + counted("miss") - misses == number
    assert counted("miss") > misses


def test_a_hit_needs_no_database(user, stack, owner, operator):
    wait_until_carried_over(owner, user)
    for path in CACHES:
        read_until_cached(user.client, operator, path)

    def hit(path):
        before = hits(operator)
        return user.client.get(path).status == 200 and hits(operator) == before + 1

    # A read while the feed's lease has run out, as it may on a busy machine, is a miss and cannot be answered here.
    with locked(stack, "activity.users"):
        for path in CACHES:
            wait_for(lambda path=path: hit(path), 60)


@pytest.mark.parametrize("path", CACHES)
def test_head_is_served_from_the_cache_too(user, cache, path):
    get = user.client.get(path)
    head = user.client.head(path)
    assert (head.status, head.body, head.header("Content-Length")) == (200, b"", get.header("Content-Length"))


@pytest.mark.parametrize("write", WRITES)
def test_a_write_drops_what_it_changes_before_it_answers(settled, cache, write):
    assert_reads(settled, "old", ["old"])
    method, path, body = WRITES[write]
    assert_ok(settled.client.request(method, path, json=body))
    assert_reads(settled, *expected(write))
    # And what the next reads put there is the new.
    assert_reads(settled, *expected(write))


@pytest.mark.parametrize("body", [{"first_name": "a\0"}, {"nonsense": 1}])
def test_a_refused_write_leaves_the_body_as_it_was(settled, body):
    assert_reads(settled, "old", ["old"])
    assert settled.client.patch(ME, json=body).status == 422
    assert_reads(settled, "old", ["old"])


def test_one_user_s_body_is_never_anothers(new_user):
    users = [new_user(first_name=f"name {n}") for n in range(8)]
    answers = race([(user.client, "GET", ME, {}) for user in users * 3])
    assert [answer.json["user_id"] for answer in answers] == [user.user_id for user in users] * 3


@pytest.mark.parametrize("read", CACHES)
@pytest.mark.parametrize("write", WRITES)
def test_a_slow_reader_cannot_put_an_old_body_back(settled, stack, owner, operator, read, write):
    """The reader misses, reads its old snapshot and is held there; the write is answered; only then the reader stores."""
    method, path, body = WRITES[write]
    with locked(stack, "activity.user_settings") as lock, in_background(settled.client.get, read) as reader:
        backends = wait_until_blocked(owner)
        with frozen(*backends):
            lock.execute("rollback")
            assert_ok(settled.client.request(method, path, json=body))
    late = assert_ok(reader.result())
    assert (late.get("first_name", "old"), tags(late)) == ("old", ["old"]), "the reader was not late: the test proves nothing"
    wait_until_quiet(operator)
    assert_reads(settled, *expected(write))
    assert_reads(settled, *expected(write))


def test_nothing_is_kept_while_a_write_is_under_way(settled, stack, owner, operator):
    """Also when another one, begun later, ends before it: here a sibling's, which the change feed carries over."""
    wait_until_carried_over(owner, settled)
    with stack.database() as lock:
        lock.execute("begin")
        lock.execute("select from activity.users where user_id = %s for update", [settled.user_id])
        with in_background(settled.client.patch, ME, json={"first_name": "new"}) as writer:
            wait_until_blocked(owner)
            owner.execute("select activity.api_note_change(%s)", [settled.user_id])
            wait_until_carried_over(owner, settled)
            before = hits(operator)
            for _ in range(6):
                assert_reads(settled, "old", ["old"])
            assert hits(operator) == before
            lock.execute("rollback")
            assert_ok(writer.result())
    assert_reads(settled, "new", ["old"])
    read_until_cached(settled.client, operator, ME)


def test_an_unreadable_entry_is_read_anew(user, owner, cache, operator):
    """Whatever lies under the key, wrong type included, no request fails."""
    wait_until_carried_over(owner, user)
    assert_ok(user.client.get(ME))
    wait_until_quiet(operator)
    cache.delete(f"user_profile:{user}")
    cache.lpush(f"user_profile:{user}", "a list")
    assert assert_ok(user.client.get(ME))["user_id"] == user.user_id
    assert_ok(user.client.patch(ME, json={"first_name": "new"}))
    assert assert_ok(user.client.get(ME))["first_name"] == "new"


def test_an_emptied_cache_fills_again(user, cache, operator):
    first = user.client.get(ME).body
    cache.flushdb()
    assert user.client.get(ME).body == first
    read_until_cached(user.client, operator, ME)
    assert user.client.get(ME).body == first


def test_a_write_on_a_host_without_a_cache_drops_what_others_cached():
    """CACHE_ENABLED differs between hosts, or before and after a reload: the bodies of one must not outlive the writes of another."""
    with private_stack() as stack, stack.database() as connection:
        user, cache = make_user(stack, connection), stack.redis(0)
        assert_ok(user.client.patch(ME, json={"first_name": "old"}))
        wait_for(lambda: assert_ok(user.client.get(ME)) and cache.exists(f"user_profile:{user.user_id}"))
        reload(stack, CACHE_ENABLED="false")
        assert_ok(user.client.patch(ME, json={"first_name": "new"}))
        assert not cache.exists(f"user_profile:{user.user_id}")
        reload(stack, CACHE_ENABLED="true")
        assert assert_ok(user.client.get(ME))["first_name"] == "new"
