"""An LTF repository with releases of two version lines at origin and in a registry, which are re-tagged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.publishing import Publisher, environ_of
from tests.support.repositories import git


@dataclass
class Retagger:
    """A maintainer's clone, and its origin; `environ` is what a run has besides the registry's."""

    publisher: Publisher
    origin: Path

    @property
    def directory(self) -> Path:
        return self.publisher.ltf.directory

    def released(self, tag: str, **files: str) -> str:
        """Release a tag by hand, and push it."""
        for path, text in files.items():
            self.publisher.ltf.write(path, text)
        code, said = self.publisher.release(tag)
        assert code == 0, said
        self.push()
        return self.at(tag)

    def push(self) -> None:
        git(self.directory, "push", "--quiet", "--force", "--follow-tags", "origin", "main")

    def retag(self, *words: str, lines: str = "3.7.4", **more: str) -> tuple[int, dict[str, Any]]:
        environ = {**environ_of(self.publisher.host), **more}
        return self.publisher.run("retag", str(self.directory), "--lines", lines, *words, environ=environ)

    def at(self, ref: str) -> str:
        """Give the commit that a ref names at origin."""
        return git(self.origin, "rev-parse", f"{ref}^{{commit}}")

    def file(self, ref: str, path: str) -> str:
        return git(self.origin, "show", f"{ref}:{path}")

    @property
    def refs(self) -> dict[str, str]:
        """Give each ref at origin, and what it names."""
        lines = git(self.origin, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)").splitlines()
        return dict(line.split(" ") for line in lines)

    @property
    def tags(self) -> list[str]:
        return git(self.origin, "tag", "--list").split()


@pytest.fixture
def retagger(publisher: Publisher, tmp_path: Path) -> Retagger:
    """Give a repository with the releases 3.7.4-1, 3.7.5-1 and, at main's head, 3.7.5-2."""
    origin = tmp_path / "python-unittest.git"
    git(tmp_path, "init", "--quiet", "--bare", str(origin))
    git(publisher.ltf.directory, "remote", "add", "origin", str(origin))
    made = Retagger(publisher, origin)
    for tag in ("3.7.4-1", "3.7.5-1", "3.7.5-2"):
        made.released(tag)
    return made
