"""What no longer is as it was released, whichever way each file spells an image; and what each finding is about."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Place
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.watch.rules import drift
from ltf_ci.watch.rules.drift import BuiltImage
from ltf_ci.watch.watched import Locked, StaleLatest
from tests.support.dependents import entry, parsed

HERE = Place("list", 3)
OLD, NEW = (Digest(f"sha256:{digit * 64}") for digit in "12")
COMMIT, OTHER = Commit("a" * 40), Commit("b" * 40)
URL = "https://github.com/o/assert"
ENTRIES = {
    "python (3.7.4)": entry("python:3.7.4", "docker.io/o/python:3.7.4"),
    "ruby (3.4)": entry("index.docker.io/library/python:3.7.4", "o/ruby:3.4-1"),
    "assert (3.7.4)": entry("o/python:3.7.4-1", "o/assert:3.7.4-1"),
    "approval (3.7.4)": entry("index.docker.io/o/assert:3.7.4", "o/approval:3.7.4-1"),
}
SPELLINGS = ["o/assert:3.7.4-1", "docker.io/o/assert:3.7.4-1", "index.docker.io/o/assert:3.7.4-1"]


def graph() -> ImageGraph:
    return ImageGraph.of(parsed(json.dumps(ENTRIES)).entries)


def locked(image: str) -> Locked:
    said = LockEntry(str(COMMIT), image, str(OLD), "Python (3.7.4), assert")
    return Locked(HERE, ListEntry.parse(f"{URL}?tag=3.7.4-1"), said)


def built(image: str, base: str) -> BuiltImage:
    return BuiltImage(ImageName.parse(image), HERE, ImageName.parse(base), str(OLD))


@pytest.mark.parametrize("there", SPELLINGS)
@pytest.mark.parametrize("said", SPELLINGS)
def test_a_release_is_held_against_its_image_however_both_are_spelled(said: str, there: str) -> None:
    images = {ImageName.parse(there): TaggedImage(NEW, ImageLabels())}
    (found,) = drift.untrue([locked(said)], {}, images)
    assert (found.rule, list(map(str, found.images))) == ("image-overwritten", [said])
    (found,) = drift.gone([(ImageName.parse(said), HERE)], {ImageName.parse(there): Absent()})
    assert (found.rule, list(map(str, found.images))) == ("image-gone", [said])


@pytest.mark.parametrize(
    ("tags", "rules"), [({}, ["tag-gone"]), ({"3.7.4-1": OTHER}, ["tag-moved"]), ({"3.7.4-1": COMMIT}, [])]
)
def test_a_git_tag_is_told_with_its_image_and_its_repository(tags: dict[str, Commit], rules: list[str]) -> None:
    release = locked("o/assert:3.7.4-1")
    found = list(drift.untrue([release], {release.entry.url.key: tags}, {}))
    assert [each.rule for each in found] == rules
    assert {(str(*each.images), str(*each.repositories)) for each in found} <= {("o/assert:3.7.4-1", URL)}


def test_a_latest_is_told_with_the_release_that_it_should_be() -> None:
    image = ImageName.parse("o/assert")
    each = StaleLatest(image, ReleaseTag.parse("3.7.4-1"), ReleaseTag.parse("3.7.4-2"))
    (found,) = drift.behind([each], {ImageName.parse("docker.io/o/assert"): HERE})
    assert (found.place, list(map(str, found.images))) == (HERE, ["o/assert:3.7.4-2"])


def test_a_base_that_moved_is_one_however_the_labels_spell_it_and_tells_all_that_it_reaches() -> None:
    made = [built("o/python:3.7.4-1", "docker.io/library/python:3.7.4"), built("o/ruby:3.4-1", "python:3.7.4")]
    (found,) = drift.moved_bases(made, {ImageName.parse("library/python:3.7.4"): str(NEW)}, graph())
    assert found.expected == (
        "a rebuild, in this order: python (3.7.4), ruby (3.4); then assert (3.7.4); then approval (3.7.4)"
    )
    assert [*map(str, found.images)] == [
        "o/python:3.7.4-1",
        "o/ruby:3.4-1",
        "docker.io/o/python:3.7.4",
        "o/assert:3.7.4-1",
        "o/approval:3.7.4-1",
    ]


def test_a_base_that_is_gone_is_told_with_what_is_made_of_it() -> None:
    made = [built("o/ruby:3.4-1", "python:3.7.4"), built("o/python:3.7.4-1", "docker.io/library/python:3.7.4")]
    (found,) = drift.moved_bases(made, {ImageName.parse("python:3.7.4"): None}, graph())
    assert (found.rule, [*map(str, found.images)]) == ("base-gone", ["o/python:3.7.4-1", "o/ruby:3.4-1"])


@pytest.mark.parametrize("bases", [{}, {ImageName.parse("o/python:3.7.4-1"): str(OLD)}])
def test_a_base_that_did_not_move_or_was_not_asked_is_no_finding(bases: dict[ImageName, str]) -> None:
    assert list(drift.moved_bases([built("o/assert:3.7.4-1", "o/python:3.7.4-1")], bases, graph())) == []


def test_of_a_base_that_moved_only_what_is_made_of_the_older_is_told_and_bases_stand_in_order() -> None:
    old, other = built("o/ruby:3.4-1", "python:3.7.4"), built("o/assert:3.7.4-1", "o/python:3.7.4-1")
    made = [replace(built("o/python:3.7.4-1", "python:3.7.4"), digest=str(NEW)), old, other]
    bases = {ImageName.parse(name): str(NEW) for name in ("python:3.7.4", "o/python:3.7.4-1")}
    first, second = drift.moved_bases(made, bases, graph())
    assert [*map(str, first.images)] == ["o/assert:3.7.4-1", "o/approval:3.7.4-1"]
    assert (second.found.endswith("made of what it was: o/ruby:3.4-1"), second.place) == (True, old.place)


def test_what_no_entry_makes_is_rebuilt_first() -> None:
    made = [built("o/other:1-1", "o/python:3.7.4-1"), built("o/assert:3.7.4-1", "o/python:3.7.4-1")]
    (found,) = drift.moved_bases(made, {ImageName.parse("o/python:3.7.4-1"): str(NEW)}, graph())
    assert found.expected == "a rebuild, in this order: assert (3.7.4), o/other:1-1; then approval (3.7.4)"


@pytest.mark.parametrize("there", [TaggedImage(OLD, ImageLabels()), Absent(), None])
def test_what_is_as_the_lock_says_or_was_not_asked_is_not_untrue(there: Found | None) -> None:
    image = ImageName.parse("o/assert:3.7.4-1")
    images = {image: there} if there else {}
    assert list(drift.untrue([locked(str(image))], {}, images)) == []
    assert [each.rule for each in drift.gone([(image, HERE)], images)] == ["image-gone"] * isinstance(there, Absent)


def test_an_image_in_several_spellings_is_one_in_the_graph() -> None:
    drawn = graph()
    assert [*map(str, drawn.roots)] == ["python:3.7.4"]
    assert [*drawn.roots.values()] == [(0, 1)]
    assert drawn.bases == ((), (), (0,), (2,))


def test_bases_in_a_circle_are_no_reason_to_stop() -> None:
    entries = {**ENTRIES, "x": entry("o/y:1", "o/x:1"), "y": entry("o/x:1", "o/y:1")}
    circle = ImageGraph.of(parsed(json.dumps(entries)).entries)
    (found,) = drift.moved_bases([built("o/y:1", "o/x:1")], {ImageName.parse("o/x:1"): str(NEW)}, circle)
    assert found.expected == "a rebuild, in this order: y"
