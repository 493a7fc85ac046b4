"""What systemd does for a service, done by the test: a notify socket, a listening socket handed over, a start with a known parent."""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

from processes import is_gone, stop, supervisor
from service import BUILT, end_of
from waiting import wait_for

# Between fork and exec the pid is already the service's own, as sd_listen_fds(3) wants it.
WRAPPER = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1', LISTEN_FDNAMES='x'); " \
          "os.execv(sys.argv[2], sys.argv[2:])"


def healthy(stack):
    with contextlib.suppress(OSError):
        return stack.client().get("/health").status == 200


def start(stack, listener=None, **environment):
    """The service as a child of the test; with `listener` by socket activation. Awaits nothing."""
    serve = [str(BUILT), "serve", "--env-file", stack.env["SERVICE_ENV_FILE"]]
    if listener:
        serve = [sys.executable, "-c", WRAPPER, str(listener.fileno()), *serve]
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with open(stack.run_dir / "log/service.log", "ab") as log:
        return subprocess.Popen(serve, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**inherited, **environment},
                                pass_fds=[listener.fileno()] if listener else [], start_new_session=True)


@contextlib.contextmanager
def instead(stack):
    """The stack's own service is stopped inside, and back afterwards."""
    stop(supervisor(stack))
    try:
        yield
    finally:
        stack.up()


@contextlib.contextmanager
def ended(process):
    """The process is gone afterwards, whatever happens inside."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            end_of(process)


@contextlib.contextmanager
def activation_socket(stack):
    """What systemd opens for userprofile-api.socket: it stays when the service goes."""
    path = pathlib.Path(stack.env["FCGI_SOCKET"])
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        path.chmod(0o660)
        listener.listen(4096)
        yield listener
    path.unlink(missing_ok=True)


class Notify:
    """NOTIFY_SOCKET: every message as {name: value}, in order."""

    def __init__(self, abstract=False):
        self.directory = tempfile.TemporaryDirectory(prefix="upa-notify-", dir="/tmp")
        self.address = f"@{self.directory.name}" if abstract else f"{self.directory.name}/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.address.replace("@", "\0"))
        self.socket.setblocking(False)
        self.messages = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.directory.cleanup()

    def read(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                text = self.socket.recv(65536).decode()
                self.messages.append(dict(line.split("=", 1) for line in text.splitlines()))
        return self.messages

    def wait_for(self, name, count=1):
        """The messages that have this name, once there are that many."""
        return wait_for(lambda: len(found := [message for message in self.read() if name in message]) >= count and found, 30)


def all_gone(pids):
    return all(map(is_gone, pids))
