"""The fleet's way to releases by `ltf-ci adopt`: what its owner types, and the buttons that people press meanwhile."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.github import MergeConflict
from tests.support.github.app import RIGHTS
from tests.support.repositories import git
from tests.support.result import Result
from tests.support.world.facts import IMAGE_OWNER, LANGUAGES, START_POINT_OWNER
from tests.support.world.files import LIST
from tests.support.world.world import World

_GITHUB = "https://github.com/"
_DONE = ("released", "ready")
_MOST = 20  # runs of adopt


@dataclass
class Owner:
    """The fleet's owner, who writes down each version that no repository says; `rounds` are runs of adopt."""

    world: World
    versions: Mapping[str, str]
    rounds: list[Result] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        pulls = [len(hosted.pulls) for hosted in self.world.github.site.repositories.values()]
        figures = {
            "repositories": len(self.world.names),
            "runs of adopt": len(self.rounds),
            "commands typed": len(self.world.typed),
            "versions written down": len(self.versions),
            "pull requests": sum(pulls),
            "API calls": len(self.world.github.asked),
            "seconds": round(time.monotonic() - self.begun),
        }
        return ", ".join(f"{number} {what}" for what, number in figures.items())

    def adopt_all(self) -> None:
        """Write down what adopt needs, and run it until all is released."""
        for name in (IMAGE_OWNER, START_POINT_OWNER, LANGUAGES.partition("/")[0]):
            self.world.github.app.install(name, *RIGHTS, "workflows")
        images, versions = self.world.folder / "images.txt", self.world.folder / "versions.txt"
        images.write_text("".join(f"{_GITHUB}{each.repository}\n" for each in self.world.facts.images))
        versions.write_text("".join(f"{name} {version}\n" for name, version in self.versions.items()))
        self.languages = self.world.clone(LANGUAGES)
        self.words = ("adopt", str(images), str(self.languages / LIST), "--versions", str(versions), "--push-tags")
        self.go_on()

    def go_on(self) -> None:
        """Run adopt until nothing is left; after each run the workflows run, and people merge what is open."""
        app = self.world.github.app.environ
        while self._has_more(self.world.type(*self.words, "--languages", LANGUAGES, **app)):
            assert len(self.rounds) < _MOST, self.rounds[-1]

    def look(self) -> dict[str, Result]:
        """Ask whether the list, the graph and the fleet are as they should be."""
        git(self.languages, "pull", "--quiet")
        graph, listed = self.languages / "dependents.json", self.languages / LIST
        images = self.world.folder / "released.txt"
        images.write_text("".join(f"{_GITHUB}{name}?tag={tag}\n" for name, tag in self.released(IMAGE_OWNER).items()))
        lists = ("--list", str(images), "--list", str(listed))
        return {
            "list check": self.world.type("list", "check", str(listed)),
            "dependents check": self.world.type("dependents", "check", str(graph), "--scan", *lists),
            "watch": self.world.type("watch", str(self.languages)),
        }

    def released(self, owner: str) -> dict[str, str]:
        """Return the tag of each repository's newest release, by the repository."""
        rows = self.rounds[-1].plan["repositories"]
        found = {_name(row): row["release"].rpartition(":")[2] for row in rows if row["release"]}
        return {name: tag for name, tag in found.items() if name.startswith(f"{owner}/")}

    def _has_more(self, result: Result) -> bool:
        self.rounds.append(result)
        assert result.code == 0, result
        for released in self.world.run_releases():
            assert released.code == 0, released
        rows = result.plan["repositories"]
        for row in rows:
            self.merge(_name(row))
        return any(row["stage"] not in _DONE for row in rows)

    def merge(self, repository: str) -> None:
        """Merge each open pull request; where one conflicts, the list's refresh workflow brings it up to date first."""
        hosted = self.world.hosted(repository)
        for pull in [each for each in hosted.pulls if each.state == "OPEN"]:
            try:
                hosted.merge(pull.number)
            except MergeConflict:
                environ = {**self.world.environ, **self.world.github.app.environ}
                refreshed = self.world.run("list", "refresh", "--languages", LANGUAGES, environ=environ)
                assert refreshed.code == 0, refreshed
                hosted.merge(pull.number)


def _name(row: Mapping[str, Any]) -> str:
    return str(row["repository"]).removeprefix(_GITHUB)
