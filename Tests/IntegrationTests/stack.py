"""The real thing as a fixture: scripts/up in a directory of its own, on free ports, and what a test needs to talk to it."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import shlex
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_ports(count):
    """Ports that nobody listens on; all held open until all are chosen, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def read_env(path):
    """KEY=value or export KEY=value lines, as a dictionary."""
    values = {}
    for line in pathlib.Path(path).read_text().splitlines():
        line = line.removeprefix("export ")
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            values[name] = "".join(shlex.split(value))
    return values


@dataclass
class Response:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    sent: dict = field(default_factory=dict, repr=False)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The `error` object; fails when the body is not in the contract's shape."""
        document = self.json
        assert set(document) == {"error"}, document
        assert set(document["error"]) == {"code", "message", "details"}, document
        assert isinstance(document["error"]["details"], dict), document
        return document["error"]

    @property
    def code(self):
        return self.error["code"]

    def header(self, name):
        return self.headers.get(name)


class Client:
    """One request, one connection, unless `keep` is used. Redirects are never followed."""

    def __init__(self, base_url, ca_cert=None, token=None, headers=None):
        self.url = urllib.parse.urlsplit(base_url)
        self.token = token
        self.headers = dict(headers or {})
        self.tls = ssl.create_default_context(cafile=ca_cert) if self.url.scheme == "https" else None

    def with_token(self, token):
        """The same server, another caller."""
        other = object.__new__(Client)
        other.__dict__.update(self.__dict__, token=token)
        return other

    def connect(self, timeout=35):
        if self.tls:
            return http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=timeout, context=self.tls)
        return http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=timeout)

    def request(self, method, path, *, json=None, body=None, headers=None, token=..., connection=None):
        """`json` is encoded and typed, `body` is sent as it is; `headers` may be a list of pairs, to send one twice."""
        pairs = list(self.headers.items())
        caller = self.token if token is ... else token
        if caller is not None:
            pairs.append(("Authorization", f"Bearer {caller}"))
        if json is not None:
            body = _encode(json)
            pairs.append(("Content-Type", "application/json"))
        pairs += headers.items() if isinstance(headers, dict) else headers or []
        named = {name.lower() for name, _ in pairs}
        own = connection is None
        connection = connection or self.connect()
        try:
            connection.putrequest(method, path, skip_host="host" in named, skip_accept_encoding=True)
            for name, value in pairs:
                connection.putheader(name, value)
            if body is not None and not named & {"content-length", "transfer-encoding"}:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Response(answer.status, answer.headers, answer.read())
        finally:
            if own:
                connection.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def head(self, path, **options):
        return self.request("HEAD", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def put(self, path, **options):
        return self.request("PUT", path, **options)

    def patch(self, path, **options):
        return self.request("PATCH", path, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def raw(self, data, timeout=10):
        """Bytes in, bytes out until the server closes: for requests that no HTTP library would send."""
        with socket.create_connection((self.url.hostname, self.url.port), timeout=timeout) as plain:
            stream = self.tls.wrap_socket(plain, server_hostname=self.url.hostname) if self.tls else plain
            stream.sendall(data)
            received = b""
            while chunk := stream.recv(65536):
                received += chunk
            return received


def _encode(value):
    return json.dumps(value).encode()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def mint(secret, claims, header=None):
    """A JWT signed with HS256 over exactly these claims."""
    parts = [base64url(_encode(part)) for part in (header or {"alg": "HS256", "typ": "JWT"}, claims)]
    signature = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, base64url(signature)])


