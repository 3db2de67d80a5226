"""Whose version is the one upstream, and whether a missed tag is released again."""

from __future__ import annotations

import json

import pytest

from ltf_ci.model.dependents import Dependents
from ltf_ci.model.finding import Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.image_graph import ImageGraph
from ltf_ci.model.workflow_run import WorkflowRun
from ltf_ci.rules.new_versions import is_to_be_released, new_versions
from ltf_ci.rules.upstream import Upstream


def graph(**entries: tuple[str, str]) -> ImageGraph:
    data = {key: {"from": base, "image_name": image, "test_framework": False} for key, (base, image) in entries.items()}
    return ImageGraph.of(Dependents.parse(json.dumps(data).encode(), "dependents.json").entries)


@pytest.mark.parametrize(
    ("base", "image", "newer", "expected"),
    [
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
    ],
)
def test_a_newer_version_begins_a_line(base: str, image: str, newer: str, expected: list[str]) -> None:
    root = ImageName.parse(base)
    seen = Upstream(ImageName.parse(root.path), Place("d"), [newer], [root.tag])
    found = new_versions(graph(py=(base, image)), [seen])
    assert [f"{each.tag} {', '.join(map(str, each.newer.values()))} {each.branch}" for each in found] == expected


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
    found = new_versions(graph(**entries), [seen])
    assert [" ".join([str(each.tag), *(name.tag for name in each.newer.values())]) for each in found] == expected


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
    assert is_to_be_released("3.7.4-2", runs) == why
