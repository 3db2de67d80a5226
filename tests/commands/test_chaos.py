"""Whatever goes wrong, in whatever order: nothing is lost, nothing overwritten, and all ends in one state.

What happens when is chosen by `--seed`, but for the pace of the programs. `--rounds 100` tries each thing so often:
minutes a thing. What came of it is printed.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.support.chaos import Chaos, Place, Weather, chaos_of
from tests.support.github import GithubServer
from tests.support.publishing import Publisher
from tests.support.repositories import git
from tests.support.retagging import Retagger
from tests.support.runnable import docker

pytestmark = pytest.mark.machine
ChaosOf = Callable[..., AbstractContextManager[Chaos]]


@pytest.fixture(scope="module")
def spans() -> dict[str, float]:
    """Return the seconds that a run of each command takes which nothing disturbs: one world asks for all of them."""
    return {}


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> range:
    """Return how often each thing is tried."""
    return range(int(request.config.getoption("--rounds")))


@pytest.fixture
def chaos(
    publisher: Publisher,
    github: GithubServer,
    tmp_path: Path,
    docker_host: str,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> ChaosOf:
    """Return a maker of worlds, which show in the end what has happened, and leave nothing behind."""

    @contextmanager
    def made(kind: str, *, slowness: float = 0, failures: float = 0) -> Iterator[Chaos]:
        weather = Weather(random.Random(f"{request.config.getoption('--seed')} {kind}"), slowness, failures)
        with chaos_of(publisher, github, weather, tmp_path, request.getfixturevalue("spans")) as world:
            yield world
            assert left_in(world, docker_host) == []
            with capsys.disabled():
                print(f"\n| {kind} | {', '.join(f'{name}: {number}' for name, number in world.counts.items())} |")

    return made


def left_in(world: Chaos, docker_host: str) -> list[str]:
    """Return what runs have left."""
    left = [folder.name for folder in world.temporary.iterdir()]
    left += docker(docker_host, "ps", "--all", "--quiet").split()
    return left + docker(docker_host, "image", "ls", "--quiet", "ltf-ci-*").split()


@pytest.fixture
def tagged(publisher: Publisher) -> Publisher:
    publisher.tagged("3.7.4-2")
    return publisher


def origin_of(publisher: Publisher) -> str:
    return git(publisher.ltf.directory, "remote", "get-url", "origin")


def commit_of(publisher: Publisher, tag: str) -> str:
    return git(publisher.ltf.directory, "rev-parse", f"{tag}^{{commit}}")


def expect_release(place: Place, publisher: Publisher, tag: str = "3.7.4-2") -> None:
    """All that a release leaves is there, and of one content."""
    images = place.images
    assert set(images) == {tag, "latest"}
    assert images[tag] == images["latest"]
    assert images[tag][1] == commit_of(publisher, tag)
    assert place.overwritten == []
    (pull,) = place.hosted.pulls
    assert len(place.hosted.branches()) == 2, pull
    listed, lock = place.merged()
    assert listed == f"{origin_of(publisher)}?tag={tag}\n"
    assert images[tag][0] in lock


def test_releases_that_are_killed(chaos: ChaosOf, tagged: Publisher, rounds: range) -> None:
    words, listed = ("release", str(tagged.ltf.directory)), f"{origin_of(tagged)}?tag=3.7.4-1\n"
    with chaos("kill release") as world:
        world.place(listed).timed(*words)
        for _ in rounds:
            place = world.place(listed)
            for _ in range(world.chance.choice((1, 1, 2))):
                place.killed(*words)
            place.finished(*words)
            expect_release(place, tagged)


def test_releases_in_bad_weather(chaos: ChaosOf, tagged: Publisher, rounds: range) -> None:
    words, listed = ("release", str(tagged.ltf.directory)), f"{origin_of(tagged)}?tag=3.7.4-1\n"
    with chaos("flaky", failures=0.1) as world:
        for _ in rounds:
            place = world.place(listed)
            place.finished(*words, tries=5)
            expect_release(place, tagged)


def clone(publisher: Publisher, folder: Path, tag: str) -> Path:
    """Return a clone in which a tag is checked out."""
    shutil.copytree(publisher.ltf.directory, folder)
    git(folder, "switch", "--quiet", "--detach", tag)
    return folder


def retagged(publisher: Publisher, folder: Path) -> tuple[str, str]:
    """Return two commits for a release, the second of which waits to get its tag; both are at origin."""
    first = commit_of(publisher, "3.7.4-2")
    (folder / "docker/content").write_text("other")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Other")
    git(folder, "tag", "--force", "--annotate", "--message", "3.7.4-2", "3.7.4-2")
    git(folder, "push", "--quiet", "origin", "HEAD:refs/heads/other")
    return first, git(folder, "rev-parse", "HEAD")


def test_a_tag_that_moves_between_two_runs(chaos: ChaosOf, tagged: Publisher, rounds: range, tmp_path: Path) -> None:
    """Of the two commits one has the tag in the end: git's own, or what was released before it moved."""
    folders = [clone(tagged, tmp_path / name, "3.7.4-2") for name in ("one", "other")]
    commits = retagged(tagged, folders[1])
    one, other = (("release", str(folder)) for folder in folders)
    listed = f"{origin_of(tagged)}?tag=3.7.4-1\n"

    def move() -> None:
        git(folders[1], "push", "--quiet", "--force", "origin", "3.7.4-2")

    with chaos("moved tag", slowness=0.08) as world:
        world.place(listed).timed(*one)
        for _ in rounds:
            git(folders[0], "push", "--quiet", "--force", "origin", "3.7.4-2")
            place = world.place(listed)
            codes = place.at_once(one, other, between=move)
            assert sorted(codes) == [0, 4], codes
            expect_one_of(place, commits[codes.index(0)])
            assert place.overwritten == []


