"""`retag` and `watch` on every state of a pull request, as commands: they go on from it, and then have nothing to do.

A re-tag is one run for each languages repository; the watch sees all of its repositories in one. For `bump` and
`list refresh` see tests/pull_requests/test_life.py.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from embedded.base_image import push_base_image, push_image
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import ReleaseTag
from tests.support.github import GithubServer
from tests.support.internet import Internet
from tests.support.publishing import Publisher, RunCommand, environ_of, publisher_at
from tests.support.pull_request_states import LEAVES, OPENS, UPDATES, Make, Place, ends_well
from tests.support.repositories import manifest_text
from tests.support.result import Result, StepRow

pytestmark = pytest.mark.machine

LIST, LTF = "list.txt", "https://github.com/o/python-unittest"
SECURITY, UPSTREAM = "ltf-ci/security", "ltf-ci/upstream-3.7"
FAR = "RUN true\n" * 9
STATES: tuple[Make, ...] = (*UPDATES, *OPENS, *LEAVES)


def expected(states: Sequence[Make]) -> dict[str, list[str]]:
    """Return how the next run's pull request ends, and that of the run after it."""
    return {make.__name__: ["skipped", "skipped"] if make in LEAVES else ["done", "unchanged"] for make in states}


def heads(place: Place) -> dict[str, str]:
    return {name: place.hosted.head(name) for name in place.hosted.branches()}


@dataclass
class StartPoint:
    """A start point that is re-tagged whenever its image has moved, by the registry alone."""

    publisher: Publisher
    image: ImageName
    github: GithubServer

    def move_image(self, note: str) -> None:
        push_base_image(self.publisher.registry, self.image, note=note)

    def retag(self, make: Make, request: str) -> Result:
        """Re-tag, and list it in the languages repository of a state, by the name that it had at first."""
        words = ("--lines", "3.7.4", "--request", request, "--languages", f"o/{make.__name__}", "--list", LIST)
        return self.publisher.run("retag", str(self.publisher.ltf.directory), *words, environ=self.environ)

    @property
    def environ(self) -> Mapping[str, str]:
        known = {"LTF_CI_TOKEN": self.github.token, "GITHUB_API_URL": self.github.api}
        return {**environ_of(self.publisher.host), **known}


@pytest.fixture
def start_point(folder: Path, open_registry: str, run: RunCommand, github: GithubServer) -> StartPoint:
    publisher = publisher_at(open_registry, folder, run, Registry(pause=0))
    made = StartPoint(publisher, publisher.image.untagged.tagged("made"), github)
    made.move_image("first")
    shutil.rmtree(folder / "docker")
    (folder / ".github").mkdir()
    publisher.ltf.write(".github/ltf-ci.yml", f"image-from: '{made.image}'\n")
    publisher.named(LTF)
    publisher.tagged("3.7.4-1")
    assert publisher.publish()[0] == 0
    return made


def languages(github: GithubServer, make: Make) -> Place:
    names = [*(f"ltf-{number:02}" for number in range(5)), "python-unittest", *(f"z-{number}" for number in range(5))]
    text = "".join(f"https://github.com/o/{name}?tag=3.7.4-1\n" for name in names)
    hosted = github.create_repository(f"o/{make.__name__}", {LIST: text, "notes": ""})
    far, near = (
        [(f"{name}?tag=3.7.4-1", f"{name}?tag=3.7.4-9") for name in each] for each in (names[::10], names[4:7:2])
    )
    return Place(github=github, hosted=hosted, path=LIST, far=far, near=near)


@pytest.mark.parametrize("states", [UPDATES, OPENS, LEAVES], ids=["updates", "opens", "leaves"])
def test_retag_goes_on_from_every_state(start_point: StartPoint, states: Sequence[Make]) -> None:
    places = {make: languages(start_point.github, make) for make in states}
    start_point.move_image("second")
    for make, place in places.items():
        opened = start_point.retag(make, "1")
        assert (opened.code, opened.outputs["tag"], opened.step("list").state) == (0, "3.7.4-2", "done"), opened
        make(place, SECURITY, 1)
    start_point.move_image("third")
    befores = {make: heads(place) for make, place in places.items()}
    runs = {make: [start_point.retag(make, "2") for _ in range(2)] for make in states}
    assert [each for ran in runs.values() for each in ran if each.code] == []
    said = {make.__name__: [each.step("list") for each in ran] for make, ran in runs.items()}
    assert {name: [step.state for step in steps] for name, steps in said.items()} == expected(states)
    ended = {make: ends_well(places[make], make, SECURITY, befores[make], "unittest?tag=3.7.4-3\n") for make in states}
    assert {make.__name__: wrong for make, wrong in ended.items() if wrong} == {}
    assert states is not LEAVES or all("close" in step.detail for steps in said.values() for step in steps)


