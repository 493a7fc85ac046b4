"""Stacks that a test may break, and the processes inside: found by id, stopped, frozen, counted."""

import contextlib
import os
import pathlib
import signal
import subprocess

from stack import ROOT, Stack
from waiting import wait_for


#: So that a machine that is slow or busy changes no answer: nothing is shed, no reply of Redis comes too late, and a test may hold a
#: lock for a while. Tests of these very limits set their own.
PATIENCE = {"UPA_MAX_QUEUE_MS": "20000", "UPA_REDIS_TIMEOUT_MS": "250", "UPA_STATEMENT_TIMEOUT_MS": "10000", "UPA_REQUEST_DEADLINE_MS": "15000"}


@contextlib.contextmanager
def private_stack(settings=PATIENCE, **environment):
    """A stack of the test module's own, without limits: what it breaks, nobody else sees."""
    stack = Stack.new(**{"RATE_LIMIT_ENABLED": "false", **environment})
    try:
        stack.up()
        reload(stack, **settings)
        yield stack
    finally:
        stack.remove()


def is_gone(pid):
    """A zombie counts as gone: it has no command line any more."""
    try:
        return not pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return True


def children(pid):
    return {int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def stop(pid, number=signal.SIGTERM, seconds=30):
    """Signals the process and waits until it has gone."""
    os.kill(pid, number)
    wait_for(lambda: is_gone(pid), seconds)


@contextlib.contextmanager
def frozen(*pids):
    """The processes neither run nor answer inside."""
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def supervisor(stack):
    return int(pathlib.Path(stack.env["SUPERVISOR_PID_FILE"]).read_text())


def workers(stack):
    return children(supervisor(stack))


def reload(stack, **settings):
    """Returns when nobody serves with the old settings any more."""
    before = workers(stack)
    stack.reload(**settings)
    wait_for(lambda: all(map(is_gone, before)), 70)


def postmaster(stack):
    with stack.database() as connection:
        directory = connection.execute("show data_directory").fetchone()[0]
    return int(pathlib.Path(directory, "postmaster.pid").read_text().split()[0])


def redis_server(stack):
    return stack.redis().info("server")["process_id"]


def serve(stack):
    """The stack's supervisor anew, as a child of the test, so that its exit status can be seen."""
    stop(supervisor(stack))
    binary = stack.environment.get("UPA_BIN", str(ROOT / ".build/release/userprofile-api"))
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with open(stack.run_dir / "log/service.log", "ab") as log:
        process = subprocess.Popen([binary, "serve", "--env-file", stack.env["SERVICE_ENV_FILE"]], stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log, env=environment, start_new_session=True)
    wait_for(lambda: stack.client().get("/health").status == 200)
    return process
