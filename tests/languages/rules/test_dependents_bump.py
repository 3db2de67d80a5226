"""What a release writes into its entry of dependents.json: its image, and what that was made FROM."""

from __future__ import annotations

import json

import pytest

from ltf_ci.languages.dependents import Dependents
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.languages.rules import list_files
from ltf_ci.languages.rules.dependents_bump import bumped
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.model.image import ImageName

POINT, IMAGES = "https://github.com/points/python-assert", "https://github.com/images/python-assert"
KEY, LONG_POINT, LONG_IMAGES = "python-assert (3.7)", "points/python-assert (3.7)", "Images/Python-Assert (3.7)"


def graph(entries: dict[str, tuple[str | list[str], str]]) -> Dependents:
    data = {key: {"from": base, "image_name": image, "test_framework": True} for key, (base, image) in entries.items()}
    return Dependents.parse(json.dumps(data).encode(), "dependents.json")


def released(url: str = POINT, tag: str = "3.7-2", image: str = "o/assert", bases: tuple[str, ...] = ()) -> ListChange:
    locked = LockEntry("c" * 40, f"{image}:{tag}", f"sha256:{'d' * 64}", "Python (3.7), assert") if image else None
    entry = ListEntry.parse(f"{url}?tag={tag}")
    return ListChange(entry=entry, locked=locked, bases=tuple(map(ImageName.parse, bases)))


def after(before: dict[str, tuple[str | list[str], str]], release: ListChange) -> dict[str, tuple[object, str]]:
    found = json.loads(bumped(graph(before), [release]))
    return {key: (each["from"], each["image_name"]) for key, each in found.items() if key in before}


@pytest.mark.parametrize(
    ("before", "bases", "then"),
    [
        ("o/python:3.7-1", ("o/python:3.7-2",), "o/python:3.7-2"),
        ("o/assert:3.7-1", ("o/assert:3.7-2",), "o/assert:3.7-2"),  # a start point's own
        ("o/assert:9999b0e", ("o/assert:3.7-2",), "o/assert:3.7-2"),
        ("python:3.7.1-slim", ("python:3.7.2-slim",), "python:3.7.2-slim"),
        (["o/python:3.7-1", "gcc:9"], ("o/python:3.7-2",), ["o/python:3.7-2", "gcc:9"]),
        (["gcc:9", "o/python:3.7-1"], ("o/python:3.7-2", "gcc:10"), ["gcc:10", "o/python:3.7-2"]),
        ("o/python:3.7-10", ("o/python:3.7-9",), "o/python:3.7-10"),  # the file knows more
        ("o/python:3.7-1", ("o/ruby:3.7-2",), "o/python:3.7-1"),  # said of another base: a scan tells
        ("o/python:3.7-1", ("ghcr.io/o/python:3.7-2",), "o/python:3.7-1"),
        ("o/python:3.7-1", ("o/python",), "o/python:3.7-1"),
        (f"o/python:3.7-1@sha256:{'a' * 64}", ("o/python:3.7-1",), f"o/python:3.7-1@sha256:{'a' * 64}"),
        ("o/python:3.7-1", (), "o/python:3.7-1"),
    ],
)
def test_what_it_was_made_from_follows(before: str | list[str], bases: tuple[str, ...], then: str | list[str]) -> None:
    assert after({KEY: (before, "o/assert:3.7-1")}, released(bases=bases)) == {KEY: (then, "o/assert:3.7-2")}


@pytest.mark.parametrize(
    ("before", "release", "then"),
    [
        ({LONG_POINT: "o/assert:3.7-1"}, released(), {LONG_POINT: "o/assert:3.7-2"}),
        (
            {LONG_POINT: "o/assert:3.7-1", LONG_IMAGES: "o/assert:3.7-1"},
            released(IMAGES),
            {LONG_POINT: "o/assert:3.7-1", LONG_IMAGES: "o/assert:3.7-2"},
        ),
        (
            {KEY: "o/assert:3.7-1", LONG_POINT: "o/assert:3.7-1"},  # the short name is somebody else's
            released(),
            {KEY: "o/assert:3.7-1", LONG_POINT: "o/assert:3.7-2"},
        ),
        (
            {KEY: "o/assert:3.7-1", "points/python-assert (3.8)": "o/assert:3.8-1"},
            released(),
            {KEY: "o/assert:3.7-1", "points/python-assert (3.8)": "o/assert:3.8-1"},
        ),
        ({KEY: "o/assert:3.7-1"}, released(image="ghcr.io/o/assert"), {KEY: "ghcr.io/o/assert:3.7-2"}),
        ({KEY: "o/other:3.7-1"}, released(), {KEY: "o/other:3.7-1"}),
        ({KEY: "o/other:3.7-1"}, released(image=""), {KEY: "o/other:3.7-2"}),
        ({KEY: "o/assert:3.7-1"}, released("https://gitlab.com/a/b/Python-Assert"), {KEY: "o/assert:3.7-2"}),
        ({"python-assert": "o/assert:3.7-1"}, released(), {"python-assert": "o/assert:3.7-1"}),
    ],
)
def test_whose_entry_it_is(before: dict[str, str], release: ListChange, then: dict[str, str]) -> None:
    found = after({key: ("b:1", image) for key, image in before.items()}, release)
    assert {key: image for key, (_, image) in found.items()} == then


@pytest.mark.parametrize(("tag", "then"), [("3.7-1", ("o/assert:3.7-2",)), ("3.7-2", ())])
def test_what_a_branch_says_of_its_own_releases_alone(tag: str, then: tuple[str, ...]) -> None:
    there = graph({KEY: ("o/assert:3.7-2", "o/assert:3.7-1")})
    files = {"dependents.json": there.text, "list": "", "languages.lock.json": None}
    assert tuple(map(str, list_files.bases(files, released(tag=tag), "list"))) == then
