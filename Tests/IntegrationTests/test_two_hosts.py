"""Two supervisors with one PostgreSQL and one Redis, as on two hosts: limits, bans, caches and changes are shared."""

import os
import pathlib
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from asserts import ME, assert_ok
from endpoints import ADMIN_USERS, PREMIUM, USERS, keys
from fcgi import FastCGIClient
from processes import children, private_stack, stop
from stack import ROOT, make_user
from waiting import wait_for


@pytest.fixture(scope="module")
def own():
    with private_stack(RATE_LIMIT_ENABLED="true") as stack:
        yield stack


@pytest.fixture(scope="module")
def second(own):
    """The other host's workers, reached by FastCGI."""
    socket, pid_file = own.run_dir / "sockets/second.sock", own.run_dir / "second.pid"
    replaced = {"FCGI_SOCKET": socket, "UPA_PID_FILE": pid_file}
    lines = pathlib.Path(own.env["SERVICE_ENV_FILE"]).read_text().splitlines()
    settings = own.run_dir / "second.env"
    settings.touch(0o600)
    settings.write_text("\n".join([line for line in lines if line.partition("=")[0] not in replaced]
                                  + [f"{name}={value}" for name, value in replaced.items()]) + "\n")
    binary = own.environment.get("UPA_BIN", str(ROOT / ".build/release/userprofile-api"))
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with open(own.run_dir / "log/second.log", "ab") as log:
        process = subprocess.Popen([binary, "serve", "--env-file", settings], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
    client = FastCGIClient(socket)
    try:
        wait_for(lambda: socket.exists() and children(process.pid))
        wait_for(lambda: client.get("/health").status == 200)
        yield client
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


@pytest.fixture
def new_user(own):
    with own.database() as connection:
        yield lambda **columns: make_user(own, connection, **columns)


def both(user, second):
    return [user.client, second.with_token(user.token)]


@pytest.mark.parametrize("method, path, q, total", [("POST", f"{ME}/heartbeat", 12, 40), ("GET", f"{ME}/export", 2, 20)])
def test_they_share_a_limit(new_user, second, method, path, q, total):
    user = new_user()
    with ThreadPoolExecutor(total) as pool:
        statuses = [future.result().status for future in [pool.submit(both(user, second)[n % 2].request, method, path) for n in range(total)]]
    assert sorted(statuses) == [200] * q + [429] * (total - q)


@pytest.mark.parametrize("ban_on", [0, 1])
def test_a_ban_on_one_bites_at_once_on_the_other(new_user, second, ban_on):
    user, admin = new_user(), new_user(roles=["admin"])
    for client in both(user, second) * 2:
        assert assert_ok(client.get(ME))["user_id"] == user.user_id
    assert_ok(both(admin, second)[ban_on].request("POST", f"{ADMIN_USERS}/{user}/ban", json={"reason": "spam"}))
    answers = [client.get(path) for client in both(user, second)[::-1 if ban_on == 0 else 1] for path in (ME, f"{ME}/interests", f"{ME}/settings")]
    assert [(answer.status, answer.code) for answer in answers] == [(403, "USER_BANNED")] * 6


@pytest.mark.parametrize("write_on", [0, 1])
def test_a_write_on_one_is_read_at_once_on_the_other(new_user, second, write_on):
    user = new_user()
    clients = both(user, second)
    for number in range(6):
        for client in clients:
            assert_ok(client.get(ME))
        name = f"name {number}"
        assert_ok(clients[write_on].request("PATCH", ME, json={"first_name": name}))
        assert assert_ok(clients[1 - write_on].get(ME))["first_name"] == name


def test_a_downgrade_on_one_bites_on_the_other(own, new_user, second):
    user = new_user(**PREMIUM)
    other = second.with_token(user.token)
    assert_ok(other.get(f"{ME}/profile-views"))
    assert assert_ok(other.get(f"{ME}/subscription"))["subscription_level"] == "premium"
    assert_ok(own.client().post(f"{USERS}/{user}/subscription", headers=keys(own, "payment"),
                                json={"subscription_level": "free", "subscription_expires_at": None}))
    refused = other.get(f"{ME}/profile-views")
    assert (refused.status, refused.code) == (403, "SUBSCRIPTION_PREMIUM_REQUIRED")
    assert assert_ok(other.get(f"{ME}/subscription"))["subscription_level"] == "free"


def test_an_idempotency_key_counts_on_both(own, new_user, second):
    user = new_user()
    options = {"headers": {**keys(own, "participation"), "Idempotency-Key": f"key-{user}"}}
    first = own.client().post(f"{USERS}/{user}/verify", **options)
    again = second.request("POST", f"{USERS}/{user}/verify", **options)
    assert (first.status, first.body) == (again.status, again.body) == (200, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_one_host_stops_and_the_other_serves_on(own, new_user, second):
    """Last in this file: it stops the second host. Its cached bodies and records stay good."""
    user = new_user()
    assert_ok(second.with_token(user.token).get(ME))
    stop(int((own.run_dir / "second.pid").read_text().split()[0]))
    for _ in range(5):
        assert assert_ok(user.client.get(ME))["user_id"] == user.user_id
    assert_ok(user.client.patch(ME, json={"first_name": "new"}))
    assert assert_ok(user.client.get(ME))["first_name"] == "new"
