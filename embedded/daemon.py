"""A docker daemon of one's own: nothing of it is outside its folder, but the bridge that all daemons share."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.programs import program, running


@contextmanager
def private_daemon(folder: Path) -> Iterator[str]:
    """Run a dockerd in a folder, whose path must be short (a socket's is 108 bytes at most); give its DOCKER_HOST."""
    host = f"unix://{folder}/docker.sock"
    words = [program("dockerd"), "--host", host, "--pidfile", f"{folder}/pid"]
    words += ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"]
    words += ["--iptables=false", "--ip6tables=false", "--ip-masq=false"]
    with running(words, folder / "log", lambda: answers(host)):
        yield host


def answers(host: str) -> bool:
    """Whether a docker daemon answers there; an empty host is the client's own default."""
    words = [program("docker"), *(["--host", host] if host else []), "version"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
