"""A GitHub on loopback: real git repositories, and each request and answer held against GitHub's own schemas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.github.hosted import HostedRepository, Issue, MergeConflict, Pull
from tests.support.github.server import GithubServer, running_github

__all__ = ["GithubServer", "HostedRepository", "Issue", "MergeConflict", "Pull", "github", "running_github"]


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GithubServer]:
    with running_github(tmp_path / "github") as server:
        yield server
        assert server.violations == []