def expect_one_of(place: Place, commit: str) -> None:
    """Expect image, `latest`, list and lock to be of this commit."""
    images = place.images
    assert images["3.7.4-2"] == images["latest"]
    assert images["3.7.4-2"][1] == commit
    listed, lock = place.merged()
    assert listed.count("3.7.4-2") == 1
    assert images["3.7.4-2"][0] in lock


def test_two_origins_that_have_one_tag(chaos: ChaosOf, tagged: Publisher, rounds: range, tmp_path: Path) -> None:
    """No registry can compare and swap: who is overwritten within a moment is told, and never says that it is done."""
    folders = [clone(tagged, tmp_path / name, "3.7.4-2") for name in ("one", "other")]
    origin = tmp_path / "other.git"
    shutil.copytree(origin_of(tagged), origin)
    git(folders[1], "remote", "set-url", "origin", str(origin))
    commits = retagged(tagged, folders[1])
    git(folders[1], "push", "--quiet", "--force", "origin", "3.7.4-2")
    one, other = (("release", str(folder)) for folder in folders)
    listed = f"{origin_of(tagged)}?tag=3.7.4-1\n{origin}?tag=3.7.4-1\n"
    with chaos("two origins", slowness=0.08) as world:
        world.place(listed).timed(*one)
        for _ in rounds:
            place = world.place(listed)
            codes = place.at_once(one, other)
            assert sorted(codes) == [0, 4], codes
            world.counts["overwritten, and told"] += len(place.overwritten)
            expect_one_of(place, commits[codes.index(0)])


