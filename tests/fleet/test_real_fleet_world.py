"""The real fleet in small, under its own names: what it is before ltf-ci, and its way to releases by tags."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.world import World
from tests.support.world.facts import LANGUAGES, read_facts
from tests.support.world.files import LIST, MANIFEST
from tests.support.world.reader import OldReader

pytestmark = pytest.mark.machine

IMAGES = ("python", "python-pytest", "python-approval-pytest", "csharp", "zig-test")
START_POINTS = ("python-pytest", "python-approval-pytest", "zig-test", "swift-swordfish", "typescript-jest")


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
