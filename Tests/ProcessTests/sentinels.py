"""A Redis master, its replica and three sentinels, on free ports, in a directory of their own."""

import pathlib
import shutil
import signal
import subprocess
import tempfile

import redis

from processes import is_gone
from stack import free_ports
from waiting import wait_for

MASTER = "mymaster"


class Sentinels:
    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="upa-sentinel-", dir="/tmp"))
        self.processes = {}
        self.first, self.second, *self.sentinels = free_ports(5)

    @property
    def url(self):
        return "redis+sentinel://" + ",".join(f"127.0.0.1:{port}" for port in self.sentinels) + f"/{MASTER}"

    def start(self):
        for port in (self.first, self.second):
            self.run(port, "appendonly yes\nsave \"\"\n" + (f"replicaof 127.0.0.1 {self.first}\n" if port != self.first else ""))
        wait_for(lambda: self.client(self.second).info("replication").get("master_link_status") == "up", 30)
        for port in self.sentinels:
            self.run(port, f"sentinel monitor {MASTER} 127.0.0.1 {self.first} 2\n"
                           f"sentinel down-after-milliseconds {MASTER} 2000\nsentinel failover-timeout {MASTER} 5000\n", "--sentinel")
        # Each must know the others and the replica before a failover can be agreed upon.
        for port in self.sentinels:
            wait_for(lambda port=port: self.knows_all(port), 30)

    def knows_all(self, port):
        master = self.client(port).sentinel_masters()[MASTER]
        return (master["num-other-sentinels"], master["num-slaves"]) == (2, 1)

    def run(self, port, text, *arguments):
        home = self.directory / str(port)
        home.mkdir(exist_ok=True)
        file = home / "redis.conf"
        file.write_text(f"bind 127.0.0.1\nport {port}\ndir {home}\n{text}")
        with open(home / "log", "ab") as log:
            self.processes[port] = subprocess.Popen(["redis-server", file, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(lambda: self.answers(port))

    def answers(self, port):
        assert self.processes[port].poll() is None, (self.directory / str(port) / "log").read_text()
        try:
            return self.client(port).ping()
        except redis.ConnectionError:
            return False

    def client(self, port, db=0):
        return redis.Redis("127.0.0.1", port, db=db, decode_responses=True)

    def master(self):
        """The port that the sentinels agree on."""
        named = {self.client(port).sentinel_get_master_addr_by_name(MASTER)[1] for port in self.sentinels
                 if self.processes[port].poll() is None}
        return int(named.pop()) if len(named) == 1 else None

    def kill(self, port):
        self.processes[port].send_signal(signal.SIGKILL)
        self.processes[port].wait()

    def fail_over(self):
        """Kills the master; the new one's port, once the sentinels agree and it takes writes."""
        old = wait_for(self.master)
        self.kill(old)
        # A sentinel that was not run for a while trusts nothing for 30 s (TILT).
        new = wait_for(lambda: (port := self.master()) and port != old and port, 120)
        wait_for(lambda: self.client(new).info("replication")["role"] == "master", 120)
        return new

    def stop(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            process.wait(20)
            assert is_gone(process.pid)
        shutil.rmtree(self.directory)
