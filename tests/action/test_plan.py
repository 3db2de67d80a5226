"""The workflow that docs/dependents.md shows: each image that is to be built again has its job, wave after wave."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT
from tests.support.act import Act, ActRun
from tests.support.dependents import NOTES, entry, text_of
from tests.support.repositories import git

pytestmark = pytest.mark.machine
WORKFLOW = ".github/workflows/rebuild.yml"
Job = dict[str, Any]


@pytest.fixture
def languages(folder: Path) -> Path:
    """Return a repository that has the page's workflow, as it stands there."""
    page = (ROOT / "docs/dependents.md").read_text()
    (text,) = re.findall(r"```yaml\n(name: rebuild\n[^`]*)```", page)
    (folder / WORKFLOW).parent.mkdir(parents=True)
    (folder / WORKFLOW).write_text(text)
    git(folder, "init", "--quiet")
    return folder


def rebuilt(languages: Path, act: Act, dependents: str, image: str) -> ActRun:
    (languages / "dependents.json").write_text(dependents)
    git(languages, "add", "--all")
    git(languages, "commit", "--quiet", "--message", "What is made from what")
    return act.run(languages, WORKFLOW, "workflow_dispatch", {"ref": "refs/heads/main", "inputs": {"image": image}})


def told(ran: ActRun, name: str) -> list[Job]:
    """Return what each job of a matrix was told, as its step printed it."""
    printed: dict[str, str] = {}
    for event in ran.events:
        if event.get("raw_output") and event["jobID"] == name:
            printed[event["job"]] = printed.get(event["job"], "") + event["msg"]
    return [json.loads(text) for text in printed.values()]


def job(version: str, wave: int, image: str, base: str, repository: str) -> Job:
    return {"repository": repository, "version": version, "image": image, "from": base, "wave": wave}


def wide(count: int) -> Mapping[str, object]:
    """Return images that are all made from one."""
    return {f"leaf{number} (1)": entry("o/base:1", f"o/leaf{number}:1-1") for number in range(count)}


def test_a_wave_begins_after_the_one_before(languages: Path, act: Act) -> None:
    ran = rebuilt(languages, act, NOTES, "python:3.7.4")
    assert ran.exit_code == 0, str(ran)
    assert ran.jobs == {"plan": "success", "first": "success", "second": "success"}
    base, framework = "cyberdojofoundation/python:3.7.4", "cyberdojofoundation/python_assert:3.7.4-22"
    assert told(ran, "first") == [job("3.7.4", 1, base, "python:3.7.4", "python")]
    assert told(ran, "second") == [job("3.7.4", 2, framework, base, "python-assert")]
    ended = [event["jobID"] for event in ran.events if "jobResult" in event]
    assert ended == ["plan", "first", "second"]


@pytest.mark.parametrize(
    ("image", "begun"), [("cyberdojofoundation/python:3.7.4", ["plan", "first"]), ("python-assert", ["plan"])]
)
def test_a_job_without_a_matrix_is_skipped(languages: Path, act: Act, image: str, begun: list[str]) -> None:
    ran = rebuilt(languages, act, NOTES, image)
    assert ran.exit_code == 0, str(ran)
    assert ran.jobs == dict.fromkeys(begun, "success")


def test_more_jobs_than_a_matrix_may_have_are_in_the_next_and_none_is_lost(languages: Path, act: Act) -> None:
    leaves = wide(257)
    ran = rebuilt(languages, act, text_of({"base (1)": entry("x", "o/base:1"), **leaves}), "base (1)")
    assert ran.exit_code == 0, str(ran)
    first, second = told(ran, "first"), told(ran, "second")
    assert (len(first), len(second)) == (256, 1)
    assert {f"{each['repository']} ({each['version']})" for each in first + second} == set(leaves)


def test_more_matrices_than_jobs_start_none_of_them(languages: Path, act: Act) -> None:
    above = {"above (1)": entry("o/leaf0:1", "o/above:1-1"), "top (1)": entry("o/above:1", "o/top:1-1")}
    ran = rebuilt(languages, act, text_of({"base (1)": entry("x", "o/base:1"), **wide(1), **above}), "base (1)")
    assert ran.exit_code == 1, str(ran)
    assert [note.message for note in ran.annotations] == ["there are more matrices than jobs here; add a third"]
    assert (told(ran, "first"), told(ran, "second")) == ([], [])
