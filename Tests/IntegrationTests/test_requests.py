"""What is the same everywhere: paths, methods, media types, broken bodies, HEAD, one connection for many answers."""

import json
import re

import pytest

from asserts import INTERESTS, ME, assert_error, assert_ok
from waiting import wait_for

JSON = {"Content-Type": "application/json"}
SOMEBODY = "01900000-0000-7000-8000-000000000001"
WRITES = [("PATCH", ME), ("PUT", INTERESTS), ("POST", INTERESTS)]


def statuses(raw):
    """The statuses of all answers in these bytes."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", raw)]


# --- paths and methods: before the token ---

@pytest.mark.parametrize("path", [
    "/nothing", "/api", "/api/v1", "/api/v1/", "/api/v2/users/me", "/api/v1/users", "/api/v1/users/", "/users/me", "/API/V1/USERS/ME",
    "/api/v1/users/me/", "/api/v1//users/me", "//api/v1/users/me", "/api/v1/users/me/nothing", "/api/v1/users/me/interests/",
    "/api/v1/users/me/interests/a/b", f"/api/v1/users/{SOMEBODY}/nothing", "/health/", "/health/nothing", "/index.html", "/.env",
    "/.git/config",
])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_404_for_everybody(api, method, path):
    assert_error(api.request(method, path), 404, "RESOURCE_NOT_FOUND")


@pytest.mark.parametrize("method, path, known", [
    ("DELETE", "/", {"GET", "HEAD"}), ("POST", "/health", {"GET", "HEAD"}), ("PUT", "/health/live", {"GET", "HEAD"}),
    ("PATCH", "/health/ready", {"GET", "HEAD"}), ("POST", ME, {"GET", "HEAD", "PATCH"}), ("PUT", ME, {"GET", "HEAD", "PATCH"}),
    ("PATCH", f"/api/v1/users/{SOMEBODY}", {"GET", "HEAD"}), ("DELETE", f"/api/v1/users/{SOMEBODY}", {"GET", "HEAD"}),
    ("PATCH", INTERESTS, {"GET", "HEAD", "PUT", "POST"}), ("DELETE", INTERESTS, {"GET", "HEAD", "PUT", "POST"}),
    ("GET", f"{INTERESTS}/chess", {"DELETE"}), ("POST", f"{INTERESTS}/chess", {"DELETE"}), ("BREW", ME, {"GET", "HEAD", "PATCH"}),
])
def test_another_method_is_405_and_says_which_are_known(api, method, path, known):
    response = api.request(method, path)
    assert_error(response, 405, "METHOD_NOT_ALLOWED")
    allowed = {name.strip() for name in response.header("Allow").split(",")}
    assert known <= allowed and method not in allowed


def test_head_of_a_path_without_get_is_405(api):
    response = api.head(f"{INTERESTS}/chess")
    assert (response.status, response.body) == (405, b"") and "HEAD" not in response.header("Allow")


# --- bodies ---

@pytest.mark.parametrize("method, path", WRITES)
@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                          "application/jsonp", "application/json-patch+json", "text/json", "json",
                                          "application/json; charset=utf-16", "application/json; charset=iso-8859-1"])
def test_a_body_of_another_type_is_415(user, method, path, content_type):
    headers = {"Content-Type": content_type} if content_type else {}
    assert_error(user.client.request(method, path, body=b'{"tag": "x"}', headers=headers), 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8",
                                          'Application/JSON; Charset="utf-8"'])
def test_json_has_several_spellings(user, content_type):
    assert_ok(user.client.patch(ME, body=b'{"first_name": "Ada"}', headers={"Content-Type": content_type}))


@pytest.mark.parametrize("method, path", WRITES)
@pytest.mark.parametrize("body", [
    b"", b" ", b"{", b"}", b'{"a":1', b'{"a" 1}', b"{'a':1}", b'{"a":1,}', b'{"a":1}x', b'{"a":1}{"a":1}', b"nonsense", b"NaN",
    b'{"a":NaN}', b'{"a":01}', b'{"a":+1}', b'{"a":.5}', b'{"a":1.}', b'{"a":0x1}', b'{"a":"\x01"}', b'{"a":"\n"}', b'{"a":"\\x41"}',
    b'{"a":"\\u00"}', b'{"a":"\xff"}', b'{"a":"\xc0\x80"}', b'{"a":"\xed\xa0\x80"}', b'{"a":tru}', b'{"a":True}', b'{"a":1 /* */}',
    b"[" * 5000 + b"]" * 5000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b'{"first_name":"a","first_name":"b"}', b"\x00", b'{"a":1}\x00',
    '{"first_name": "Zoë"}'.encode("utf-16"),
], ids=lambda value: repr(value)[:30] if isinstance(value, bytes) else None)
def test_a_body_that_is_no_json_is_400(user, method, path, body):
    assert_error(user.client.request(method, path, body=body, headers=JSON), 400, "BAD_REQUEST")


@pytest.mark.parametrize("method, path", WRITES)
@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"text"', b"true", b'[{"tag":"x"}]'])
def test_a_body_that_is_no_object_is_422(user, method, path, body):
    assert_error(user.client.request(method, path, body=body, headers=JSON), 422, "VALIDATION_INVALID_FORMAT")


def test_a_body_of_exactly_64_kib_is_read(user):
    body = b'{"first_name": "Ada"}'
    assert_ok(user.client.patch(ME, body=body + b" " * (65536 - len(body)), headers=JSON))


def test_the_longest_description_fits_however_it_is_written(user):
    body = b'{"profile_description":"' + rb"\ud83d\ude00" * 5000 + b'"}'
    assert_ok(user.client.patch(ME, body=body, headers=JSON))
    assert assert_ok(user.client.get(ME))["profile_description"] == "😀" * 5000


def test_a_chunked_body_is_read(user):
    raw = user.client.raw(
        f"PATCH {ME} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {user.token}\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n8\r\n{\"first_\r\nd\r\nname\": \"Ada\"}\r\n0\r\n\r\n".encode())
    assert statuses(raw) == [200]
    assert assert_ok(user.client.get(ME))["first_name"] == "Ada"


def test_too_large_comes_before_the_token(api):
    assert_error(api.patch(ME, body=b" " * 65537, headers=JSON), 413, "PAYLOAD_TOO_LARGE")


def test_the_token_comes_before_the_body(api):
    assert_error(api.patch(ME, body=b"{", headers={"Content-Type": "text/plain"}), 401, "AUTH_TOKEN_MISSING")


@pytest.mark.parametrize("method, path", [("GET", ME), ("GET", INTERESTS), ("GET", f"/api/v1/users/{SOMEBODY}"),
                                          ("DELETE", f"{INTERESTS}/x")])
def test_endpoints_without_a_body_ignore_one(user, method, path):
    assert_ok(user.client.request(method, path, body=b"\xff not json", headers={"Content-Type": "image/png"}))


# --- answers ---

@pytest.mark.parametrize("path", ["/", "/health", "/health/live", "/health/ready"])
def test_head_is_get_without_the_body(api, path):
    get, head = api.get(path), api.head(path)
    assert (head.status, head.body) == (get.status, b"") == (200, b"")
    for name in ("Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers.get_all(name) == get.headers.get_all(name) and get.header(name), name


def test_an_error_by_head_has_no_body(api):
    get, head = api.get(ME), api.head(ME)
    assert (head.status, head.body, head.header("WWW-Authenticate")) == (401, b"", get.header("WWW-Authenticate"))
    assert head.header("Content-Length") == get.header("Content-Length")


def test_service_information(api):
    document = assert_ok(api.get("/"))
    assert set(document) == {"name", "version", "environment", "docs"}
    assert document["environment"] == "development" and document["version"][0].isdigit()
    assert document["name"] and document["docs"].startswith("/docs")


def test_bodies_are_compact_json(user):
    for path in (ME, INTERESTS, "/", "/health"):
        response = user.client.get(path)
        assert response.body == json.dumps(response.json, separators=(",", ":"), ensure_ascii=False).encode(), response.body


def test_errors_do_not_disturb_what_follows_on_the_connection(user):
    """After an error the service before this one broke the connection for whoever came next."""
    connection = user.client.connect()
    requests = [("GET", ME, {}, 200), ("PATCH", ME, {"body": b"{", "headers": JSON}, 400), ("GET", "/nothing", {}, 404),
                ("PATCH", ME, {"json": {"first_name": "a\0"}}, 422), ("POST", ME, {"json": {}}, 405),
                ("PATCH", ME, {"json": {"first_name": "Ada"}}, 200), ("HEAD", ME, {}, 200),
                ("GET", ME, {"token": "x"}, 401), ("DELETE", f"{INTERESTS}/x", {"body": b"ignored"}, 200), ("GET", ME, {}, 200)]
    traces = set()
    for method, path, options, status in requests:
        response = user.client.request(method, path, connection=connection, **options)
        assert response.status == status
        traces.add(response.header("X-Trace-ID"))
    connection.close()
    assert len(traces) == len(requests) and None not in traces


def test_pipelined_requests_are_answered_in_order(user):
    def request(method, path, more=""):
        return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {user.token}\r\n{more}\r\n"
    raw = user.client.raw((request("GET", "/nothing") + request("GET", "/api/v1/users/x") + request("GET", INTERESTS)
                           + request("GET", "/health/live", "Connection: close\r\n")).encode())
    assert statuses(raw) == [404, 422, 200, 200]


@pytest.mark.parametrize("path", ["/health/live", "/nothing", ME])
def test_the_status_line_is_as_http_wants_it(api, path):
    """RFC 9112, section 4: the space before the reason phrase is there even when the phrase is not."""
    raw = api.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1\.1 \d{3} [ -~]*\r\n", raw), raw[:40]


def test_neither_tokens_nor_names_nor_addresses_reach_the_service_log(stack, new_user):
    user = new_user(email="never-log-me@example.com")
    trace = {"X-Trace-ID": f"log-{user.user_id}"}
    assert_ok(user.client.patch(ME, json={"first_name": "Neverlogthisname"}, headers=trace))
    assert_error(user.client.patch(ME, json={"first_name": "Neverlogthisname", "Neverlogthisfield": 1}), 422, "VALIDATION_UNKNOWN_FIELD")
    # Lines go out in groups, a moment after the answer.
    line = wait_for(lambda: next((line for line in stack.log_lines() if line.get("trace_id") == trace["X-Trace-ID"]), None))
    assert (line["method"], line["route"], line["status"], line["user_id"]) == ("PATCH", ME, 200, user.user_id)
    log = (stack.run_dir / "log/service.log").read_text()
    for secret in (user.token, user.token.split(".")[2], "Neverlogthis", user.email, user.username, stack.env["JWT_SECRET_KEY"]):
        assert secret not in log
