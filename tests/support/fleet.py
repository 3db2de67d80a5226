"""A small fleet: images in a real registry, repositories at the stand-in for GitHub, and what re-tags them there."""

from __future__ import annotations

import itertools
import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from embedded.base_image import push_image
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import Digest, ImageName
from tests.support.github import GithubServer
from tests.support.github.actions import Run
from tests.support.publishing import RunCommand as Command
from tests.support.result import Result

OWNER = "cyber-dojo"
OCI = "org.opencontainers.image."
WORKFLOW = ".github/workflows/ltf-ci-retag.yml"
LONG_AGO = "2020-01-01T00:00:00Z"


@dataclass
class Fleet:
    """Images made FROM each other, by their repositories' names; every one is of the version line 3.7.4."""

    github: GithubServer
    place: str
    file: Path
    run: Command
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    built: list[str] = field(default_factory=list)
    meanwhile: Callable[[str], None] = lambda _name: None
    registry: Registry = field(default_factory=Registry)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def draw(self, bases: Mapping[str, Sequence[str]]) -> None:
        """Write dependents.json: what is made FROM what, `PUBLIC` being a public image; release each once."""
        self.bases = {name: tuple(below) for name, below in bases.items()}
        entries = {f"{name} (3.7.4)": self._entry(name) for name in bases}
        self.file.write_text(json.dumps(entries, indent=2))
        for name in bases:
            self.github.create_repository(f"{OWNER}/{name}", {WORKFLOW: "on: workflow_dispatch\n"})
            self.release(name)
        self.built.clear()
        self.github.site.actions.title = run_title
        self.github.site.actions.runner = self._retag

    def image(self, name: str, tag: str = "") -> ImageName:
        return ImageName.parse(f"{self.place}/{name}:{tag or '3.7.4'}")

    def release(self, name: str) -> Digest:
        """Release the next revision of an image, made of its base's newest."""
        number = next(n for n in itertools.count(1) if f"3.7.4-{n}" not in self.registry.tags(self.image(name)))
        base = self.newest(self.bases[name][-1]) if self.bases[name][-1] in self.bases else None
        labels = {f"{OCI}version": f"3.7.4-{number}", f"{OCI}created": LONG_AGO}
        if base:
            labels |= {f"{OCI}base.name": str(base), f"{OCI}base.digest": str(self.digest(base))}
        image = self.image(name, f"3.7.4-{number}")
        self.built.append(name)
        return push_image(self.registry, image, {"os": "linux", "config": {"Labels": labels}}, [secrets.token_bytes(9)])

    def newest(self, name: str) -> ImageName:
        tags = self.registry.tags(self.image(name))
        return self.image(name, max(tags, key=lambda tag: int(tag.rpartition("-")[2])))

    def digest(self, image: ImageName) -> Digest:
        return self.registry.manifest(image).digest

    @property
    def summary(self) -> Path:
        return self.file.with_name("summary.md")

    def notify(self, *words: str, api: str = "", token: str | None = None, **more: str) -> Result:
        environ = {
            "LTF_CI_FORMAT": "json",
            "LTF_CI_RETRY_PAUSE": "0",
            "LTF_CI_TOKEN": self.github.token if token is None else token,
            "GITHUB_API_URL": api or self.github.api,
            "GITHUB_STEP_SUMMARY": str(self.summary),
            **more,
        }
        return self.run("notify", *words, "--dependents", str(self.file), "--owner", OWNER, environ=environ)

    def _entry(self, name: str) -> dict[str, Any]:
        below = [str(self.image(base)) if base in self.bases else base for base in self.bases[name]]
        return {
            "from": below if len(below) > 1 else below[0],
            "image_name": str(self.image(name)),
            "test_framework": True,
        }

    def _retag(self, run: Run) -> bool:
        name = run.repository.partition("/")[2]
        self.meanwhile(name)
        if name in self.broken:
            return False
        with self._lock:
            self.release(name)
        return True


def run_title(_workflow: str, told: Mapping[str, str]) -> str:
    """Return a run's title as workflows/ltf-ci-retag.yml does."""
    return f"retag {told['lines']} on {told['base']}: {told['reason']}"


@pytest.fixture
def fleet(tmp_path: Path, github: GithubServer, open_registry: str, run: Command) -> Fleet:
    return Fleet(github, f"{open_registry}/f{secrets.token_hex(6)}", tmp_path / "dependents.json", run)
