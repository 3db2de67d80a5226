"""Whose version is the one upstream, and whether a missed tag is released again."""

from __future__ import annotations

import json

import pytest

from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.languages.dependents import Dependents
from ltf_ci.model.finding import Place
from ltf_ci.model.github import WorkflowRun
from ltf_ci.model.image import ImageName
from ltf_ci.watch.rules.new_versions import (
    PREFIX,
    NewVersion,
    base_findings,
    new_versions,
    of_bases,
    renamed,
    why_not_released,
)
from ltf_ci.watch.rules.upstream import Upstream


def graph(**entries: tuple[str | list[str], str]) -> ImageGraph:
    data = {key: {"from": base, "image_name": image, "test_framework": False} for key, (base, image) in entries.items()}
    return ImageGraph.of(Dependents.parse(json.dumps(data).encode(), "dependents.json").entries)


@pytest.mark.parametrize(
    ("base", "image", "newer", "expected"),
    [
        ("temurin:8u392-jdk", "a/java:8u392", "8u412-jdk", ["8u412-1 temurin:8u412-jdk ltf-ci/upstream-8.0"]),
        ("python:3.7.4", "a/py:3.7.4", "3.7.5", ["3.7.5-1 python:3.7.5 ltf-ci/upstream-3.7"]),
        ("python:3.7.4", "a/py:3.7.4-2", "3.8.1", ["3.8.1-1 python:3.8.1 ltf-ci/upstream-3.8"]),
        (
            "docker.io/python:3.7.4-slim",
            "a/py:3.7.4-2",
            "3.8.1-slim",
            ["3.8.1-1 python:3.8.1-slim ltf-ci/upstream-3.8"],
        ),
        ("ubuntu:24.04", "a/cpp:13.2-1", "26.04", []),  # the language's version is another one
        ("python:3.7.4", "a/py:3.7.4", "3.7.3", []),
        ("swift:5.3-1", "a/swift:5.3-4", "5.3-2", []),  # a revision upstream begins no version
    ],
)
def test_a_newer_version_begins_a_line(base: str, image: str, newer: str, expected: list[str]) -> None:
    root = ImageName.parse(base)
    seen = Upstream(ImageName.parse(root.path), Place("d"), [newer], [root.tag])
    found = new_versions(graph(py=(base, image)), [seen], {})
    assert [f"{each.tag} {', '.join(map(str, each.newer.values()))} {each.branch}" for each in found] == expected


def test_its_pull_request_says_what_is_there_and_what_to_do() -> None:
    seen = Upstream(ImageName.parse("python"), Place("d"), ["3.7.5"], ["3.7.4"])
    (found,) = new_versions(graph(py=("python:3.7.4", "a/py:3.7.4")), [seen], {})
    assert found.title == "Begin 3.7.5: made FROM python:3.7.5"
    assert found.body.startswith("`python:3.7.5` is there; this repository is made FROM `python:3.7.4`.\n")
    assert "push the git tag `3.7.5-1`" in found.body


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("3.7.5 3.7.5-slim", ["3.7.5-1 3.7.5 3.7.5-slim"]),
        ("3.7.5 3.7.6-slim", ["3.7.6-1 3.7.6-slim"]),
        ("3.7.6 3.7.5-slim", ["3.7.6-1 3.7.6"]),
        ("3.7.5 3.8.1-slim", ["3.7.5-1 3.7.5", "3.8.1-1 3.8.1-slim"]),
    ],
)
def test_flavours_of_one_repository_begin_one_version(tags: str, expected: list[str]) -> None:
    entries = {"py (3.7.3)": ("python:3.7.3-slim", "a/py:3.7.3"), "py (3.7.4)": ("python:3.7.4", "a/py:3.7.4")}
    seen = Upstream(ImageName.parse("python"), Place("d"), tags.split(), ["3.7.3-slim", "3.7.4"])
    found = new_versions(graph(**entries), [seen], {})
    assert [" ".join([str(each.tag), *(name.tag for name in each.newer.values())]) for each in found] == expected


LTF = ("a/py:3.7.4-1", "a/ltf:3.7.4-2")


