"""A base is released again: what is made from it follows, over real repositories, real images and a real registry."""

from __future__ import annotations

import json
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.github import running_github
from tests.support.program import Program
from tests.support.real_fleet import DEPENDENTS, LIST, LOCK, PUBLIC, RealFleet, Shape

pytestmark = [pytest.mark.machine, pytest.mark.usefixtures("docker_host")]

ROOT = Path(__file__).parents[1]
LINES = ("--lines", "3.7.4", "--reason", "CVE-1", "--rebuild")
OLD, NEW = "3.7.4-1", "3.7.4-2"
VERSION = "org.opencontainers.image.version"


@contextmanager
def made(shape: Shape, folder: Path, registry: str) -> Iterator[RealFleet]:
    with running_github(folder / "github") as github:
        fleet = RealFleet(shape, github, f"{registry}/r{secrets.token_hex(6)}", folder)
        fleet.make()
        yield fleet
        assert github.violations == []


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, open_registry: str) -> Iterator[RealFleet]:
    """Return 3 bases, 3 version lines of each, and 10 LTFs over each: seven on it, two on one of those, one higher."""
    below: dict[str, str] = {}
    for base in ("python", "ruby", "node"):
        on = [base] * 7 + [f"{base}-0"] * 2 + [f"{base}-7"]
        below |= {base: PUBLIC, **{f"{base}-{number}": found for number, found in enumerate(on)}}
    shape = Shape(below, ("3.7.4", "3.7.5", "3.8.1"))
    with made(shape, tmp_path_factory.mktemp("fleet"), open_registry) as found:
        yield found


def fates(said: dict[str, Any]) -> dict[str, str]:
    return {each["key"].partition(" ")[0]: each["fate"] for each in said["plan"]["dependents"]}


def is_on_its_newest_base(fleet: RealFleet, name: str) -> bool:
    base = fleet.shape.below[name]
    labels = fleet.registry.labels(fleet.image(name, NEW))
    made_of = labels["org.opencontainers.image.base.name"], labels["org.opencontainers.image.base.digest"]
    return made_of == (str(fleet.image(base, NEW)), str(fleet.digest(base, NEW)))


def test_everything_over_a_base_is_built_once_in_waves_and_listed(fleet: RealFleet) -> None:
    assert fleet.retag("python", *LINES)["conclusion"] == "done"
    said = fleet.notify("python")
    names = [f"python-{number}" for number in range(10)]
    assert fates(said) == dict.fromkeys(names, "built"), said
    assert sorted(fleet.built) == names
    assert set(fleet.built[:7]) == set(names[:7])  # then what is made from the first of them, then from that
    assert fleet.built[9] == "python-9"
    assert all(is_on_its_newest_base(fleet, name) for name in names)
    assert all(NEW in fleet.tags(name) and "3.7.4-3" not in fleet.tags(name) for name in names)
    assert all(fleet.registry.labels(fleet.image(name, "latest"))[VERSION] != NEW for name in names)
    (pull,) = fleet.languages.pulls
    fleet.languages.merge(pull.number)
    assert fleet.languages.read(LIST) == fleet.listed(newer=names)
    lock = json.loads(fleet.languages.read(LOCK))
    assert {entry["image"]: entry["digest"] for entry in lock.values()} == {
        str(fleet.image(name, NEW)): str(fleet.digest(name, NEW)) for name in names
    }
    entries = json.loads(fleet.languages.read(DEPENDENTS))
    for version, tag in {"3.7.4": NEW, "3.7.5": "3.7.5-1"}.items():
        made_now = [entries[f"{name} ({version})"]["image_name"] for name in names]
        assert made_now == [str(fleet.image(name, tag)) for name in names]
    made_from = [entries[f"{name} (3.7.4)"]["from"] for name in names]
    assert made_from == [str(fleet.image(fleet.shape.below[name], NEW)) for name in names]


def test_a_dependent_that_fails_stops_only_what_is_made_from_it(fleet: RealFleet) -> None:
    hosted = fleet.repository("ruby-0")
    broken = hosted.push({"docker/Dockerfile": f"FROM {fleet.image('ruby', OLD)}\nRUN false\n"}, branch="broken")
    hosted.bare.git("tag", "--force", OLD, broken)
    fleet.retag("ruby", *LINES)
    said = fleet.notify("ruby")
    expected = {"ruby-0": "failed", "ruby-7": "blocked", "ruby-8": "blocked", "ruby-9": "blocked"}
    assert fates(said) == {**{f"ruby-{number}": "built" for number in range(1, 7)}, **expected}, said
    assert [name for name in (f"ruby-{number}" for number in range(10)) if NEW in fleet.tags(name)] == [
        f"ruby-{number}" for number in range(1, 7)
    ]


def test_killed_in_the_middle_it_goes_on_where_it_stopped(fleet: RealFleet) -> None:
    fleet.retag("node", *LINES)
    fleet.built.clear()
    running = Program(*fleet.notification("node"), environ=fleet.environ())
    while len(fleet.built) < 3 and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    said = fleet.notify("node")
    assert set(fates(said).values()) <= {"built", "kept"}, said
    assert len(fates(said)) == 10
    dispatched = [each["repository"] for each in fleet.github.dispatches if "/node-" in each["repository"]]
    assert len(dispatched) == len(set(dispatched)) == 10
    assert all(NEW in fleet.tags(f"node-{n}") and "3.7.4-3" not in fleet.tags(f"node-{n}") for n in range(10))
    again = fleet.notify("node")
    assert (again["conclusion"], set(fates(again).values())) == ("nothing-to-do", {"kept"})


def test_three_hops_of_the_real_graph_are_done_from_one_dispatch(tmp_path: Path, open_registry: str) -> None:
    """FROM in each dependent, image_name in each manifest, the list: 121 images as they are made FROM each other."""
    entries = json.loads((ROOT / "data/fleet_bases.json").read_text())
    makers = {each["image_name"]: each["repo"].partition("/")[2] for each in entries}
    below = {name: makers.get(each["from"].partition(":")[0], PUBLIC) for each in entries for name in [short(each)]}
    with made(Shape(below, ("3.7.4",)), tmp_path, open_registry) as fleet:
        assert len(below) == 121
        fleet.retag("ubuntu-build-essential-24.04", *LINES)
        said = fleet.notify("ubuntu-build-essential-24.04")
        reached = fates(said)
        assert (len(reached), set(reached.values())) == (17, {"built"}), said
        assert fleet.built[-1] == "swift-swordfish"  # four deep
        for name in reached:
            assert is_on_its_newest_base(fleet, name)
            dockerfile = fleet.repository(name).read("docker/Dockerfile")
            assert dockerfile.startswith(f"FROM {fleet.image(fleet.shape.below[name], NEW)}\n")
            assert str(fleet.image(name, NEW)) in fleet.repository(name).read("start_point/manifest.json")
        fleet.languages.merge(1)
        assert fleet.languages.read(LIST) == fleet.listed(newer=reached)


def short(entry: dict[str, str]) -> str:
    return entry["repo"].partition("/")[2]
