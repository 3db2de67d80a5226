"""A small fleet as it is right after its releases: an image upstream, a base, and an LTF that is made FROM it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from embedded.base_image import push_image
from ltf_ci.clients.registry.media_types import MANIFESTS
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Present
from ltf_ci.model.release_tag import ReleaseTag
from tests.support.listing import LIST, LOCK
from tests.support.publishing import RunCommand
from tests.support.repositories import git
from tests.support.result import Result

DEPENDENTS = "dependents.json"
ENVIRON = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0"}


class WatchedFleet:
    """A languages repository's folder, the repositories that it names, and their images in a registry.

    `python:3.7.4` is upstream; `py:3.7.4-1` is made FROM it, `unittest:3.7.4-1` FROM that.
    """

    def __init__(self, place: Path, host: str, run: RunCommand) -> None:
        self.place = place
        self.run = run
        self.registry = Registry(pause=0)
        self.images = f"{host}/w{place.name.lower().replace('_', '-')}"
        self.directory = place / "languages"
        self.directory.mkdir()
        self.upstream, self.base, self.ltf = (
            self.image(name) for name in ("python:3.7.4", "py:3.7.4-1", "unittest:3.7.4-1")
        )
        self.locked: dict[str, Any] = {}
        self.entries: dict[str, Any] = {}
        self.push(self.upstream)
        self.point_latest(self.upstream)
        self.release("python", self.base, self.upstream)
        self.release("python-unittest", self.ltf, self.base)
        self.write()

    def image(self, name: str) -> ImageName:
        return ImageName.parse(f"{self.images}/{name}")

    def push(self, image: ImageName, content: str = "", labels: ImageLabels | None = None) -> Digest:
        config = {"os": "linux", "config": {"Labels": labels.to_labels() if labels else {}}, "note": content}
        return push_image(self.registry, image, config, [f"{image}{content}".encode()])

    def point_latest(self, image: ImageName) -> None:
        self.point(image, "latest")

    def point(self, image: ImageName, tag: str) -> None:
        manifest = self.registry.manifest(image)
        self.registry.put_manifest(image.tagged(tag), manifest.content, manifest.media_type)

    def release(self, name: str, image: ImageName, base: ImageName) -> None:
        """Release an image from a repository, and have the three files name it."""
        self.tag(name, image.tag)
        digest = self.push_release(name, image, base)
        self.point_latest(image)
        version = image.tag.partition("-")[0]
        self.entries[f"{name} ({version})"] = {
            "from": str(base),
            "image_name": str(image),
            "test_framework": name != "python",
        }
        if name != "python":
            said = LockEntry(self.commit(name), str(image), str(digest), f"{name} ({version}), test")
            self.locked[f"../{name}?tag={image.tag}"] = asdict(said)

    def push_release(self, name: str, image: ImageName, base: ImageName, content: str = "") -> Digest:
        now = self.registry.resolve(base)
        assert isinstance(now, Present)
        labels = ImageLabels(
            revision=Commit.parse(self.commit(name, image.tag)),
            version=ReleaseTag.parse(image.tag),
            source=str(self.place / name),
            base_name=str(base),
            base_digest=str(now.digest),
        )
        return self.push(image, content, labels)

    def tag(self, name: str, tag: str, *words: str) -> None:
        """Make a commit in a repository, and tag it."""
        directory = self.place / name
        if not directory.exists():
            directory.mkdir()
            git(directory, "init", "--quiet")
        git(directory, "commit", "--quiet", "--allow-empty", "--message", f"For {tag}")
        git(directory, "tag", *words, tag)

    def commit(self, name: str, tag: str = "") -> str:
        """Return the commit of a git tag, where there is one; else the last commit."""
        ref = git(self.place / name, "tag", "--list", tag) if tag else ""
        return git(self.place / name, "rev-parse", f"{ref or 'HEAD'}^{{commit}}")

    def write(self) -> None:
        (self.directory / LIST).write_text("".join(f"{line}\n" for line in self.locked))
        (self.directory / LOCK).write_text(json.dumps(self.locked))
        (self.directory / DEPENDENTS).write_text(json.dumps(self.entries))

    def remove(self, image: ImageName) -> None:
        """Remove an image from the registry, under all its tags."""
        digest = self.registry.manifest(image).digest
        address = f"http://{image.registry}/v2/{image.path}/manifests/{digest}"
        urlopen(Request(address, method="DELETE", headers={"Accept": MANIFESTS[1]})).close()

    def watch(self, *words: str, environ: Mapping[str, str] | None = None) -> Result:
        return self.run("watch", str(self.directory), "--allow-local", *words, environ={**ENVIRON, **(environ or {})})

    def found(self, *words: str) -> dict[str, str]:
        """Watch, and return what was found by its rule."""
        findings = self.watch(*words).findings
        assert len({finding.rule for finding in findings}) == len(findings), findings
        return {finding.rule: f"{finding.found} {finding.expected}" for finding in findings}


@pytest.fixture
def watched(tmp_path: Path, open_registry: str, run: RunCommand) -> WatchedFleet:
    return WatchedFleet(tmp_path, open_registry, run)
