"""A real docker daemon, one for each worker: it starts in a third of a second."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest

from embedded.buildkit import add_buildx
from embedded.daemon import CURRENT, DEBIANS, private_daemon

BOTH = (DEBIANS, CURRENT)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests that are marked with `both_daemons` on docker 20.10 and on a current one."""
    if metafunc.definition.get_closest_marker("both_daemons"):
        metafunc.parametrize("docker_daemon", BOTH, indirect=True, scope="session")


@pytest.fixture(scope="session")
def docker_daemon(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the DOCKER_HOST of a daemon that is the tests' alone."""
    with (
        tempfile.TemporaryDirectory(prefix="ltf-", ignore_cleanup_errors=True) as folder,
        private_daemon(Path(folder), getattr(request, "param", DEBIANS)) as host,
    ):
        yield host


def daemon_version(request: pytest.FixtureRequest) -> str:
    """Return the version of docker that a test runs on."""
    callspec = getattr(request.node, "callspec", None)
    return str(callspec.params.get("docker_daemon", DEBIANS)) if callspec else DEBIANS


@pytest.fixture
def docker_host(docker_daemon: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let docker's programs use the tests' own daemon."""
    monkeypatch.setenv("DOCKER_HOST", docker_daemon)
    if daemon_version(request) == CURRENT:  # whose own command builds by buildx
        add_buildx(Path(os.environ["DOCKER_CONFIG"]))
    return docker_daemon


@dataclass
class Hesitant:
    """A relay before a daemon's socket: what asks for a path is held until `go`, and then passed on.

    It is passed on even where the client has gone; with `drops`, it is not.
    """

    daemon: str
    path: bytes
    drops: bool = False
    asked: Event = field(default_factory=Event)
    go: Event = field(default_factory=Event)
    answered: Event = field(default_factory=Event)

    def serve(self, server: socket.socket) -> None:
        with suppress(OSError):  # closed: that is all
            while True:
                Thread(target=self._relay, args=(server.accept()[0],), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as daemon:
            daemon.connect(self.daemon)
            back = Thread(target=self._back, args=(daemon, client), daemon=True)
            back.start()
            with suppress(OSError):
                while data := client.recv(65536):
                    if self.path in data:
                        self.asked.set()
                        self.go.wait()
                        if self.drops and has_gone(client):
                            break
                    daemon.sendall(data)
                daemon.shutdown(socket.SHUT_WR)
            back.join()

    def _back(self, daemon: socket.socket, client: socket.socket) -> None:
        while data := daemon.recv(65536):
            if self.go.is_set():
                self.answered.set()
            with suppress(OSError):
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_WR)


def has_gone(client: socket.socket) -> bool:
    """Whether a client has closed its connection."""
    with suppress(BlockingIOError):
        return client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    return False


@contextmanager
def hesitant_daemon(host: str, path: str, *, drops: bool = False) -> Iterator[tuple[str, Hesitant]]:
    """Return the DOCKER_HOST of a relay before a daemon, and the relay."""
    relay = Hesitant(host.removeprefix("unix://"), path.encode(), drops)
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=relay.serve, args=(server,), daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}", relay
