"""A FastCGI client in a page: one request over a Unix socket, as nginx would send it. For a second host without a second nginx."""

import json
import socket
import struct
import time
import uuid
from email.parser import BytesHeaderParser

from stack import Response

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


def _record(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def _pair(name, value):
    return b"".join(struct.pack(">I", len(part) | 1 << 31) for part in (name, value)) + name + value


class FastCGIClient:
    """Talks to a worker's socket. `request` takes what stack.Client's takes, but for raw connections."""

    def __init__(self, path, token=None):
        self.path, self.token = str(path), token

    def with_token(self, token):
        return FastCGIClient(self.path, token)

    def request(self, method, path, *, json=None, body=b"", headers=None):
        if json is not None:
            body = _json(json)
        parameters = {"REQUEST_METHOD": method, "REQUEST_URI": path, "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "127.0.0.1",
                      "CONTENT_TYPE": "application/json" if json is not None else "", "TRACE_ID": uuid.uuid4().hex, "REQUEST_START": f"{time.time():.3f}",
                      "HTTP_PROXY": ""}
        if self.token:
            parameters["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        for name, value in (headers or {}).items():
            parameters["HTTP_" + name.upper().replace("-", "_")] = value
        encoded = b"".join(_pair(name.encode(), value.encode()) for name, value in parameters.items())
        stdin = b"".join(_record(STDIN, body[start:start + 60000]) for start in range(0, len(body), 60000))
        with socket.socket(socket.AF_UNIX) as stream:
            stream.settimeout(30)
            stream.connect(self.path)
            stream.sendall(_record(BEGIN, struct.pack(">HB5x", 1, 0)) + _record(PARAMS, encoded) + _record(PARAMS, b"") + stdin + _record(STDIN, b""))
            received = b""
            while chunk := stream.recv(65536):
                received += chunk
        return _response(received)

    def get(self, path, **options):
        return self.request("GET", path, **options)


def _json(value):
    return json.dumps(value).encode()


def _response(received):
    output, position, ended = b"", 0, False
    while position + 8 <= len(received):
        _, kind, _, length, padding, _ = struct.unpack_from(">BBHHBB", received, position)
        if kind == STDOUT:
            output += received[position + 8:position + 8 + length]
        ended = ended or kind == END
        position += 8 + length + padding
    assert ended, "the worker went away in the middle of its answer"
    head, _, body = output.partition(b"\r\n\r\n")
    headers = BytesHeaderParser().parsebytes(head + b"\r\n\r\n")
    return Response(int(headers.get("Status", "200").split()[0]), headers, body)
