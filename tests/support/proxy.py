"""Stands before a real server: sees every request, and lets a test answer, hold or break the ones it wants to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

TLS = b"\x16"  # how a handshake begins
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")


@dataclass(frozen=True)
class Answered:
    """One answer; `cut` is how many bytes of the body are kept back before the connection ends."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int = 0


Pass: TypeAlias = Callable[[Asked], Answered]
Hook: TypeAlias = Callable[[Asked, Pass], Answered]


def passed_on(asked: Asked, pass_on: Pass) -> Answered:
    return pass_on(asked)


class Proxy(ThreadingHTTPServer):
    """Passes on to `target`; `hook` may do something else with a request instead."""

    daemon_threads = True
    request_queue_size = 128  # many may come at once: one that finds no room tries again only after a second

    def __init__(self, target: str, hook: Hook = passed_on) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.hook = hook
        self.asked: list[Asked] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def writes(self) -> list[str]:
        return [f"{asked.method} {asked.path.partition('?')[0]}" for asked in self.asked if asked.writes]

    def pass_on(self, asked: Asked) -> Answered:
        connection = HTTPConnection(self.target, timeout=30)
        connection.request(asked.method, asked.path, body=asked.body or None, headers=dict(asked.headers))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        length = answer.getheader("Content-Length") if asked.method == "HEAD" else None
        return Answered(answer.status, {**kept, **({"Content-Length": length} if length else {})}, body)

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: a client that was killed ends its connection."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes out at once: in two parts the second would wait for the first one's acknowledgement
    server: Proxy

    def handle_one_request(self) -> None:
        """Answer a client that tries TLS first as any server of plain HTTP does: it then goes on without."""
        rfile: Any = self.rfile
        if rfile.peek(1)[:1] == TLS:
            self.wfile.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            self.close_connection = True
            return
        super().handle_one_request()

    def answer(self) -> None:
        names = (name for name in self.headers if name.lower() not in HOP_BY_HOP)
        headers = {name: ", ".join(self.headers.get_all(name, ())) for name in names}  # docker sends Accept again
        asked = Asked(self.command, self.path, headers, self._body())
        self.server.asked.append(asked)
        answered = self.server.hook(asked, self.server.pass_on)
        self.send_response(answered.status)
        for name, value in {"Content-Length": str(len(answered.body)), **answered.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answered.body[: len(answered.body) - answered.cut])
        self.close_connection = answered.cut > 0

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = answer

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def proxy_before(target: str, hook: Hook = passed_on) -> Iterator[Proxy]:
    with Proxy(target, hook) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.01,), daemon=True).start()
        yield proxy
        proxy.shutdown()
