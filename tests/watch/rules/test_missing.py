"""What is in git and not in the registry, or the other way round; and which version lines lack their entry."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ltf_ci.errors import LtfError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.languages.dependents import Dependents
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.watch.rules.missing import (
    by_image,
    entries,
    git_tags,
    images,
    makers_of,
    missed,
    renamed,
    unreachable,
    without_entry,
)
from ltf_ci.watch.watched import OwnImage, Renamed, Unreachable

PY, RB = (
    OwnImage(ImageName.parse(f"a/{name}"), Place("list", line), ("1-1",)) for line, name in enumerate(("py", "rb"), 1)
)
ONE, TWO = (RepositoryUrl.parse(f"https://github.com/o/{name}") for name in ("one", "two"))


def in_git(**tags: str) -> dict[str, dict[str, Commit]]:
    """Return each repository's git tags."""
    urls = {"one": ONE, "two": TWO}
    return {urls[name].key: {tag: Commit.parse("a" * 40) for tag in text.split()} for name, text in tags.items()}


@pytest.mark.parametrize(
    ("tags", "there", "expected"),
    [
        ("1-1 1-2", "1-1", ["1-2"]),
        ("1-1 1-10 1-9 0-1", "", ["0-1", "1-1", "1-9", "1-10"]),  # the oldest first
        ("1-1", "1-1 latest", []),
        ("1-1 nightly v2 2733119", "1-1", []),  # no releases
        ("1-1", None, []),  # the registry was not asked
        (None, "1-1", []),  # git was not asked
        ("", "1-1", []),
    ],
)
def test_git_tags_without_an_image(tags: str | None, there: str | None, expected: list[str]) -> None:
    known = {} if there is None else {PY.image: there.split()}
    found = list(missed({PY: [ONE]}, {} if tags is None else in_git(one=tags), known))
    assert [tag for each in found for tag in each.tags] == expected
    assert [finding.repositories for finding in images(found)] == ([(ONE,)] if expected else [])


def test_a_repository_that_makes_two_images_has_missed_what_neither_has() -> None:
    links = {PY: [ONE], RB: [ONE]}
    (found,) = missed(links, in_git(one="1-1 1-2 1-3"), {PY.image: ["1-1"], RB.image: ["1-2"]})
    assert (found.url, found.ours, found.tags) == (ONE, (PY, RB), ("1-3",))
    assert list(missed(links, in_git(one="1-1 1-2 1-3"), {PY.image: ["1-1"]})) == []  # nobody knows what rb has


def test_missed_tags_are_told_in_the_order_of_their_repositories() -> None:
    found = missed({PY: [TWO], RB: [ONE]}, in_git(one="1-1", two="1-1"), {PY.image: [], RB.image: []})
    assert [each.url for each in found] == [ONE, TWO]


@pytest.mark.parametrize(
    ("urls", "tags", "there", "expected"),
    [
        ([ONE], {"one": "1-1"}, "1-1 1-2 latest 2733119", ["1-2"]),
        ([ONE, TWO], {"one": "1-1", "two": "1-2"}, "1-1 1-2", []),  # either may have it
        ([ONE, TWO], {"one": "1-1"}, "1-1 1-2", []),  # the other was not asked
        ([], {}, "1-1", []),  # nobody knows who makes it
        ([ONE], {"one": "1-1"}, None, []),
        ([ONE], {"one": ""}, "1", []),  # a tag without a revision is anybody's
    ],
)
def test_images_without_a_git_tag(
    urls: list[RepositoryUrl], tags: dict[str, str], there: str | None, expected: list[str]
) -> None:
    known = {} if there is None else {PY.image: there.split()}
    found = list(git_tags({PY: urls}, in_git(**tags), known))
    assert [[str(image) for image in each.images] for each in found] == (
        [[f"a/py:{t}" for t in expected]] if expected else []
    )


def test_an_entrys_makers_are_its_images_repositories_of_its_name() -> None:
    data = {"One (1)": _entry("a/py:1-1"), "three (1)": _entry("a/py:1-1")}
    one, three = ImageGraph.of(Dependents.parse(json.dumps(data).encode(), "d").entries).entries
    links = {PY: [ONE, TWO], RB: [RepositoryUrl.parse("https://github.com/else/one")]}
    assert [[*makers_of(each, by_image(links, {}))] for each in (one, three)] == [[ONE], []]


