"""The fleet as it is before ltf-ci: image repositories, start points, the generated list, under their real names.

A release's workflow runs as GitHub would run it: for each tag that was pushed, in a checkout of the tag, with what the
repository's own workflow of that commit says.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import ImageName
from tests.support.github import GithubServer, HostedRepository
from tests.support.result import Result
from tests.support.world.facts import LANGUAGES, ImageFacts, WorldFacts, programs_of
from tests.support.world.files import image_files, languages_files, start_point_files
from tests.support.world.old_images import point, push_old_image

BOTH, ONE = ("amd64", "arm64"), ("amd64",)
_RELEASE_TAG = re.compile(r"[0-9]\S*")


@dataclass
class World:
    """A fleet at GitHub and in registries; `typed` are the commands of a person, `released` what workflows ran for."""

    github: GithubServer
    registry: Registry
    folder: Path
    run: Callable[..., Result]
    facts: WorldFacts = field(default_factory=WorldFacts)
    typed: list[tuple[str, ...]] = field(default_factory=list)
    ran: dict[tuple[str, str], Result] = field(default_factory=dict)
    commits: dict[str, str] = field(default_factory=dict)  # by an image's name: what those made FROM it name
    programs: dict[str, Mapping[str, str]] = field(default_factory=dict)  # by an image's name

    @property
    def environ(self) -> dict[str, str]:
        """What every command is given: the internet, docker, and the stand-in's API."""
        ours = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0", "GITHUB_API_URL": self.github.api}
        return {**os.environ, **ours}

    def make(self, facts: WorldFacts) -> None:
        """Have every repository at GitHub, every image in its registry, and the list."""
        self.facts = facts
        named = {each.image_name: each for each in facts.images}
        below = {each: {named[base]} if (base := _name(each.base)) in named else set() for each in facts.images}
        for each in TopologicalSorter(below).static_order():
            self._make_image(each)
        lines = dict(sorted(self._start_points()))
        self.languages = self.github.create_repository(LANGUAGES, languages_files(lines))

    def _make_image(self, facts: ImageFacts) -> None:
        """Push the image of a first commit, by which others name it, and of a later one, which is `latest` too."""
        name, image = _name(facts.base), ImageName.parse(facts.image_name)
        self.programs[facts.image_name] = self.programs.get(name) or programs_of(facts.base)
        if name not in self.commits:
            tagged = facts.base if ":" in facts.base else f"{facts.base}:latest"
            self._push(ImageName.parse(tagged), programs_of(facts.base), facts.base)
        hosted = self.github.create_repository(facts.repository, image_files(facts, self.base_of(facts)))
        for commit in (hosted.head(), hosted.push({"LICENSE": "none\n"}, message="Add a license")):
            self._push(image.tagged(commit[:7]), self.programs[facts.image_name], facts.name)
            self.commits.setdefault(facts.image_name, commit[:7])
        point(self.registry, image.tagged(commit[:7]), "latest")

    def base_of(self, facts: ImageFacts) -> str:
        """Return what an image is made FROM in this world, before ltf-ci."""
        name = _name(facts.base)
        return f"{name}:{self.commits[name]}" if name in self.commits else facts.base

    def _start_points(self) -> Iterator[tuple[str, str]]:
        """Make the start points; return each one's line of the list."""
        for facts in self.facts.start_points:
            image = facts.image
            if str(image.untagged) in self.commits:
                image = image.tagged(self.head_of_image(str(image.untagged)))
            else:
                self._push(image, programs_of(str(image)), facts.name)
                point(self.registry, image, "latest")
            hosted = self.github.create_repository(facts.repository, start_point_files(facts, str(image)))
            yield facts.name, f"{hosted.head()[:7]}@https://github.com/{facts.repository}"

    def head_of_image(self, image_name: str) -> str:
        """Return the short commit that `latest` of a fleet's image was made of."""
        facts = next(each for each in self.facts.images if each.image_name == image_name)
        return self.github.site.repository(facts.repository).head()[:7]

    def _push(self, image: ImageName, programs: Mapping[str, str], note: str) -> None:
        architectures = BOTH if image.host.endswith(("ghcr.io", "mcr.microsoft.com")) else ONE
        push_old_image(self.registry, image, programs, note, architectures)

    def hosted(self, name: str) -> HostedRepository:
        return self.github.site.repository(name)

    def type(self, *words: str, **more: str) -> Result:
        """Run a command as a person types it; it is counted."""
        self.typed.append(words)
        return self.run(*words, environ={**self.environ, **more})

    def clone(self, name: str, *words: str) -> Path:
        """Clone a repository, by its address at github.com."""
        folder = self.folder / name.replace("/", "+")
        git(self.folder, "clone", "--quiet", *words, f"https://github.com/{name}", str(folder))
        return folder

    def run_releases(self) -> list[Result]:
        """Run the release workflows of all tags that were pushed since; those of bases first, as they were pushed."""
        return [self._run_release(hosted, tag) for hosted, tag in self._new_tags()]

    def _new_tags(self) -> Iterator[tuple[HostedRepository, str]]:
        for hosted in self.github.site.repositories.values():
            for tag in hosted.bare.git("tag", "--list").split():
                if _RELEASE_TAG.fullmatch(tag) and (hosted.name, tag) not in self.ran:
                    yield hosted, tag

    def _run_release(self, hosted: HostedRepository, tag: str) -> Result:
        told = _told(hosted, tag)
        secrets = self.github.app.environ if "LTF_CI_APP_CLIENT_ID" in told else {}
        with TemporaryDirectory(dir=self.folder) as folder:
            git(self.folder, "clone", "--quiet", f"https://github.com/{hosted.name}", folder)
            git(Path(folder), "checkout", "--quiet", f"refs/tags/{tag}")
            environ = {**self.environ, **secrets, **told, "LTF_CI_TAG": tag}
            self.ran[hosted.name, tag] = self.run("release", folder, environ=environ)
        return self.ran[hosted.name, tag]


def _told(hosted: HostedRepository, tag: str) -> Mapping[str, str]:
    """Return what the release workflow of a tag hands to ltf-ci; fail where the commit has none."""
    names = hosted.bare.git("ls-tree", "-r", "--name-only", tag, ".github/workflows/").split()
    for name in names:
        text = hosted.bare.git("show", f"{tag}:{name}")
        if "/ltf-ci/.github/workflows/release.yml@" in text:
            given: dict[str, Any] = YAML(typ="safe").load(text)["jobs"]["release"]["with"]
            return {
                f"LTF_CI_{key.upper().replace('-', '_')}": str(value) for key, value in given.items() if key != "tag"
            }
    raise AssertionError(f"{hosted.name} has no workflow that releases {tag}: {names}")


def _name(image: str) -> str:
    """Return an image's name without its tag."""
    return image.rpartition(":")[0] or image


def git(folder: Path, *words: str) -> str:
    ended = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"git {words}: {ended.stderr}"
    return ended.stdout.strip()
