"""Worlds that take seconds to make: made once for a worker, and put back as they were for each test that begins in one.

Their repositories are copied to where a test has them; in the registry a world has the same name for every test.
"""

from __future__ import annotations

import shutil
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from ltf_ci.clients.registry.registry import Registry
from tests.support.publishing import Publisher, RunCommand
from tests.support.registries import docker_login
from tests.support.repositories import git


@dataclass
class Kept:
    """The worlds by name, each a repository, its origin, and what the registry has of it."""

    place: Path
    registry: Path
    worlds: dict[str, Publisher] = field(default_factory=dict)

    def keep(self, name: str, publisher: Publisher, origin: Path) -> None:
        self.worlds[name] = publisher
        for part, place in self._parts(publisher, origin).items():
            shutil.copytree(place, self.place / name / part, symlinks=True)

    def put_back(self, name: str, folder: Path, origin: Path, run: RunCommand, registry: Registry) -> Publisher:
        """Return the same world with its repositories in these folders."""
        kept = self.worlds[name]
        docker_login(kept.host)
        ltf = copy(kept.ltf)
        ltf.directory = folder
        for here in self.registry.glob(f"{self._name(kept)}*"):
            shutil.rmtree(here)
        publisher = replace(kept, ltf=ltf, run=run, registry=registry, is_tested=False)
        for part, place in self._parts(publisher, origin).items():
            shutil.copytree(self.place / name / part, place, symlinks=True, dirs_exist_ok=True)
        git(folder, "config", "remote.origin.url", str(origin))
        return publisher

    def _parts(self, publisher: Publisher, origin: Path) -> dict[str, Path]:
        return {
            "directory": publisher.ltf.directory,
            "origin": origin,
            "registry": self.registry / self._name(publisher),
        }

    def _name(self, publisher: Publisher) -> str:
        return publisher.image.path.partition("/")[0]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, basic_registry_folder: Path) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"), basic_registry_folder / "data/docker/registry/v2/repositories")
