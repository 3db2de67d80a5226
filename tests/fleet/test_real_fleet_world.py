"""The real fleet in small, under its own names: what it is before ltf-ci, and its way to releases by tags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from ltf_ci.images.platforms import platforms_of
from ltf_ci.model.image import ImageName, is_commit
from tests.support.world import World
from tests.support.world.adopting import Owner
from tests.support.world.facts import IMAGE_OWNER, LANGUAGES, START_POINT_OWNER, WorldFacts, programs_of, read_facts
from tests.support.world.files import LIST, MANIFEST
from tests.support.world.old_images import push_old_image
from tests.support.world.reader import OldReader

pytestmark = pytest.mark.machine

IMAGES = ("python", "python-pytest", "python-approval-pytest", "csharp", "zig-test")
START_POINTS = ("python-pytest", "python-approval-pytest", "zig-test", "swift-swordfish", "typescript-jest")
SHORT = (("python", "python-pytest"), ("python-pytest", "swift-swordfish"))
VERSIONS = {  # which no file says: people look into the images
    f"{IMAGE_OWNER}/zig-test": "0.9.1",
    f"{START_POINT_OWNER}/zig-test": "0.9.1",
    f"{START_POINT_OWNER}/swift-swordfish": "5.1.3",
}
TYPED = 20  # commands at most, for all of the fleet


def images_of(world: World, place: Path) -> Path:
    """Write a list of the image repositories, as the fleet has none."""
    file = place / "images.txt"
    file.write_text("".join(f"https://github.com/{each.repository}?tag=main\n" for each in world.facts.images))
    return file


def test_the_fleet_as_it_is_before_ltf_ci_can_be_read(world: World, tmp_path: Path) -> None:
    world.make(read_facts().only(IMAGES, START_POINTS))
    reader = OldReader(tmp_path)
    assert (reader.read_all(world.languages), reader.broken) == (1, {})
    place = world.clone(LANGUAGES)
    checked = world.type("list", "check", str(place / LIST))
    assert (checked.ended, {*checked.rules}) == ((0, "done"), {"list-older-form", "list-no-pair"}), checked
    images = ("--list", str(images_of(world, place)), "--list", str(place / LIST))
    scanned = world.type("dependents", "scan", str(place / "dependents.json"), *images, "--write")
    assert scanned.ended == (0, "done"), scanned
    graph = {key: entry["from"] for key, entry in json.loads((place / "dependents.json").read_text()).items()}
    of_images = {each.name: graph.pop(each.name) for each in world.facts.images}
    assert of_images == {each.name: world.base_of(each) for each in world.facts.images}
    manifests = [json.loads(world.hosted(each.repository).read(MANIFEST)) for each in world.facts.start_points]
    assert sorted(graph.values()) == sorted(each["image_name"] for each in manifests)
    assert world.type("dependents", "check", str(place / "dependents.json"), "--scan", *images).rules == []


def test_the_fleet_is_adopted_until_all_is_released(
    world: World, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--whole-fleet` takes all 40 repositories."""
    facts = read_facts() if request.config.getoption("--whole-fleet") else read_facts().only(*SHORT)
    world.make(facts)
    unsaid = {name: version for name, version in VERSIONS.items() if name in world.names}
    owner = Owner(world, unsaid)
    owner.adopt_all()
    assert {*owner.released(IMAGE_OWNER), *owner.released(START_POINT_OWNER)} == world.names
    assert bases_by_commit(world, facts) == {}
    assert {name: result.rules for name, result in owner.look().items()} == {
        "list check": ["list-no-pair"] * without_pair(facts),
        "dependents check": [],
        "watch": [],
    }
    assert platforms_of_latest(world, facts) == {"linux/amd64", "linux/arm64"}
    reader = OldReader(tmp_path)
    assert reader.read_all(world.languages) > len(facts.start_points)
    assert reader.broken == {}
    assert len(world.typed) <= TYPED
    with capsys.disabled():
        print(f"\n{owner}")
    follow_a_base(world, owner)


def follow_a_base(world: World, owner: Owner) -> None:
    """Build a base again on a newer upstream; notify takes it to images, start points and list, over three owners."""
    upstream = ImageName.parse("python:slim-bookworm")
    push_old_image(world.registry, upstream, programs_of(str(upstream)), "newer", ["amd64", "arm64"])
    assert owner.look()["watch"].rules == ["base-moved"]
    assert world.workflows.dispatched(f"{IMAGE_OWNER}/python", lines="all", reason="CVE-2026-1").ended == (0, "done")
    given = len(world.github.app.given)
    graph = str(owner.languages / "dependents.json")
    notified = world.type("notify", "python (3.14.3)", "--dependents", graph, **world.github.app.environ)
    assert notified.ended == (0, "done"), notified
    followers = {name for name in world.names if name.partition("/")[2].startswith("python-")}
    assert {each["repository"] for each in world.github.dispatches} == followers
    assert len(world.github.app.given) >= given + 2  # one App, and tokens of its own at each owner
    owner.merge(LANGUAGES)
    owner.go_on()  # which brings the graph up to date
    assert [result.rules for result in owner.look().values() if "list-no-pair" not in result.rules] == [[], []]


def without_pair(facts: WorldFacts) -> int:
    """Return how many manifests have not both `language` and `test_framework`, which no tool can know."""
    return sum("language" not in each.manifest for each in facts.start_points)


def bases_by_commit(world: World, facts: WorldFacts) -> Mapping[str, str]:
    """Return what repositories of the fleet are still made FROM by a commit, though the fleet makes it."""
    made = {each.image_name for each in facts.images}
    texts = {each.name: world.hosted(each.repository).read("docker/Dockerfile.base") for each in facts.images}
    bases = {name: ImageName.parse(text.split()[1]) for name, text in texts.items()}
    return {name: str(base) for name, base in bases.items() if str(base.untagged) in made and is_commit(base.tag)}


def platforms_of_latest(world: World, facts: WorldFacts) -> set[str]:
    """Return the platforms that every `latest` at ghcr.io has."""
    images = [ImageName.parse(f"{each.image_name}:latest") for each in facts.images if "ghcr.io" in each.image_name]
    return set.intersection(*({*platforms_of(image, world.registry)} for image in images))