def test_two_lines_at_once(chaos: ChaosOf, tagged: Publisher, rounds: range, tmp_path: Path) -> None:
    tagged.tagged("3.7.5-2")
    tags = ("3.7.4-2", "3.7.5-2")
    one, other = (("release", str(clone(tagged, tmp_path / tag, tag))) for tag in tags)
    url = origin_of(tagged)
    with chaos("two lines", slowness=0.08) as world:
        world.place(f"{url}?tag=3.7.4-1\n{url}?tag=3.7.5-1\n").timed(*one)
        for _ in rounds:
            place = world.place(f"{url}?tag=3.7.4-1\n{url}?tag=3.7.5-1\n")
            first, second = world.chance.sample((one, other), 2)
            assert place.at_once(first, second) == (0, 0)
            images = place.images
            assert images["latest"] == images["3.7.5-2"]
            assert {tag: images[tag][1] for tag in tags} == {tag: commit_of(tagged, tag) for tag in tags}
            assert place.overwritten == []
            place.merged()
            for words in (one, other):  # what conflicts is made again
                place.finished(*words)
            listed, lock = place.merged()
            assert listed == "".join(f"{url}?tag={tag}\n" for tag in tags)
            assert all(images[tag][0] in lock for tag in tags)


BRANCHES = {"main": "3.7.5-3", "release/3.7.4": "3.7.4-2"}


def retag_place(world: Chaos, retagger: Retagger) -> tuple[Place, Retagger, Path]:
    """Return a place, and a clone with an origin of its own, for a round."""
    number = str(world.counts["rounds"])
    origin = world.folder / number / "python-unittest.git"
    shutil.copytree(retagger.origin, origin)
    folder = origin.with_name("clone")
    shutil.copytree(retagger.directory, folder)
    git(folder, "remote", "set-url", "origin", str(origin))
    place = world.place(f"{origin}?tag=3.7.4-1\n{origin}?tag=3.7.5-2\n")
    return place, Retagger(retagger.publisher, origin), folder


def expect_agreement(place: Place, retagger: Retagger) -> None:
    """Each image is of its git tag's commit, `latest` is the newest release, and the list and the lock have it all."""
    images = place.images
    newest = max((tag for tag in images if tag.startswith("3.7.5")), default="", key=lambda tag: int(tag[6:]))
    assert {tag: commit for tag, (_, commit) in images.items() if tag != "latest"} == {
        tag: retagger.at(tag) for tag in retagger.tags if tag not in ("3.7.4-1", "3.7.5-1", "3.7.5-2")
    }
    assert not newest or images["latest"] == images[newest]
    assert place.overwritten == []


def test_retags_that_are_killed(chaos: ChaosOf, retagger: Retagger, rounds: range) -> None:
    more = ("--lines", "3.7.4,3.7.5", "--rebuild", "--request", "7")
    with chaos("kill retag") as world:
        place, _, folder = retag_place(world, retagger)
        place.timed("retag", str(folder), *more)
        for _ in rounds:
            place, each, folder = retag_place(world, retagger)
            for _ in range(world.chance.choice((1, 1, 2))):
                place.killed("retag", str(folder), *more)
            place.finished("retag", str(folder), *more)
            expect_agreement(place, each)
            assert {tag for tag in each.tags if tag not in retagger.tags} == set(BRANCHES.values())
            assert {name: each.at(name) for name in BRANCHES} == {name: each.at(tag) for name, tag in BRANCHES.items()}
            (pull,) = place.hosted.pulls
            assert place.merged()[0] == f"{each.origin}?tag=3.7.4-2\n{each.origin}?tag=3.7.5-3\n", pull


def test_retags_on_one_daemon(chaos: ChaosOf, retagger: Retagger, rounds: range) -> None:
    more = ("--lines", "3.7.4", "--rebuild", "--request")
    with chaos("one daemon", slowness=0.02) as world:
        place, _, folder = retag_place(world, retagger)
        place.timed("retag", str(folder), *more, "1")
        for _ in rounds:
            place, each, folder = retag_place(world, retagger)
            one, other = (("retag", str(folder), *more, request) for request in ("1", "2"))
            assert place.at_once(one, other) == (0, 0)
            expect_agreement(place, each)
            assert {"3.7.4-2", "3.7.4-3"} >= set(each.tags) - set(retagger.tags) >= {"3.7.4-2"}
            assert len({commit for _, commit in place.images.values()}) == len(set(each.tags) - set(retagger.tags))