@pytest.mark.parametrize(
    ("entries", "base", "made", "expected"),
    [
        ({"ltf (3.7.4)": LTF}, "3.7.4-1 3.7.5-1 3.7.5-2", "3.7.4-2", ["ltf (3.7.4) 3.7.5-1 a/py:3.7.5-2 3.7"]),
        ({"ltf (3.7.4)": LTF}, "3.7.4 3.7.5", "3.7.4-2", ["ltf (3.7.4) 3.7.5-1 a/py:3.7.5 3.7"]),
        ({"ltf": LTF}, "3.7.4 3.7.5", "3.7.4-2", ["ltf 3.7.5-1 a/py:3.7.5 3.7"]),
        (
            {"ltf (3.7.4)": ("docker.io/a/py:3.7.4-1@sha256:" + "a" * 64, "index.docker.io/a/ltf:3.7.4-2")},
            "3.7.5-1",
            "3.7.4-2",
            ["ltf (3.7.4) 3.7.5-1 docker.io/a/py:3.7.5-1 3.7"],
        ),
        (
            {"ltf (3.7.4)": LTF},
            "3.7.4-1 3.7.5-1 3.7.6-1 3.8.0-1 3.8.1-1",
            "3.7.4-2",
            ["ltf (3.7.4) 3.7.6-1 a/py:3.7.6-1 3.7", "ltf (3.7.4) 3.8.1-1 a/py:3.8.1-1 3.8"],
        ),
        (
            {"ltf (3.7.4)": LTF, "ltf (3.8.1)": ("a/py:3.8.1-1", "a/ltf:3.8.1-1")},
            "3.7.4-1 3.7.5-1 3.8.1-1 3.8.2-1",
            "3.7.4-2 3.8.1-1",
            ["ltf (3.7.4) 3.7.5-1 a/py:3.7.5-1 3.7", "ltf (3.8.1) 3.8.2-1 a/py:3.8.2-1 3.8"],
        ),
        ({"ltf (3.7.4)": LTF}, "3.7.4-1 3.7.4-2", "3.7.4-2", []),  # a revision is no version
        ({"ltf (3.7.4)": LTF}, "3.7.3-1 3.7.4-1", "3.7.4-2", []),
        ({"ltf (3.7.4)": LTF}, "3.7.4-1 3.8.0-rc1-1 2024.1-1 latest 2733119", "3.7.4-2", []),
        ({"ltf (3.7.4)": LTF}, "3.7.4-1 3.7.5-1", "3.7.4-2 3.7.5-1", []),  # begun already
        (
            {"ltf (3.7.4)": LTF, "ltf (3.7.5)": ("debian:13", "a/ltf:3.7.5-1")},
            "3.7.4-1 3.7.5-1",
            "3.7.4-2",
            [],
        ),
        ({"ltf (3.7.4)": LTF}, "3.7.4-1 3.7.6-1", "3.7.4-2 3.7.5-1", []),  # its entry of 3.7.5 comes first
        ({"ltf (13.2)": ("a/py:3.7.4-1", "a/ltf:13.2-2")}, "3.7.4-1 3.7.5-1", "13.2-2", []),  # a language of its own
        ({"ltf (1.2.0)": ("a/py:3.7.4-1", "a/ltf:1.2.0-2")}, "3.7.4-1 3.7.5-1", "1.2.0-2", []),
        ({"ltf (3.7.4)": ("a/py", "a/ltf:3.7.4-2")}, "3.7.4-1 3.7.5-1", "3.7.4-2", []),
        ({"ltf (3.7.4)": LTF}, None, "3.7.4-2", []),  # unknown is never absent
        ({"ltf (3.7.4)": LTF}, "3.7.4-1 3.7.5-1", None, []),
    ],
)
def test_what_is_made_from_a_base_of_ours_begins_its_versions(
    entries: dict[str, tuple[str, str]], base: str | None, made: str | None, expected: list[str]
) -> None:
    drawn = graph(**{"py (3.7.4)": ("python:3.7.4", "a/py:3.7.4-1"), **entries})
    known = {"a/py": base, "a/ltf": made}
    tags = {ImageName.parse(name): there.split() for name, there in known.items() if there}
    found = list(of_bases(drawn, tags))
    assert [_shown(each) for each in found] == expected
    assert [(told.rule, told.images) for told in base_findings(found)] == [
        ("base-version", (each.entry.image,)) for each in found
    ]


