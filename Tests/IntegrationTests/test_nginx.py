"""What nginx answers by itself, and what it adds to everybody else's answers."""

import json
import re

import pytest

GENERATED = re.compile(r"[0-9a-f]{32}")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def assert_own_error(response, status, code):
    """An error made by nginx, in the contract's shape and with every header that any response has."""
    assert response.status == status
    assert response.header("Content-Type") == "application/json"
    assert response.code == code
    assert response.header("Cache-Control") == "no-store"
    assert GENERATED.fullmatch(response.header("X-Trace-ID"))
    for name, value in SECURITY_HEADERS.items():
        assert response.header(name) == value


def parse(raw):
    """Status and JSON body of an answer read as bytes."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body), head


# --- errors ---

def test_body_of_more_than_64_kib_is_413(api):
    response = api.post("/api/v1/users/me/photos", body=b"x" * 65537)
    assert_own_error(response, 413, "PAYLOAD_TOO_LARGE")
    assert response.error["details"] == {"max_bytes": 65536}


def test_chunked_body_of_more_than_64_kib_is_413(api):
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    raw = api.raw(b"POST /api/v1/users/me/photos HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                  b"Connection: close\r\n\r\n" + chunk * 5 + b"0\r\n\r\n")
    status, document, _ = parse(raw)
    assert (status, document["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_body_of_64_kib_reaches_the_worker(api):
    response = api.post("/api/v1/users/me/photos", body=b"x" * 65536)
    assert response.status not in (400, 413, 502)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1"])
def test_unknown_host_is_404(api, plain, host):
    for client in (api, plain):
        response = client.get("/health", headers={"Host": host})
        assert_own_error(response, 404, "RESOURCE_NOT_FOUND")
        assert response.header("Location") is None


def test_duplicate_authorization_is_400(api):
    response = api.get("/api/v1/users/me", headers=[("Authorization", "Bearer a"), ("Authorization", "Bearer b")])
    assert_own_error(response, 400, "BAD_REQUEST")


@pytest.mark.parametrize("target", ["/api/v1/users/%zz", "/api/v1/users/%00", "/../../etc/passwd"])
def test_malformed_path_is_400(api, target):
    assert_own_error(api.get(target), 400, "BAD_REQUEST")


def test_long_request_line_is_414(api):
    assert_own_error(api.get("/" + "a" * 9000), 414, "URI_TOO_LONG")


def test_long_header_is_431(api):
    assert_own_error(api.get("/health", headers={"X-Long": "a" * 9000}), 431, "HEADERS_TOO_LARGE")


def test_trace_is_405(api):
    response = api.request("TRACE", "/health")
    assert_own_error(response, 405, "METHOD_NOT_ALLOWED")
    assert "GET" in response.header("Allow")


def test_plain_http_on_the_https_port_is_400(stack, api):
    from stack import Client
    assert_own_error(Client(f"http://localhost:{api.url.port}").get("/health"), 400, "BAD_REQUEST")


def test_a_request_that_is_not_http_gets_a_json_400(api):
    status, document, _ = parse(api.raw(b"NONSENSE\r\n\r\n"))
    assert (status, document["error"]["code"]) == (400, "BAD_REQUEST")


def test_error_pages_cannot_be_asked_for(api):
    assert_own_error(api.get("/nginx-error"), 404, "RESOURCE_NOT_FOUND")


# --- trace ids ---

@pytest.mark.parametrize("headers, expected", [
    ({"X-Trace-ID": "a.B_c-12"}, "a.B_c-12"),
    ({"X-Request-ID": "request-1234"}, "request-1234"),
    ({"X-Trace-ID": "trace-12345", "X-Request-ID": "request-1234"}, "trace-12345"),
    ({"X-Trace-ID": "short", "X-Request-ID": "request-1234"}, "request-1234"),
    ({"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, "4bf92f3577b34da6a3ce929d0e0e4736"),
    ({"traceparent": "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"}, "4bf92f3577b34da6a3ce929d0e0e4736"),
    ({"X-Trace-ID": "x" * 64}, "x" * 64),
])
def test_trace_id_of_the_client_comes_back(api, headers, expected):
    assert api.get("/health", headers=headers).headers.get_all("X-Trace-ID") == [expected]
    # On errors of nginx too.
    assert api.post("/health", headers=headers, body=b"x" * 70000).headers.get_all("X-Trace-ID") == [expected]


@pytest.mark.parametrize("headers", [
    {},
    {"X-Trace-ID": "seven77"},
    {"X-Trace-ID": "x" * 65},
    {"X-Trace-ID": "no spaces here"},
    {"X-Trace-ID": '"><script>12'},
    {"X-Request-ID": "naïve-request".encode("latin-1")},
    {"traceparent": "00-00000000000000000000000000000000-00f067aa0ba902b7-01"},
    {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"},
    {"traceparent": "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
    {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"},
    {"traceparent": "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"},
])
def test_without_a_good_trace_id_one_is_made(api, headers):
    first, second = (api.get("/health", headers=headers).header("X-Trace-ID") for _ in range(2))
    assert GENERATED.fullmatch(first) and GENERATED.fullmatch(second) and first != second


# --- every response ---

@pytest.mark.parametrize("path", ["/", "/health", "/health/live", "/api/v1/users/me", "/api/v1/nothing", "/nothing"])
def test_security_headers_are_on_everything(api, path):
    response = api.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert response.headers.get_all(name) == [value]
    assert response.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert response.headers.get_all("Server") == ["nginx"]


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
def test_http_redirects_and_keeps_method_and_query(plain, api, method):
    response = plain.request(method, "/api/v1/users/search?q=a%20b&limit=3")
    assert response.status == 308
    assert response.header("Location") == f"https://localhost:{api.url.port}/api/v1/users/search?q=a%20b&limit=3"
    assert response.header("X-Trace-ID")
    assert response.header("Strict-Transport-Security") is None


# --- operators ---

def test_metrics_are_for_operators_only(api, operator):
    assert_own_error(api.get("/metrics"), 404, "RESOURCE_NOT_FOUND")
    assert_own_error(api.get("/%6detrics"), 404, "RESOURCE_NOT_FOUND")
    response = operator.get("/metrics")
    assert response.status == 200
    assert b"http_requests_total" in response.body


def test_nginx_status_is_for_operators_only(api, operator):
    assert api.get("/nginx_status").status == 404
    assert b"Active connections" in operator.get("/nginx_status").body


def test_operator_listener_serves_nothing_else(operator):
    assert_own_error(operator.get("/api/v1/users/me"), 404, "RESOURCE_NOT_FOUND")


# --- health ---

def test_health_names_its_checks(api):
    response = api.get("/health")
    assert response.status == 200
    assert response.json["status"] == "healthy"
    assert response.json["checks"] == {"api": "ok", "database": "ok", "cache": "ok"}


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_of_its_own_kind_is_200(api, path):
    assert api.get(path).status == 200


# --- logs ---

def test_access_log_holds_no_query_and_no_token(stack, api):
    api.get("/api/v1/users/search?q=veryprivatename", token="tokenthatmustnotleak", headers={"X-Trace-ID": "search-for-log"})
    api.get("/" + "b" * 9000 + "?q=veryprivatename")
    log = stack.run_dir / "log"
    from waiting import wait_for
    wait_for(lambda: all(text in (log / "access.log").read_text() for text in ("search-for-log", "GET /bbbb")))
    wait_for(lambda: any(line.get("trace_id") == "search-for-log" for line in stack.log_lines()))
    for file in log.iterdir():
        text = file.read_text(errors="replace")
        assert "veryprivatename" not in text, file
        assert "tokenthatmustnotleak" not in text, file
    # The last line may be half written yet.
    lines = [json.loads(line) for line in (log / "access.log").read_text().rpartition("\n")[0].splitlines()]
    line = next(line for line in lines if line["trace_id"] == "search-for-log")
    assert (line["request"], line["client"]) == ("GET /api/v1/users/search", "127.0.0.1")
