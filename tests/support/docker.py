"""A real docker daemon, one for each worker: it starts in a third of a second."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.daemon import private_daemon


@pytest.fixture(scope="session")
def docker_daemon() -> Iterator[str]:
    """Give the DOCKER_HOST of a daemon that is the tests' alone."""
    with (
        tempfile.TemporaryDirectory(prefix="ltf-", ignore_cleanup_errors=True) as folder,
        private_daemon(Path(folder)) as host,
    ):
        yield host


@pytest.fixture
def docker_host(docker_daemon: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let docker's programs use the tests' own daemon."""
    monkeypatch.setenv("DOCKER_HOST", docker_daemon)
    return docker_daemon
