"""A server that answers by a script: what no real one can be brought to do at a certain moment."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ltf_ci.clients.registry.media_types import MANIFESTS

Script = Callable[[BaseHTTPRequestHandler], None]
Seen = list[tuple[str, str, str | None]]


@pytest.fixture
def scripted() -> Iterator[Callable[..., str]]:
    """Return a function that starts a server which answers by these scripts, the last one for ever."""
    servers: list[ThreadingHTTPServer] = []

    def start(*scripts: Script, tls: ssl.SSLContext | None = None) -> str:
        left = list(scripts)

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.given = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                (left.pop(0) if len(left) > 1 else left[0])(self)

            do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_CONNECT = answer

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def says(status: int, body: bytes = b"", **headers: str | tuple[str, ...]) -> Script:
    """Answer so; a header of several values is sent several times."""

    def script(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, values in headers.items():
            for value in (values,) if isinstance(values, str) else values:
                handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    return script


def noted(seen: Seen, script: Script) -> Script:
    """Note method, path and login of each request, and answer by a script."""

    def noting(handler: BaseHTTPRequestHandler) -> None:
        seen.append((handler.command, handler.path, handler.headers.get("Authorization")))
        script(handler)

    return noting


def says_half(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")
    handler.close_connection = True


DIGEST = f"sha256:{'0' * 64}"
FINE = says(200, Docker_Content_Digest=DIGEST, Content_Type=MANIFESTS[0])