class Stack:
    """A running scripts/up. `env` is its dev.env."""

    def __init__(self, run_dir, environment=None):
        self.run_dir = pathlib.Path(run_dir)
        self.environment = dict(os.environ, UPA_RUN_DIR=str(self.run_dir), **(environment or {}))
        self.env = {}

    @classmethod
    def new(cls, **environment):
        """A stack of its own in a short temporary directory (socket paths have 107 bytes)."""
        names = ("PORT_HTTP", "PORT_HTTPS", "PORT_STATUS", "PORT_PG", "PORT_REDIS")
        ports = dict(zip(names, map(str, free_ports(len(names)))))
        binary = ROOT / ".build/release/userprofile-api"
        if binary.exists() and "UPA_BIN" not in os.environ:
            ports["UPA_BIN"] = str(binary)
        return cls(tempfile.mkdtemp(prefix="upa-test-", dir="/tmp"), {**ports, **environment})

    def script(self, *arguments, check=True, **environment):
        """Runs scripts/NAME against this stack; its output ends up in the failure message."""
        done = subprocess.run([ROOT / "scripts" / arguments[0], *arguments[1:]], text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**self.environment, **environment})
        if check and done.returncode != 0:
            raise RuntimeError(f"scripts/{' '.join(arguments)} exited {done.returncode}:\n{done.stdout}")
        return done

    def up(self, *arguments, **environment):
        done = self.script("up", *arguments, **environment)
        self.env = read_env(self.run_dir / "dev.env")
        return done

    def attach(self):
        self.env = read_env(self.run_dir / "dev.env")
        return self

    def remove(self):
        self.script("down", "--wipe", check=False)
        shutil.rmtree(self.run_dir, ignore_errors=True)

    # --- the service ---

    def client(self, token=None):
        return Client(self.env["BASE_URL"], self.env["CA_CERT"], token)

    def http_client(self):
        return Client(self.env["HTTP_URL"])

    def operator_client(self):
        return Client(self.env["METRICS_URL"])

    def token(self, user_id, ttl=900, secret=None, header=None, **claims):
        """A token for a user. A claim given as None is left out; `exp`, `iat`, `type`, `sub` can be overridden."""
        now = int(time.time())
        claims = {"sub": str(user_id), "type": "access", "exp": now + ttl, "iat": now, **claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        return mint(secret or self.env["JWT_SECRET_KEY"], claims, header)

    def reload(self, **settings):
        """Changes service.env (None removes a name) and waits for the new generation."""
        path = pathlib.Path(self.env["SERVICE_ENV_FILE"])
        kept = [line for line in path.read_text().splitlines() if line.partition("=")[0] not in settings]
        kept += [f"{name}={value}" for name, value in settings.items() if value is not None]
        path.write_text("\n".join(kept) + "\n")
        binary = self.environment.get("UPA_BIN", str(ROOT / ".build/release/userprofile-api"))
        subprocess.run([binary, "reload", "--wait", "--pid-file", self.env["SUPERVISOR_PID_FILE"]],
                       check=True, timeout=60, capture_output=True)

    def log_lines(self):
        """What the service logged so far: JSON objects. The last line may be half written yet."""
        lines = (self.run_dir / "log/service.log").read_text(errors="replace").rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    # --- the backends ---

    def database(self, **options):
        """A psycopg connection as the owner, in autocommit."""
        import psycopg
        return psycopg.connect(self.env["DATABASE_URL"], autocommit=True, **options)

    def redis(self, db=0):
        import redis
        return redis.Redis.from_url(self.env["REDIS_URL"], db=db)


@dataclass
class User:
    user_id: str
    username: str
    email: str
    token: str
    client: Client

    def __str__(self):
        return self.user_id


def make_user(stack, connection, *, claims=None, **columns):
    """A fresh user as a sibling service would insert one; `columns` are further columns of activity.users."""
    from psycopg import sql
    from psycopg.types.json import Jsonb
    name = columns.pop("username", f"user_{uuid.uuid4().hex[:12]}")
    row = {"username": name, "email": f"{name}@example.com", "password_hash": "!", "is_verified": False,
           "status": "active", **columns}
    row = {key: Jsonb(value) if isinstance(value, (list, dict)) else value for key, value in row.items()}
    insert = sql.SQL("insert into activity.users ({}) values ({}) returning user_id").format(
        sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(sql.Placeholder() * len(row)))
    user_id = str(connection.execute(insert, list(row.values())).fetchone()[0])
    token = stack.token(user_id, **(claims or {}))
    return User(user_id, row["username"], row["email"], token, stack.client(token))
