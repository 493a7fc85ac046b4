"""No endpoint answers 500 to any input: hostile bodies, queries, ids and headers against every route."""

import json

import pytest

from asserts import INTERNALS, ME, assert_ok
from endpoints import ENDPOINTS, PREMIUM, keys
from stack import make_user

JSON = {"Content-Type": "application/json"}
DEEP = b"[" * 30000 + b"]" * 30000
BODIES = {
    "empty": b"", "nothing but space": b" \n", "null": b"null", "a number": b"1e999", "a string": b'"x"', "an open object": b'{"a":', "deep": DEEP,
    "deep objects": b'{"a":' * 10000 + b"1" + b"}" * 10000, "not UTF-8": b'{"a": "\xff\xfe"}', "overlong UTF-8": b'{"a": "\xc0\x80"}',
    "a BOM": b"\xef\xbb\xbf{}", "a raw NUL": b'{"a": "\0"}', "two values": b"{} {}", "a NaN": b'{"a": NaN}', "a comment": b"{/**/}",
    "a name twice": b'{"a": 1, "a": 2}', "an empty name": b'{"": 1}', "64 KiB of zeros": b"\0" * 65536, "a long number": b'{"a": ' + b"9" * 60000 + b"}",
}
# What a field may hold that its type does not foresee.
VALUES = [
    None, True, -1, 0, 10**400, 1e308, -0.0, "", "\0", "\ud800", "\udc00\ud800", "a\0b", "\uffff", "\u202e", "x" * 60000, "😀" * 10000, "'; drop table users; --",
    "$1", "%s%n", "{{7*7}}", "\\", "NaN", "infinity", "-infinity", "epoch", "today", "0000-00-00", "9999-12-31T23:59:60Z", "294277-01-01T00:00:00Z",
    "2024-02-30", "1900-01-01T00:00:00+99:99", [], [[]], [None], {}, {"": None}, {"a": {"b": []}},
]
IDS = ["0", "x", "-1", "%27", "%22", "%5C", "%ff", "%C0%AF", "%F0%9F%98%80", "..%2f", "%2e%2e", "a" * 3000, "00000000-0000-0000-0000-000000000000",
       "ffffffff-ffff-ffff-ffff-ffffffffffff", "{01900000-0000-7000-8000-000000000001}", "01900000000070008000000000000001", "null", "*", "~", "me%00"]
QUERIES = ["%", "%zz", "q=%ff", "q=%00", "q=" + "x" * 6000, "q=ab&q=cd", "limit=1&limit=2", "=", "&&&", "q[]=ab", "limit=1e9", "limit=0x10", "limit=%2B5",
           "offset=-0", "offset=2147483648", "cursor=%ff", "cursor=AAAA", "photo_url=%00", "photo_url=", "x=1", "%00=1", "q=%F0%9F%98%80%F0%9F%98%80", "q=%ED%A0%80ab"]
HEADERS = [
    ("If-None-Match", "x"), ("If-None-Match", '"' + "9" * 400 + '.a"'), ("If-None-Match", ", ,,*"), ("If-Match", '"99999999999999999999.a"'), ("If-Match", "W/"),
    ("If-Match", '"-1.x"'), ("If-Match", '"' * 99), ("If-Match", "\xff"), ("Idempotency-Key", "\xff\xfe"), ("Idempotency-Key", "x" * 3000), ("Idempotency-Key", "' or 1=1"),
    ("Content-Encoding", "gzip"), ("Accept", "\xff"), ("Range", "bytes=0-0,5-"), ("X-HTTP-Method-Override", "DELETE"), ("traceparent", "00-" + "f" * 99),
    ("X-Trace-ID", "\xff" * 20), ("Cookie", "a=" + "x" * 3000), ("Expect", "100-continue"), ("Content-Type", "application/json; charset=utf-16"),
    ("Content-Type", "\xff/"), ("If-Modified-Since", "x"), ("Forwarded", "for=\"_\""), ("X-Forwarded-For", "'"), ("Host", "localhost"),
]


@pytest.fixture
def bombard(stack, owner, operator):
    """bombard(endpoint, [options]): a caller that may; a fresh one whenever the limit is reached. Each answer is an honest one."""
    def send(endpoint, requests):
        admin = None
        for number, options in enumerate(requests):
            if admin is None or number % 3 == 0:
                admin = make_user(stack, owner, roles=["admin"], **PREMIUM)
            other = options.pop("target", None) or make_user(stack, owner, **endpoint.other)
            query = options.pop("query", None)
            headers = {**options.pop("headers", {}), **(keys(stack, endpoint.service) if endpoint.service else {})}
            body = options.pop("json", None)
            if body is not None:
                options.update(body=json.dumps(body).encode())
                headers = {**JSON, **headers}
            path = endpoint.path.replace("{user_id}", str(other))
            if query is not None:
                path += ("&" if "?" in path else "?") + query
            response = admin.client.request(endpoint.method, path, headers=headers, **options)
            assert response.status < 500, (endpoint.method, path[:200], headers, str(options)[:200], response.status, response.body[:300])
            if response.status >= 400:
                assert set(response.json) == {"error"} and not INTERNALS.search(response.body.decode()), response.body[:500]
        assert assert_ok(make_user(stack, owner).client.get(ME))["interests"] == []
    return send


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_bodies(endpoint, bombard):
    bombard(endpoint, [{"body": body, "headers": JSON} for body in BODIES.values()])


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if one.body], ids=str)
def test_values(endpoint, bombard):
    bombard(endpoint, [{"json": {**endpoint.body, name: value}} for name in endpoint.body for value in VALUES])


@pytest.mark.parametrize("number, bodies", [
    (3, [{name: value} for name in ("profile_description", "date_of_birth", "gender") for value in VALUES]),
    (10, [{"interests": [value] * 2} for value in VALUES] + [{"interests": [{"tag": value, "weight": 1}]} for value in VALUES]
         + [{"interests": [{"tag": "a", "weight": value}]} for value in VALUES]),
    (11, [{"tag": "a", "weight": value} for value in VALUES]),
    (14, [{name: value} for name in ("ghost_mode", "timezone") for value in VALUES]),
    (26, [{"status": "approved", name: value} for name in ("reason", "photo_url") for value in VALUES]),
    (27, [{"reason": "x", "expires_at": value} for value in VALUES]),
], ids=lambda value: str(value) if isinstance(value, int) else "")
def test_values_of_optional_fields(number, bodies, bombard):
    bombard(ENDPOINTS[number - 1], [{"json": body} for body in bodies])


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if "{user_id}" in one.path], ids=str)
def test_ids(endpoint, bombard):
    bombard(endpoint, [{"target": target, **({"json": endpoint.body} if endpoint.body else {})} for target in IDS])


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_queries(endpoint, bombard):
    bombard(endpoint, [{"query": query, **({"json": endpoint.body} if endpoint.body else {})} for query in QUERIES])


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_headers(endpoint, bombard):
    bombard(endpoint, [{"headers": {name: value.encode("latin-1")}, **({"json": endpoint.body} if endpoint.body else {})} for name, value in HEADERS])