@pytest.mark.parametrize(
    ("older", "key", "expected"),
    [
        ({}, "one (1)", []),
        ({TWO.key: [ONE]}, "one (1)", [TWO]),
        ({TWO.key: [ONE]}, "o/ONE (1)", [TWO]),
        ({TWO.key: [ONE]}, "two (1)", [TWO]),
        ({TWO.key: [ONE]}, "p/one (1)", []),
        ({TWO.key: [RepositoryUrl.parse("https://github.com/o/first"), ONE]}, "one (1)", [TWO]),
        ({ONE.key: [TWO]}, "one (1)", []),  # of another repository
    ],
)
def test_a_repository_is_known_by_the_names_that_it_had(
    older: dict[str, list[RepositoryUrl]], key: str, expected: list[RepositoryUrl]
) -> None:
    (entry,) = ImageGraph.of(Dependents.parse(json.dumps({key: _entry("a/py:1-1")}).encode(), "d").entries).entries
    assert [*makers_of(entry, by_image({PY: [TWO]}, older))] == expected


def test_of_two_by_one_name_the_locks_is_the_start_points_also_by_an_older_address() -> None:
    other = RepositoryUrl.parse("https://github.com/p/one")
    ours = replace(PY, urls=(ONE,))
    links = by_image({ours: [TWO, other]}, {TWO.key: [ONE]})
    data = {"one (1)": {**_entry("a/py:1-1"), "from": "a/py:1-1"}}
    (entry,) = ImageGraph.of(Dependents.parse(json.dumps(data).encode(), "d").entries).entries
    assert [*makers_of(entry, links)] == [TWO]


def test_a_repository_by_an_older_address_is_named_with_that_of_today() -> None:
    (finding,) = renamed([Renamed(ONE, TWO, Place("list", 3))])
    assert (finding.rule, finding.severity, finding.place.line) == ("repository-renamed", "warning", 3)
    assert str(ONE) in finding.found
    assert str(TWO) in finding.found


def test_what_could_not_be_asked_is_told_by_host() -> None:
    first, second, third = (ImageName.parse(f"{host}/x") for host in ("b.example", "a.example", "b.example/y"))
    what: list[tuple[ImageName | RepositoryUrl, str]] = [
        (first, "b.example"),
        (second, "a.example"),
        (third, "b.example"),
        (ONE, "github.com"),
    ]
    asked = [Unreachable(each, host, Place("list"), LtfError("no answer")) for each, host in what]
    found = list(unreachable(asked))
    assert [each.found.partition(" ")[0] for each in found] == ["a.example", "b.example", "github.com"]
    assert [each.images for each in found] == [(second,), (first, third), ()]
    assert [each.repositories for each in found] == [(), (), (ONE,)]


@pytest.mark.parametrize(
    ("known", "released", "expected"),
    [
        ("3.7.4", "3.7.4-1 3.7.5-1 3.7.5-2", ["3.7.5-2"]),
        ("3.7.4", "3.7.4 3.7.5", ["3.7.5"]),
        ("3.7.4", "3.7.4-1 3.7.5-1 3.7.6-1 3.8.0-1 3.8.1-1", ["3.7.6-1", "3.8.1-1"]),
        ("3.7.4 3.8.1", "3.7.4-1 3.7.5-1 3.8.1-1", ["3.7.5-1"]),  # a patch of an older line
        ("3.7.4 3.7.5", "3.7.3-1 3.7.4-1 3.7.5-1 3.6.9-1", []),
        ("3.14", "3.14-1 3.14.3-1", ["3.14.3-1"]),  # written with more numbers from now on
        ("3.7.4", "3.7.4-1 3.8.0-rc1-1", ["3.8.0-rc1-1"]),  # ours, so it was meant
        ("3.7.4", "3.7.4-9 latest 2733119 not-latest-3.8.0-1", []),
        ("3.7.4", "", []),
        ("", "3.7.4-1 3.7.5-1", []),  # the older form stands for all
    ],
)
def test_a_released_version_lacks_its_entry(known: str, released: str, expected: list[str]) -> None:
    lines = [f" ({line})" for line in known.split()] or [""]
    data = {f"py{line}": _entry(f"a/py:{line.strip(' ()') or '3.7.4'}") for line in lines}
    graph = ImageGraph.of(Dependents.parse(json.dumps(data).encode(), "d").entries)
    found = list(without_entry(graph, {ImageName.parse("docker.io/a/py"): released.split()}))
    assert [str(each.tag) for each in found] == expected
    keys = [f'"py ({tag.rpartition("-")[0] or tag})"' for tag in expected]
    assert [finding.expected for finding in entries(found)] == keys


def _entry(image: str) -> dict[str, object]:
    return {"from": "debian:13", "image_name": image, "test_framework": False}
