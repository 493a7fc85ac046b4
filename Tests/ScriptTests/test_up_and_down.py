"""scripts/up and scripts/down: twice, after a crash, with stale pid files, with other settings."""

import os
import pathlib
import signal
import socket
import stat
import subprocess

import pytest

from stack import Stack, read_env
from waiting import wait_for

DEMO = ["ALICE", "BOB", "PREM", "MOD", "ADMIN", "BLOCKER", "BANNED"]
NAMES = ["BASE_URL", "HTTP_URL", "CA_CERT", "METRICS_URL", "STATUS_URL", "FCGI_SOCKET", "DATABASE_URL", "REDIS_URL",
         "JWT_SECRET_KEY", "PARTICIPATION_API_KEY", "MODERATION_API_KEY", "ACTIVITIES_API_KEY", "PAYMENT_API_KEY",
         "IMAGE_API_CDN_DOMAIN", "SUPERVISOR_PID_FILE", "SERVICE_ENV_FILE",
         *(f"{kind}_{user}" for user in DEMO for kind in ("TOKEN", "USER"))]
PID_FILES = {"nginx": "nginx/nginx.pid", "service": "userprofile-api.pid", "redis": "redis/redis.pid",
             "postgres": "postgres/data/postmaster.pid"}


def pid_of(stack, name):
    path = stack.run_dir / PID_FILES[name]
    if name == "postgres" and not path.exists():
        path = pathlib.Path((stack.run_dir / "postgres.home").read_text().strip()) / "data/postmaster.pid"
    return int(path.read_text().split()[0])


def pids(stack):
    return {name: pid_of(stack, name) for name in PID_FILES}


def workers(stack):
    supervisor = pid_of(stack, "service")
    return set(pathlib.Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split())


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def bystander():
    """A process that is none of ours, whose number a stale pid file may hold."""
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def test_dev_env_names_everything_and_is_private(stack):
    assert [name for name in NAMES if not stack.env.get(name)] == []
    for name in ("dev.env", "service.env"):
        assert stat.S_IMODE((stack.run_dir / name).stat().st_mode) == 0o600
    assert stack.env["IMAGE_API_CDN_DOMAIN"] == "cdn.example.com"


def test_dev_env_is_shell_syntax(stack):
    shown = subprocess.run(["bash", "-euc", f". {stack.run_dir}/dev.env; printenv BASE_URL TOKEN_ALICE"],
                           text=True, capture_output=True, check=True)
    assert shown.stdout.splitlines() == [stack.env["BASE_URL"], stack.env["TOKEN_ALICE"]]


def test_second_up_changes_nothing(stack):
    before, secret = pids(stack), stack.env["JWT_SECRET_KEY"]
    done = stack.up()
    assert pids(stack) == before
    assert stack.env["JWT_SECRET_KEY"] == secret
    assert "curl --cacert" in done.stdout
    assert "==> PostgreSQL" not in done.stdout


def test_edits_of_service_env_survive_up(stack):
    path = pathlib.Path(stack.env["SERVICE_ENV_FILE"])
    path.write_text(path.read_text().replace("LOG_LEVEL=INFO", "LOG_LEVEL=DEBUG"))
    stack.up()
    assert read_env(path)["LOG_LEVEL"] == "DEBUG"
    stack.up(LOG_LEVEL="INFO")
    assert read_env(path)["LOG_LEVEL"] == "INFO"


def test_a_setting_given_to_up_reaches_the_running_service(stack):
    before, first = pids(stack), workers(stack)
    stack.up(RATE_LIMIT_ENABLED="false")
    assert read_env(stack.env["SERVICE_ENV_FILE"])["RATE_LIMIT_ENABLED"] == "false"
    second = workers(stack)
    assert not first & second
    # Not given again, it is as in production again.
    stack.up()
    assert read_env(stack.env["SERVICE_ENV_FILE"])["RATE_LIMIT_ENABLED"] == "true"
    assert not second & workers(stack)
    assert pids(stack) == before


