"""A fleet as people have it: real repositories and real images, bases and LTFs that are made FROM each other.

The stand-in for GitHub carries a dispatched ltf-ci-retag.yml out as its runner would: it clones the repository, and
runs `ltf-ci retag` there, in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from embedded.base_image import push_base_image, push_image
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import Digest, ImageName
from tests.support.fleet import WORKFLOW, run_title
from tests.support.github import GithubServer, HostedRepository
from tests.support.github.actions import Run
from tests.support.github.hosted import PERSON
from tests.support.program import Program
from tests.support.repositories import manifest_text

OWNER, LANGUAGES = "cyber-dojo-languages", "cyber-dojo/languages-start-points"
LIST, LOCK, DEPENDENTS = "git_repo_urls.tagged", "languages.lock.json", "dependents.json"
PUBLIC = "public"
OCI = "org.opencontainers.image."
AT_ONCE = 3


@dataclass(frozen=True)
class Shape:
    """What each repository's image is made FROM: another's, or a public one. The first version is re-tagged."""

    below: Mapping[str, str]
    versions: tuple[str, ...]

    @property
    def ltfs(self) -> list[str]:
        """Those with start files: all that are not made of a public image."""
        return [name for name, base in self.below.items() if base != PUBLIC]


@dataclass
class RealFleet:
    """`built` are the repositories whose image a dispatched run has pushed, in their order."""

    shape: Shape
    github: GithubServer
    place: str
    folder: Path
    registry: Registry = field(default_factory=Registry)
    built: list[str] = field(default_factory=list)
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    def make(self) -> None:
        """Have every image in the registry, every repository at GitHub, and the list of them."""
        push_base_image(self.registry, self.image(PUBLIC, "1"))
        for name in TopologicalSorter({name: {base} for name, base in self.shape.below.items()}).static_order():
            if name != PUBLIC:
                self._make_repository(name, self.shape.below[name])
        hosted = self.github.create_repository(LANGUAGES, {LIST: self.listed(), LOCK: "{}\n", DEPENDENTS: self._file()})
        self.languages = hosted
        self.github.site.actions.title = run_title
        self.github.site.actions.runner = self._run_retag

    def repository(self, name: str) -> HostedRepository:
        return self.github.site.repository(f"{OWNER}/{name}")

    def listed(self, newer: Collection[str] = ()) -> str:
        """Return the list: a line for each LTF's version line, the first one's second revision where it is `newer`."""
        first = self.shape.versions[0]
        return "".join(
            f"{self.repository(name).directory}?tag={version}-{2 if name in newer and version == first else 1}\n"
            for name in self.shape.ltfs
            for version in self.shape.versions
        )

    def image(self, name: str, tag: object) -> ImageName:
        return ImageName.parse(f"{self.place}/{name}:{tag}")

    def digest(self, name: str, tag: str) -> Digest:
        return self.registry.manifest(self.image(name, tag)).digest

    def tags(self, name: str) -> list[str]:
        return sorted(self.registry.tags(self.image(name, "x")))

    def retag(self, name: str, *words: str) -> dict[str, Any]:
        """Re-tag a repository's line as its own workflow does; return what was said."""
        with TemporaryDirectory(dir=self.folder) as clone:
            subprocess.run(["git", "clone", "--quiet", str(self.repository(name).directory), clone], check=True)
            return self._ran("retag", clone, *words)

    def notification(self, base: str) -> tuple[str, ...]:
        """Return the words of the command that notifies what is made from a base's first version line."""
        file = self.folder / DEPENDENTS
        file.write_text(self.languages.read(DEPENDENTS))
        key = f"{base} ({self.shape.versions[0]})"
        return ("notify", key, "--dependents", str(file), "--owner", OWNER, "--reason", "CVE-1")

    def notify(self, base: str) -> dict[str, Any]:
        return self._ran(*self.notification(base))

    def _ran(self, *words: str) -> dict[str, Any]:
        output, errors = Program(*words, environ=self.environ()).communicate()
        try:
            return dict(json.loads(output))
        except ValueError:
            raise AssertionError(output.decode() + errors.decode()) from None

    def environ(self) -> dict[str, str]:
        return {
            "LTF_CI_FORMAT": "json",
            "LTF_CI_RETRY_PAUSE": "0.1",
            "LTF_CI_TOKEN": self.github.token,
            "LTF_CI_LANGUAGES": LANGUAGES,
            "LTF_CI_TEST": "false",
            "GITHUB_API_URL": self.github.api,
        }

    def _make_repository(self, name: str, base: str) -> None:
        hosted = self.github.create_repository(f"{OWNER}/{name}", {WORKFLOW: "on: workflow_dispatch\n"})
        for version in self.shape.versions:
            made_from = self.image(base, "1" if base == PUBLIC else f"{version}-1")
            commit = hosted.push(self._files(name, version, made_from), message=f"For {version}-1")
            by = {"GIT_COMMITTER_NAME": PERSON.name, "GIT_COMMITTER_EMAIL": PERSON.email}
            hosted.bare.raw("tag", "--annotate", "--message", "Release", f"{version}-1", commit, data=b"", **by)
            self._push_image(name, version, made_from, commit)

    def _files(self, name: str, version: str, base: ImageName) -> dict[str, str | bytes]:
        files: dict[str, str | bytes] = {"docker/Dockerfile": f"FROM {base}\nCOPY . /{name}/\n", "docker/note": name}
        if self.shape.below[name] == PUBLIC:
            return {**files, "docker/image_name.json": json.dumps({"image_name": f"{self.place}/{name}"})}
        display = f"{name.replace('-', '')} ({version}), unit"
        return {
            **files,
            "start_point/manifest.json": manifest_text(display, str(self.image(name, f"{version}-1"))),
            "start_point/hiker.sh": "echo $((6 * 9))\n",
            "start_point/cyber-dojo.sh": "bash hiker.sh\n",
        }

    def _push_image(self, name: str, version: str, base: ImageName, commit: str) -> None:
        labels = {
            f"{OCI}revision": commit,
            f"{OCI}version": f"{version}-1",
            f"{OCI}created": "2020-01-01T00:00:00Z",
            f"{OCI}base.name": str(base),
            f"{OCI}base.digest": str(self.registry.manifest(base).digest),
        }
        image = self.image(name, f"{version}-1")
        if self.shape.below[name] == PUBLIC:
            push_base_image(self.registry, image, Labels=labels)
        else:
            push_image(self.registry, image, {"os": "linux", "config": {"Labels": labels}}, [name.encode()])

    def _file(self) -> str:
        return json.dumps(dict(self._entries()), indent=2) + "\n"

    def _entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, base in self.shape.below.items():
            is_base = base == PUBLIC
            for version in self.shape.versions:
                made_from = self.image(base, "1" if is_base else version)
                image = self.image(name, version if is_base else f"{version}-1")
                entry = {"from": str(made_from), "image_name": str(image), "test_framework": not is_base}
                yield f"{name} ({version})", entry

    def _run_retag(self, run: Run) -> bool:
        name = run.repository.partition("/")[2]
        words = [word for base in run.inputs["base"].split() for word in ("--base", base)]
        with self._room:
            told = ("--lines", run.inputs["lines"], "--reason", run.inputs["reason"], "--request", str(run.number))
            said = self.retag(name, *told, *words)
        if said["conclusion"] == "done":
            self.built.append(name)
        return bool(said["conclusion"] == "done")
