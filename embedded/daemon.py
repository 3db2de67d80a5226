"""A docker daemon of one's own: nothing of it is outside its folder, but the bridge that all daemons share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.programs import BIN, built, program, running

CURRENT = "29"  # what bin/dockerd builds: with containerd's image store, as fresh engines have it
DEBIANS = "20.10"  # with docker's own image store


@contextmanager
def private_daemon(folder: Path, version: str = DEBIANS, *more: str) -> Iterator[str]:
    """Run a dockerd in a folder, whose path must be short (a socket's is 108 bytes at most); yield its DOCKER_HOST.

    `more` are further words of its command.
    """
    host = f"unix://{folder}/docker.sock"
    words = [program("dockerd") if version == DEBIANS else built("dockerd"), "--host", host]
    words += ["--pidfile", f"{folder}/pid", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"]
    words += ["--iptables=false", "--ip6tables=false", "--ip-masq=false", "--userland-proxy=false", *more]
    environment = dict(os.environ)
    if version == CURRENT:
        built("containerd"), built("containerd-shim-runc-v2")
        words += ["--feature=time-namespaces=false"]  # Debian's runc has none
        environment["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    with running(words, folder / "log", lambda: answers(host), environment):
        yield host


def answers(host: str) -> bool:
    """Whether a docker daemon answers there; an empty host is the client's own default."""
    words = [program("docker"), *(["--host", host] if host else []), "version"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
