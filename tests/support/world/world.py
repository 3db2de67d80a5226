"""The fleet as it is before ltf-ci: image repositories, start points, the generated list, under their real names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import is_release_tag
from tests.support.fleet import run_title
from tests.support.github import GithubServer, HostedRepository
from tests.support.repositories import git
from tests.support.result import Result
from tests.support.world.facts import LANGUAGES, ImageFacts, WorldFacts, programs_of
from tests.support.world.files import image_files, languages_files, start_point_files
from tests.support.world.old_images import point, push_old_image
from tests.support.world.workflows import Workflows

BOTH, ONE = ("amd64", "arm64"), ("amd64",)


@dataclass
class World:
    """A fleet at GitHub and in registries; `typed` are the commands of a person."""

    github: GithubServer
    registry: Registry
    folder: Path
    run: Callable[..., Result]
    facts: WorldFacts = field(default_factory=WorldFacts)
    typed: list[tuple[str, ...]] = field(default_factory=list)
    commits: dict[str, str] = field(default_factory=dict)  # by an image's name: what those made FROM it name
    programs: dict[str, Mapping[str, str]] = field(default_factory=dict)  # by an image's name

    def __post_init__(self) -> None:
        self.workflows = Workflows(self.github, self.folder)
        actions = self.github.site.actions
        actions.title, actions.runner = run_title, self.workflows.retag

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
        return self.hosted(facts.repository).head()[:7]

    def _push(self, image: ImageName, programs: Mapping[str, str], note: str) -> None:
        architectures = BOTH if image.host.endswith(("ghcr.io", "mcr.microsoft.com")) else ONE
        push_old_image(self.registry, image, programs, note, architectures)

    @property
    def names(self) -> set[str]:
        """The image repositories and the start points, as OWNER/NAME."""
        images, start_points = self.facts.images, self.facts.start_points
        return {*(each.repository for each in images), *(each.repository for each in start_points)}

    def hosted(self, name: str) -> HostedRepository:
        return self.github.site.repositories[name.lower()]  # whatever the last caller may see

    def type(self, *words: str, **more: str) -> Result:
        """Run a command as a person types it; it is counted."""
        self.typed.append(words)
        return self.run(*words, environ={**self.environ, **more})

    def clone(self, name: str) -> Path:
        """Return a clone of a repository, by its address at github.com, as it is now."""
        folder = self.folder / name.replace("/", "+")
        if folder.exists():
            git(folder, "pull", "--quiet")
        else:
            git(self.folder, "clone", "--quiet", f"https://github.com/{name}", str(folder))
        return folder

    def run_releases(self) -> list[Result]:
        """Run the release workflow of each tag that was pushed since."""
        return [self.workflows.release(hosted, tag) for hosted, tag in self._new_tags()]

    def _new_tags(self) -> Iterator[tuple[HostedRepository, str]]:
        for hosted in self.github.site.repositories.values():
            for tag in hosted.bare.git("tag", "--list").split():
                if is_release_tag(tag) and f"{hosted.name} {tag}" not in self.workflows.ran:
                    yield hosted, tag


def _name(image: str) -> str:
    """Return an image's name without its tag."""
    return image.rpartition(":")[0] or image
