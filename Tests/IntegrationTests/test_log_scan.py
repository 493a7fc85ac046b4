"""The scanner of logs can fail, and the service gives it something to look at."""

import types

import pytest

import log_scan
from asserts import ME, assert_error
from log_scan import DEMO_PASSWORD, findings, scan, secrets_of
from waiting import wait_for

KEYS = {"PAYMENT_API_KEY[0]": "k" * 32, "JWT_SECRET_KEY[0]": "s/+" * 12}


@pytest.mark.parametrize("line, what", [
    ('{"message":"bad token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x"}', "a token"),
    ('{"hash":"$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"}', "a password hash"),
    ('{"hash":"\\u0024argon2id$v=19"}', "a password hash"),
    ('{"cause":"duplicate key (ada@example.com)"}', "an e-mail address"),
    ("GET /users/ada%40example.com", "an e-mail address"),
    (f'{{"password":"{DEMO_PASSWORD}"}}', "a password"),
    ("GET /x?p=correct%20horse%20battery%20staple", "a password"),
    ('request: "GET /api/v1/users/search?q=ann HTTP/1.1"', "a search term"),
    ('{"cause":"needle-term-1"}', "a search term"),
    (f'{{"key":"{KEYS["PAYMENT_API_KEY[0]"]}"}}', "the value of PAYMENT_API_KEY[0]"),
    ("key=" + "s%2F%2B" * 12, "the value of JWT_SECRET_KEY[0]"),
    ('{"key":"' + "s\\/+" * 12 + '"}', "the value of JWT_SECRET_KEY[0]"),
])
def test_each_kind_is_found(line, what):
    assert what in [found for found, _ in findings(f"harmless\n{line}\n", KEYS)]


def test_an_ordinary_log_is_clean():
    lines = ('{"timestamp":"2026-11-01T10:00:00.000Z","level":"INFO","event":"request","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",'
             '"method":"GET","route":"/api/v1/users/search","status":200,"duration_ms":1.5}\n'
             '{"request":"GET /api/v1/users/search","host":"localhost","user_agent":"curl/7.88.1"}\n')
    assert findings(lines, KEYS) == []


def test_what_is_found_is_masked():
    (_, line), = findings(f'{{"key":"{KEYS["PAYMENT_API_KEY[0]"]}"}}', KEYS)
    assert KEYS["PAYMENT_API_KEY[0]"] not in line and "***" in line


def test_a_run_directory_is_scanned_with_its_own_secrets(tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "service.env").write_text("JWT_SECRET_KEY=" + "j" * 32 + "\nPAYMENT_API_KEY=one-long-key-1,one-long-key-2\n")
    for name in ("service.log", "access.log", "nginx-error.log", "service.log.1"):
        (tmp_path / "log" / name).write_text("clean\n")
    assert scan(tmp_path) == ({}, 4)
    (tmp_path / "log/service.log.1").write_text("one-long-key-2\n")
    (tmp_path / "log/access.log").write_text("j" * 32 + "\n")
    found, _ = scan(tmp_path)
    assert {name: [what for what, _ in bad] for name, bad in found.items()} == {
        "service.log.1": ["the value of PAYMENT_API_KEY[1]"], "access.log": ["the value of JWT_SECRET_KEY[0]"]}


def test_a_finding_fails_the_session(tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log/service.log").write_text("eyJhbGciOiJIUzI1NiJ9\n")
    watch = log_scan.Watch()
    session = types.SimpleNamespace(config=types.SimpleNamespace(log_watch=watch), exitstatus=0)
    log_scan.pytest_sessionfinish(session)
    assert session.exitstatus == 0
    watch.look(types.SimpleNamespace(run_dir=tmp_path))
    log_scan.pytest_sessionfinish(session)
    assert session.exitstatus == 1


def test_the_scan_knows_the_secrets_of_the_stack(stack):
    known = set(secrets_of(stack.run_dir).values())
    for name in ("JWT_SECRET_KEY", "PARTICIPATION_API_KEY", "MODERATION_API_KEY", "ACTIVITIES_API_KEY", "PAYMENT_API_KEY"):
        assert stack.env[name] in known, name


def test_refused_secrets_terms_and_passwords_are_logged_without_themselves(stack, user, api):
    """Each is sent where it could come out; the scan of the stack's own logs is what fails, here at once."""
    term = {"trace": "log-scan-search-1"}
    assert user.client.get("/api/v1/users/search?q=needle-term-1", headers={"X-Trace-ID": term["trace"]}).status == 200
    user.client.get("/api/v1/users/search?q=needle-term-2%00")
    user.client.get("/api/v1/users/search?query=needle-term-3&limit=no")
    assert_error(api.get(ME, headers={"Authorization": f"Bearer {user.token}x"}), 401, "AUTH_TOKEN_INVALID")
    assert_error(api.post(f"/api/v1/users/{user}/verify", headers={"X-Service-API-Key": stack.env["PAYMENT_API_KEY"]}),
                 403, "AUTH_INSUFFICIENT_PERMISSIONS")
    body = {"password": "needle-password-1", "confirmation": "DELETE MY ACCOUNT"}
    assert user.client.delete(ME, json=body).status in (401, 403, 409)
    assert user.client.patch(ME, json={"email": "needle@example.com", "password_hash": "$argon2id$v=19$x"}).status == 422
    wait_for(lambda: any(line.get("trace_id") == term["trace"] for line in stack.log_lines()))
    found, lines = scan(stack.run_dir)
    assert found == {} and lines > 0
