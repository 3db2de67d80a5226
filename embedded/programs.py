"""Starts servers that are ours alone, and ends what it started."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_START = 30
BIN = Path(__file__).parents[1] / ".cache/bin"
SYSTEM = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"


def program(name: str) -> str:
    """Return the program of Debian's package; raise FileNotFoundError where it is missing."""
    found = shutil.which(name, path=SYSTEM)
    if not found:
        raise FileNotFoundError(f"{name} is missing: run bin/setup")
    return found


def built(name: str) -> str:
    """Return a program that bin/setup has built; raise FileNotFoundError where it is missing."""
    if not (BIN / name).exists():
        raise FileNotFoundError(f"{name} is missing: run bin/setup")
    return str(BIN / name)


def free_port() -> int:
    """Return a port of loopback that no program listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether a program listens on this port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(
    words: Sequence[str], log: Path, ready: Callable[[], bool], environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block; raise RuntimeError with its log where it does not get ready."""
    with log.open("wb") as output:
        server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
    try:
        _wait(server, log, ready)
        yield server
    finally:
        server.terminate()
        server.wait(SECONDS_TO_START)


def _wait(server: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        if ready():
            return
        time.sleep(0.02)
    raise RuntimeError(f"{server.args!r} did not start:\n{log.read_text(errors='replace')[-2000:]}")
