"""The gits that the door to git is tested on, and a git server over http that records and may ask for a login."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from embedded.git_http import GitServer
from tests.support import ROOT

GITS = ROOT / ".cache/gits"


@pytest.fixture(params=["2.30", "", "2.47"], ids=lambda version: version or "own")
def each_git(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the version of the git that the test runs with: the oldest that works, the machine's, a current one."""
    version = str(request.param)
    if version:
        if not (GITS / version / "git").exists():
            missing = pytest.fail if os.environ.get("CI") else pytest.skip
            missing(f"git {version} is not here: bin/gits says why")
        monkeypatch.setenv("PATH", str(GITS / version), prepend=":")
    return version


@dataclass
class Gate:
    """What a server asks for and saw: the Authorization headers of each request; `knows` is the one it lets in."""

    seen: list[list[str]] = field(default_factory=list)
    asks: bool = True
    knows: str = ""
    moved_to: str = ""


class GuardedServer(GitServer):
    """Serves the repositories below a folder to who logs in, and records by what; or sends everybody elsewhere."""

    def __init__(self, folder: Path, gate: Gate) -> None:
        super().__init__(folder, 0)
        self.gate = gate
        plain = self.RequestHandlerClass

        class Guarded(plain):  # type: ignore[valid-type, misc]
            def do(self) -> None:
                given = self.headers.get_all("Authorization") or []
                gate.seen.append(given)
                if gate.moved_to:
                    self.answer(301, Location=f"{gate.moved_to}{self.path}")
                elif len(given) > 1:
                    self.answer(400)  # as GitHub does
                elif gate.asks and (not given or gate.knows not in given[0]):
                    self.answer(401, **{"WWW-Authenticate": 'Basic realm="git"'})
                else:
                    super().do()

            def answer(self, status: int, **headers: str) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            do_GET = do_POST = do

        self.RequestHandlerClass = Guarded

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.host}"


@contextmanager
def guarded(folder: Path, gate: Gate) -> Iterator[GuardedServer]:
    """Serve the repositories below a folder, as the gate has it."""
    with GuardedServer(folder, gate) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """Answer each GET so, and yield the server's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                answer(self)
            except OSError:  # the client has enough
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
