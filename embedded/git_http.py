"""Git over HTTP on loopback: git's own `http-backend`, each request answered as late as a far server would."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """All of a request that git's answer depends on."""

    method: str
    target: str
    content_type: str
    encoding: str
    protocol: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What git answered: status, headers, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class GitServer(ThreadingHTTPServer):
    """Serves the repositories below a folder, each answer `latency` seconds late.

    An answer is kept: what is asked again takes no core from those who ask.
    """

    daemon_threads = True
    request_queue_size = 256  # many ask at the same moment: a connection that is refused is tried again a second later

    def __init__(self, folder: Path, latency: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.latency = latency
        self.answer: Callable[[Asked], Answered] = cache(lambda asked: by_git(folder, asked))

    @property
    def host(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: a client that was killed ends its connection."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes out at once
    server: GitServer

    def do(self) -> None:
        kind, encoding, protocol = (
            self.headers.get(name, "") for name in ("Content-Type", "Content-Encoding", "Git-Protocol")
        )
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, kind, encoding, protocol, body)
        time.sleep(self.server.latency)
        answered = self.server.answer(asked)
        self.send_response(answered.status)
        for name, value in (*answered.headers, ("Content-Length", str(len(answered.body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answered.body)

    do_GET = do_POST = do  # noqa: N815 - http.server calls them so

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def by_git(folder: Path, asked: Asked, **more: str) -> Answered:
    """Return git's own answer for the repositories below a folder; `more` is for its environment."""
    path, _, query = asked.target.partition("?")
    variables = {
        "GIT_PROJECT_ROOT": str(folder),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": asked.protocol,
        "REQUEST_METHOD": asked.method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": asked.content_type,
        "CONTENT_LENGTH": str(len(asked.body)),
        "HTTP_CONTENT_ENCODING": asked.encoding,
        **more,
    }
    ended = subprocess.run(
        ["git", "http-backend"], input=asked.body, env={**os.environ, **variables}, capture_output=True, check=False
    )
    head, _, body = ended.stdout.partition(b"\r\n\r\n")
    lines = (line.partition(": ") for line in head.decode().split("\r\n") if line)
    headers = {name: value for name, _, value in lines}
    return Answered(int(headers.pop("Status", "200").split()[0]), tuple(headers.items()), body)


@contextmanager
def git_over_http(folder: Path, *, latency: float = 0) -> Iterator[GitServer]:
    """Serve the repositories below a folder."""
    with GitServer(folder, latency) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
