"""PASSWORD_VERIFIER=auth-api: the password is asked for over HTTP; whatever goes wrong there deletes nobody."""

import contextlib
import http.server
import json
import threading

import pytest

from asserts import ME, assert_error, assert_ok
from endpoints import CONFIRMATION, outbox, stored
from processes import private_stack, reload
from stack import make_user
from waiting import wait_for

TOKEN = "token-of-the-test-for-auth-api-0123456789"


class AuthAPI:
    """A real server; `answer` is what it says next: (status, bytes), or an event that it waits for before it says no."""

    def __init__(self):
        self.answer, self.asked = (200, b'{"valid": true}'), []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, self.headers["X-Service-Token"], self.headers["Content-Type"], body))
                answer = outer.answer
                if isinstance(answer, threading.Event):
                    answer.wait(60)
                    answer = (200, b'{"valid": true}')
                if self.headers["X-Service-Token"] != TOKEN:
                    answer = (401, b'{"detail": "bad token"}')
                with contextlib.suppress(OSError):
                    self.send_response(answer[0])
                    self.send_header("Content-Length", str(len(answer[1])))
                    self.end_headers()
                    self.wfile.write(answer[1])

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def auth():
    server = AuthAPI()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture(scope="module")
def own(auth):
    with private_stack() as stack:
        reload(stack, PASSWORD_VERIFIER="auth-api", AUTH_API_URL=auth.url, AUTH_API_VERIFY_PATH="/internal/verify", AUTH_API_TOKEN=TOKEN)
        yield stack


@pytest.fixture
def database(own):
    with own.database() as connection:
        yield connection


@pytest.fixture
def user(own, database, auth):
    auth.asked.clear()
    auth.answer = (200, b'{"valid": true}')
    return make_user(own, database)


def delete(user, password="the password é\"\\", **options):
    return user.client.delete(ME, json={"password": password, "confirmation": CONFIRMATION}, **options)


def test_a_valid_password_deletes(user, auth, database):
    assert_ok(delete(user))
    assert auth.asked == [("/internal/verify", TOKEN, "application/json", {"user_id": user.user_id, "password": "the password é\"\\"})]
    assert stored(database, user, "deleted_at") is not None
    assert [topic for _, topic, _ in outbox(database, user)] == ["account_deleted", "user.deleted"]


def test_an_invalid_one_is_401(user, auth, database):
    auth.answer = (200, b'{"valid": false}')
    assert_error(delete(user), 401, "AUTH_PASSWORD_INVALID")
    assert stored(database, user, "deleted_at") is None
    assert_ok(user.client.get(ME))


@pytest.mark.parametrize("answer", [
    (500, b'{"valid": true}'), (401, b'{"valid": true}'), (404, b""), (302, b'{"valid": true}'), (201, b'{"valid": true}'), (200, b""),
    (200, b"not json"), (200, b"[]"), (200, b"{}"), (200, b'{"valid": "true"}'), (200, b'{"valid": 1}'), (200, b'{"valid": null}'),
    (200, b'{"valid": true}' + b" " * 5_000_000),
])
def test_any_other_answer_is_503_and_deletes_nobody(user, auth, database, answer):
    auth.answer = answer
    response = delete(user)
    assert_error(response, 503, "SERVICE_UNAVAILABLE")
    assert response.header("Retry-After")
    assert stored(database, user, "deleted_at") is None


def test_a_silent_one_is_503_while_others_are_served(user, auth, database):
    auth.answer = threading.Event()
    try:
        assert_error(delete(user), 503, "SERVICE_UNAVAILABLE")
    finally:
        auth.answer.set()
    assert stored(database, user, "deleted_at") is None
    assert_ok(user.client.get(ME))


def test_who_is_banned_is_not_even_asked_about(own, auth, database, user):
    banned = make_user(own, database, status="banned")
    assert_error(delete(banned), 403, "USER_BANNED")
    assert auth.asked == []


def test_a_wrong_token_is_503_and_told_to_nobody(own, auth, database, user):
    reload(own, AUTH_API_TOKEN="another-token-that-is-not-right-0123456789")
    try:
        response = delete(user)
        assert_error(response, 503, "SERVICE_UNAVAILABLE")
        assert b"token" not in response.body.lower()
    finally:
        reload(own, AUTH_API_TOKEN=TOKEN)
    assert stored(database, user, "deleted_at") is None


def test_a_server_that_is_not_there_is_503(own, auth, database, user):
    reload(own, AUTH_API_URL="http://127.0.0.1:1")
    try:
        assert_error(delete(user), 503, "SERVICE_UNAVAILABLE")
    finally:
        reload(own, AUTH_API_URL=auth.url)
    assert stored(database, user, "deleted_at") is None
    assert_ok(delete(user))


def test_passwords_are_never_logged(own, auth, user):
    auth.answer = (200, b'{"valid": false}')
    trace = f"delete-{user}"
    delete(user, "marker-of-a-password", headers={"X-Trace-ID": trace})
    # Lines go out in groups, a moment after the answer.
    wait_for(lambda: any(line.get("trace_id") == trace for line in own.log_lines()))
    assert "marker-of-a-password" not in (own.run_dir / "log/service.log").read_text()
