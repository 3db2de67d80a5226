from __future__ import annotations

import json
from collections import Counter

import pytest

from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.rules import drawings, scan
from ltf_ci.fleet.rules import entries as dependents_rules
from ltf_ci.fleet.rules.scan import Scanned
from ltf_ci.fleet.rules.waves import waves
from ltf_ci.languages.dependents import Dependent
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import release_tag_in
from tests.support import ROOT
from tests.support.dependents import NOTES, entry, parsed, text_of

FLEET = json.loads((ROOT / "tests/data/fleet_bases.json").read_text())


def scanned(repository: str, tag: str, image: str, *bases: str, line: int = 1) -> Scanned:
    return Scanned(
        place=Place("list", line),
        repository=repository,
        tag=release_tag_in(tag),
        image=ImageName.parse(image),
        bases=bases,
        test_framework=False,
    )


@pytest.fixture(scope="module")
def fleet() -> tuple[Dependent, ...]:
    """Return the entries of today's 121 image repositories."""
    seen = [
        scanned(each["repo"].rpartition("/")[2], "", each["image_name"], each["from"], line=number)
        for number, each in enumerate(FLEET, 1)
    ]
    entries, faults = scan.entries(seen)
    assert faults == ()
    return entries


def test_nothing_is_wrong_with_the_real_fleet(fleet: tuple[Dependent, ...]) -> None:
    written = parsed(dependents_edits.put(parsed("{}\n"), fleet))
    assert len(written.entries) == 121
    assert [*dependents_rules.findings(written)] == []
    assert [*scan.differences(written, fleet)] == []


def test_the_real_fleet_s_graph(fleet: tuple[Dependent, ...]) -> None:
    graph = ImageGraph.of(fleet)
    assert sum(map(len, graph.dependents)) == 77
    assert sum(map(bool, graph.dependents)) == 35
    most = {graph.entries[number].key: len(below) for number, below in enumerate(graph.dependents) if len(below) > 4}
    assert most == {
        "javascript": 7, "gplusplus": 7, "clangplusplus": 6, "ruby": 5, "ubuntu-build-essential-24.04": 5
    }  # fmt: skip
    every = waves(graph, graph.roots)
    assert [len(wave) for wave in every] == [44, 61, 15, 1]
    assert [each.key for each in every[-1]] == ["swift-swordfish"]
    assert len([each for wave in waves(graph, ["ubuntu-build-essential-24.04"]) for each in wave]) == 17


def test_the_real_fleet_is_drawn_whole(fleet: tuple[Dependent, ...]) -> None:
    graph = ImageGraph.of(fleet)
    lines = drawings.text(graph).splitlines()
    depth = Counter((len(line) - len(line.lstrip())) // 2 for line in lines)
    assert depth == {0: len(graph.roots), 1: 44, 2: 61, 3: 15, 4: 1}
    assert drawings.mermaid(graph).count(" --> ") == drawings.dot(graph).count(" -> ") == 121


@pytest.mark.parametrize(
    ("tag", "image", "key", "named"),
    [
        ("3.7.4-2", "o/a", "a (3.7.4)", "o/a:3.7.4-2"),
        ("3.7.4-2", "o/a:3.7.4-1", "a (3.7.4)", "o/a:3.7.4-2"),
        ("", "o/a:3.7.4-1", "a (3.7.4)", "o/a:3.7.4-1"),
        ("", "o/a", "a", "o/a"),
        ("", "o/a:191902b", "a", "o/a"),
    ],
)
def test_an_entry_has_the_version_of_tag_or_image(tag: str, image: str, key: str, named: str) -> None:
    (each,), faults = scan.entries([scanned("a", tag, image, "x:1")])
    assert (each.key, str(each.image), faults) == (key, named, ())


def test_what_is_made_from_nothing_is_made_from_scratch() -> None:
    assert [str(base) for base in scan.entry(scanned("a", "", "o/a")).bases] == ["scratch"]


@pytest.mark.parametrize(("repository", "base"), [("a", "No Name"), ("a b", "x"), ("a", "x:")])
def test_a_name_that_is_none_is_found_and_hides_no_other(repository: str, base: str) -> None:
    seen = [scanned(repository, "", "o/a", base, line=3), scanned("b", "", "o/b", "x")]
    entries, (fault,) = scan.entries(seen)
    assert [each.key for each in entries] == ["b"]
    assert (fault.rule, fault.place.line) == ("scan-name", 3)


def test_several_version_lines_are_several_entries_and_each_is_there_once() -> None:
    seen = [scanned("a", tag, "o/a", "x:1", line=line) for line, tag in enumerate(["1-1", "2-1", "1-2"], 1)]
    entries, (fault,) = scan.entries(seen)
    assert [str(each.image) for each in entries] == ["o/a:1-1", "o/a:2-1"]
    assert (fault.rule, fault.place.line, fault.found) == ("scan-repeated", 3, "a (1) is in line 1 already")


PYTHON = scanned("python", "3.7.4", "cyberdojofoundation/python", "python:3.7.4")
ASSERT = scanned("python-assert", "3.7.4-22", "cyberdojofoundation/python_assert", "cyberdojofoundation/python:3.7.4")


def differences(*seen: Scanned) -> list[Finding]:
    entries, _ = scan.entries(seen)
    return [*scan.differences(parsed(NOTES), entries)]


def test_a_file_that_says_what_the_repositories_say() -> None:
    assert differences(PYTHON, ASSERT) == []


@pytest.mark.parametrize(
    ("seen", "rule", "line"),
    [
        (scanned("python-assert", "3.7.4-22", "cyberdojofoundation/python_assert", "x"), "scan-from-differs", 7),
        (
            scanned("python-assert", "3.7.4-22", "o/other", "cyberdojofoundation/python:3.7.4"),
            "scan-image-name-differs",
            7,
        ),
    ],
)
def test_where_the_file_says_otherwise(seen: Scanned, rule: str, line: int) -> None:
    assert [(each.rule, each.place.line) for each in differences(PYTHON, seen)] == [(rule, line)]


def test_another_revision_is_no_difference() -> None:
    later = scanned(
        "python-assert", "3.7.4-23", "cyberdojofoundation/python_assert", "cyberdojofoundation/python:3.7.4"
    )
    assert differences(PYTHON, later) == []


@pytest.mark.parametrize(
    ("said", "base", "differ"),
    [
        ("python", "python:latest", False),
        ("docker.io/library/python:latest", "python", False),
        ("python", "python:3", True),
        ("python:3", "python:3@sha256:" + "0" * 64, True),
    ],
)
def test_no_tag_is_latest(said: str, base: str, *, differ: bool) -> None:
    there = parsed(text_of({"a (1)": entry(said, "o/a:1-1")}))
    (true,), _ = scan.entries([scanned("a", "1-1", "o/a", base)])
    assert bool([*scan.differences(there, [true])]) == differ


def test_entries_that_one_side_lacks() -> None:
    other = scanned("other", "1-1", "o/other", "x", line=8)
    missing, unlisted = differences(PYTHON, other)
    assert (missing.rule, missing.place, missing.fails) == ("scan-entry-missing", Place("list", 8), True)
    assert (unlisted.rule, unlisted.place.line, unlisted.fails) == ("scan-unlisted", 7, False)