def _shown(new: NewVersion) -> str:
    return f"{new.entry.key} {new.tag} {', '.join(map(str, new.newer.values()))} {new.branch.removeprefix(PREFIX)}"


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("3.7.4-1 3.7.5-1 3.7.6-1", ["ltf (3.7.4) 3.7.6-1 a/py:3.7.6-1, a/more:3.7.6-1 3.7"]),
        ("3.7.4-1 3.7.5-1", ["ltf (3.7.4) 3.7.5-1 a/py:3.7.5-1, a/more:3.7.5-1 3.7"]),
        ("3.7.4-1", []),
        (None, []),  # unknown is never absent
    ],
)
def test_what_is_made_from_two_bases_waits_for_both(second: str | None, expected: list[str]) -> None:
    there = "3.7.4-1 3.7.5-1 3.7.6-1"
    tags = {"a/py": there, "a/more": second, "a/ltf": "3.7.4-1"}
    drawn = graph(
        **{"py (3.7.4)": ("python:3.7.4", "a/py:3.7.4-1"), "more (3.7.4)": ("debian:13", "a/more:3.7.4-1")},
        **{"ltf (3.7.4)": (["a/py:3.7.4-1", "a/more:3.7.4-1"], "a/ltf:3.7.4-1")},
    )
    found = of_bases(drawn, {ImageName.parse(name): names.split() for name, names in tags.items() if names})
    assert [_shown(each) for each in found] == expected


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("3.7.4-1", []),  # what is made FROM a base of ours, too, waits for that
        ("3.7.4-1 3.7.5-1", ["ltf (3.7.4) 3.7.5-1 a/py:3.7.5-1 3.7"]),
        ("3.7.4-1 3.7.6-1", ["ltf (3.7.4) 3.7.6-1 a/py:3.7.6-1, python:3.7.6-slim 3.7"]),
    ],
)
def test_an_image_upstream_beside_a_base_of_ours(base: str, expected: list[str]) -> None:
    drawn = graph(
        **{"py (3.7.4)": ("debian:13", "a/py:3.7.4-1")},
        **{"ltf (3.7.4)": (["python:3.7.4-slim", "a/py:3.7.4-1"], "a/ltf:3.7.4-1")},
    )
    seen = Upstream(ImageName.parse("python"), Place("d"), ["3.7.6-slim"], ["3.7.4-slim"])
    tags = {ImageName.parse("a/py"): base.split(), ImageName.parse("a/ltf"): ["3.7.4-1"]}
    assert [_shown(each) for each in new_versions(drawn, [seen], tags)] == expected


def run(title: str, status: str = "completed", conclusion: str = "failure") -> WorkflowRun:
    return WorkflowRun(number=1, title=title, url="u", at="", status=status, conclusion=conclusion)


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ([], ""),
        ([run("release 3.7.4-1")] * 3, ""),
        ([run("release 3.7.4-2")] * 2, ""),
        ([run("release 3.7.4-2")] * 3, "3 runs made no image: u"),
        ([run("release 3.7.4-2", conclusion="success")] * 3, "3 runs made no image: u"),
        ([run("release 3.7.4-2", "queued", "")], "u is under way"),
    ],
)
def test_a_missed_tag_is_left_to_people_after_three_failures(runs: list[WorkflowRun], why: str) -> None:
    assert why_not_released("3.7.4-2", runs) == why


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ("e.org/python:3.7.4", "3.7.9"),
        ("e.org/python:3.7.5", "3.7.9"),  # merged, and not released yet
        ("e.org/python:3.7.9", ""),
        ("e.org/python:3.8.1", ""),
        ("e.org/python:3.7.3", ""),  # nobody knows why
        ("e.org/python:3.7.5-slim", ""),
        ("e.org/python:latest", ""),
        ("e.org/python", ""),
        ("e.org/ruby:3.7.5", ""),
        ("e.org/py:3.7.4-1", "3.7.9-1"),
        ("e.org/py:3.7.4-7", "3.7.9-1"),
        ("e.org/py:3.7.5-2", "3.7.9-1"),
        ("e.org/py:3.8.1-1", ""),
    ],
)
def test_a_newer_image_takes_the_place_of_what_is_older_by_now(there: str, expected: str) -> None:
    newer = {
        ImageName.parse("e.org/python:3.7.4"): ImageName.parse("e.org/python:3.7.9"),
        ImageName.parse("e.org/py:3.7.4-2"): ImageName.parse("e.org/py:3.7.9-1"),
    }
    assert renamed([there], newer) == ({there: f"{there.partition(':')[0]}:{expected}"} if expected else {})