@pytest.mark.parametrize("name", PID_FILES)
def test_up_brings_back_what_was_killed(stack, name):
    before = pids(stack)
    os.kill(before[name], signal.SIGKILL)
    wait_for(lambda: not alive(before[name]))
    if name == "postgres":  # its children end by themselves, and hold the port until then
        wait_for(lambda: not listening(stack, "PORT_PG"))
    stack.up()
    after = pids(stack)
    assert after[name] != before[name] and alive(after[name])
    assert {key: value for key, value in after.items() if key != name} == \
           {key: value for key, value in before.items() if key != name}
    wait_for(lambda: stack.client().get("/health").status == 200)


def test_without_the_service_nginx_answers_502_and_logs_no_search_term(stack):
    os.kill(pid_of(stack, "service"), signal.SIGTERM)
    api = stack.client()
    wait_for(lambda: api.get("/health").status == 502)
    for path in ("/api/v1/users/search?q=veryprivatename", "/api/v1/users/%73earch?q=veryprivatename"):
        for ask in (api.get, api.post):
            response = ask(path, headers={"X-Trace-ID": "down-for-a-test"})
            assert (response.status, response.code) == (502, "SERVICE_UNAVAILABLE")
            assert response.header("Retry-After") == "1"
            assert response.header("Cache-Control") == "no-store"
            assert response.header("X-Trace-ID") == "down-for-a-test"
    # nginx writes its lines in groups, a moment after the answers.
    wait_for(lambda: (stack.run_dir / "log/access.log").read_text().count("down-for-a-test") >= 4)
    for file in (stack.run_dir / "log").iterdir():
        assert "veryprivatename" not in file.read_text(errors="replace"), file
    stack.up()


def listening(stack, port):
    try:
        socket.create_connection(("127.0.0.1", int(stack.environment[port])), timeout=1).close()
        return True
    except OSError:
        return False


def test_a_pid_file_of_somebody_else_is_not_believed(stack, bystander):
    stack.script("down")
    for path in PID_FILES.values():
        path = stack.run_dir / path
        if path.parent.exists():
            path.write_text(f"{bystander.pid}\n")
    stack.script("down")
    assert bystander.poll() is None
    stack.up()
    assert bystander.pid not in pids(stack).values()
    assert stack.client().get("/health").status == 200
    assert bystander.poll() is None


def test_down_stops_everything_and_again_does_nothing(stack):
    running = pids(stack)
    stack.script("down")
    assert [name for name, pid in running.items() if alive(pid)] == []
    assert stack.script("down").returncode == 0
    stack.up()


def test_data_survive_down_and_up(stack):
    with stack.database() as owner:
        owner.execute("create table if not exists public.kept (x int)")
    stack.redis(1).set("kept", "1")
    stack.script("down")
    stack.up()
    with stack.database() as owner:
        assert owner.execute("select to_regclass('public.kept')").fetchone()[0] == "kept"
    assert stack.redis(1).get("kept") == b"1"


def test_a_taken_port_is_named(stack):
    other = Stack.new()
    try:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            done = other.script("up", check=False, PORT_PG=str(taken.getsockname()[1]))
        assert done.returncode != 0
        assert "PORT_PG=" in done.stdout
    finally:
        other.remove()


def test_a_service_that_refuses_its_configuration_is_reported_with_its_log(stack):
    other = Stack.new()
    broken = other.run_dir.parent / f"{other.run_dir.name}-broken"
    broken.write_text('#!/bin/sh\n[ "$1" = serve ] && echo "the cat is on the socket" >&2\nexit 1\n')
    broken.chmod(0o755)
    try:
        done = other.script("up", check=False, UPA_BIN=str(broken))
        assert done.returncode != 0
        assert "the cat is on the socket" in done.stdout
    finally:
        other.remove()
        broken.unlink()


def test_wipe_leaves_nothing(stack):
    other = Stack.new()
    other.up()
    running = pids(other)
    other.script("down", "--wipe")
    assert not other.run_dir.exists()
    assert [name for name, pid in running.items() if alive(pid)] == []
