"""Entries of new version lines, proposed to the languages repository at the stand-in for GitHub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ltf_ci.clients.registry.media_types import MANIFESTS
from tests.support.fleet import Fleet
from tests.support.repositories import LtfRepository, git, manifest_text
from tests.support.result import Result

pytestmark = pytest.mark.machine

NAME = "cyber-dojo/languages"
FILE, LIST = "dependents.json", "git_repo_urls.tagged"
OLDER = """{
  "python (3.7.4)": {"from": "python:3.7.4", "image_name": "PLACE/python:3.7.4", "test_framework": false},
  "pytest (3.7.4)": {"from": "PLACE/python:3.7.4", "image_name": "PLACE/pytest:3.7.4-5", "test_framework": true}
}
"""


def repository(folder: Path, fleet: Fleet, name: str, base: str) -> str:
    """Make a repository with a release of 3.7.5, and return its line."""
    folder.mkdir()
    ltf = LtfRepository(folder, "Python (3.7.5), pytest", str(fleet.image(name, "3.7.5-1")))
    ltf.manifest.write_text(manifest_text("Python (3.7.5), pytest", str(fleet.image(name, "3.7.5-1"))))
    ltf.write("docker/Dockerfile", f"FROM {base}\n")
    ltf.commit("For 3.7.5-1")
    git(folder, "tag", "--annotate", "--message", "x", "3.7.5-1")
    return f"{folder}?tag=3.7.5-1"


def add(fleet: Fleet, *lines: str) -> Result:
    words = [word for line in lines for word in ("--release", line)]
    environ = {
        "LTF_CI_FORMAT": "json",
        "LTF_CI_RETRY_PAUSE": "0",
        "LTF_CI_TOKEN": fleet.github.token,
        "GITHUB_API_URL": fleet.github.api,
    }
    return fleet.run("dependents", "add", "--languages", NAME, *words, environ=environ)


def test_the_base_comes_first_and_what_is_made_from_it_when_it_is_there(fleet: Fleet, tmp_path: Path) -> None:
    hosted = fleet.github.create_repository(NAME, {FILE: OLDER.replace("PLACE", fleet.place), LIST: ""})
    base = repository(tmp_path / "python", fleet, "python", "python:3.7.5")
    above = repository(tmp_path / "pytest", fleet, "pytest", str(fleet.image("python", "3.7.5-1")))
    result = add(fleet, above)
    assert result.failure == (4, "BaseMissing")
    assert "is made FROM" in result.error.found
    assert hosted.pulls == []
    result = add(fleet, base)
    assert result.ended == (0, "done"), result
    hosted.merge(1)
    fleet.draw({"python": ["python:3.7.4"]})
    fleet.registry.put_manifest(
        fleet.image("python", "3.7.5-1"), fleet.registry.manifest(fleet.newest("python")).content, MANIFESTS[1]
    )
    result = add(fleet, above)
    assert result.ended == (0, "done"), result
    assert hosted.pulls[1].title == "Add pytest (3.7.5) to the dependents"
    hosted.merge(2)
    assert list(json.loads(hosted.read(FILE))) == [
        "python (3.7.4)",
        "python (3.7.5)",
        "pytest (3.7.4)",
        "pytest (3.7.5)",
    ]
    result = add(fleet, above)
    assert result.ended == (0, "nothing-to-do")
    assert len(hosted.pulls) == 2


def test_a_repository_without_the_file_is_told(fleet: Fleet, tmp_path: Path) -> None:
    fleet.github.create_repository(NAME, {LIST: ""})
    result = add(fleet, repository(tmp_path / "python", fleet, "python", "python:3.7.5"))
    assert (result.code, result.error.found) == (3, "the languages repository has no dependents.json")