class Bases:
    """A base image in each state, made FROM one image upstream; and the languages repository's folder that has all."""

    def __init__(self, folder: Path, registry: str, github: GithubServer, run: RunCommand) -> None:
        self.folder, self.github, self.run = folder, github, run
        self.registry = Registry(pause=0)
        self.upstream = ImageName.parse(f"{registry}/s{secrets.token_hex(6)}/python:3.7.4")
        self.move_upstream("3.7.4")
        self.listed: dict[str, object] = {}
        self.entries: dict[str, object] = {}

    def move_upstream(self, tag: str) -> None:
        for name in (tag, "latest"):
            push_image(self.registry, self.upstream.tagged(name), {"os": "linux", "version": tag}, [tag.encode()])

    def add(self, make: Make) -> Place:
        """Release a base image, and have the folder name it."""
        name = make.__name__
        image = ImageName.parse(f"{self.upstream.registry}/{self.upstream.path}-{name}:3.7.4-1")
        manifest = manifest_text(f"{name} (3.7.4), unittest", str(image))
        dockerfile = f"FROM {self.upstream}\nRUN near\n{FAR}RUN far\n{FAR}RUN farther\n"
        hosted = self.github.create_repository(
            f"o/{name}", {"docker/Dockerfile": dockerfile, "start_point/manifest.json": manifest, "notes": ""}
        )
        hosted.bare.git("tag", "3.7.4-1", hosted.head())
        labels = ImageLabels(
            revision=Commit.parse(hosted.head()),
            version=ReleaseTag.parse("3.7.4-1"),
            source=f"https://github.com/o/{name}",
            base_name=str(self.upstream),
            base_digest=str(self.registry.manifest(self.upstream).digest),
        )
        config = {"os": "linux", "config": {"Labels": labels.to_labels()}}
        digest = push_image(self.registry, image, config, [name.encode()])
        push_image(self.registry, image.tagged("latest"), config, [name.encode()])
        locked = LockEntry(hosted.head(), str(image), str(digest), f"{name} (3.7.4), unittest")
        self.listed[f"https://github.com/o/{name}?tag=3.7.4-1"] = asdict(locked)
        entry = {"from": str(self.upstream), "image_name": str(image), "test_framework": False}
        self.entries[f"{name} (3.7.4)"] = entry
        far = [("RUN far\n", "RUN nearer\n"), ("RUN farther\n", "RUN away\n")]
        near = [("RUN near\n", "RUN nothing\n")]
        return Place(github=self.github, hosted=hosted, path="docker/Dockerfile", far=far, near=near)

    def watch(self) -> dict[str, StepRow]:
        """Watch, and open pull requests; return each repository's step by its name."""
        (self.folder / LIST).write_text("".join(f"{line}\n" for line in self.listed))
        (self.folder / "languages.lock.json").write_text(json.dumps(self.listed))
        (self.folder / "dependents.json").write_text(json.dumps(self.entries))
        known = {"LTF_CI_TOKEN": self.github.token, "GITHUB_API_URL": self.github.api}
        environ = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0", **known}
        words = ("watch", str(self.folder), "--list", LIST, "--open-pull-requests")
        result = self.run(*words, environ=environ)
        assert result.code == 0, result
        return {step.name: step for step in result.steps if "/" in step.name}


def test_watch_goes_on_from_every_state(
    folder: Path, open_registry: str, internet: Internet, github: GithubServer, run: RunCommand
) -> None:
    bases = Bases(folder, open_registry, github, run)
    places = {make: bases.add(make) for make in STATES}
    bases.move_upstream("3.7.5")
    assert {name: step.state for name, step in bases.watch().items()} == {
        f"o/{make.__name__}": "done" for make in STATES
    }
    for make, place in places.items():
        make(place, UPSTREAM, 1)
    befores = {make: heads(place) for make, place in places.items()}
    bases.move_upstream("3.7.9")
    first, second = bases.watch(), bases.watch()
    names = {make.__name__: place.hosted.name for make, place in places.items()}  # of today
    assert {name: [said[today].state for said in (first, second)] for name, today in names.items()} == expected(STATES)
    ended = {make: ends_well(places[make], make, UPSTREAM, befores[make], ":3.7.9\n") for make in STATES}
    assert {make.__name__: wrong for make, wrong in ended.items() if wrong} == {}
    assert all("close" in said[names[make.__name__]].detail for said in (first, second) for make in LEAVES)
