"""The title of an adoption's pull request, by which one that a person closed is known again."""

from __future__ import annotations

import pytest

from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.adopt.rules.text import languages_text, pull_text
from ltf_ci.model.remote_repository import Files

OURS = ".github/workflows/ltf-ci-release.yml"
DOCKERFILE = "docker/Dockerfile.base"
ABOUT = Adoption(place="https://github.com/o/python", stage=Stage.PLANNED)
MANY = {f"{letter}.json": "x" for letter in "abcdef"}


@pytest.mark.parametrize(
    ("before", "after", "title"),
    [
        ({OURS: None}, {OURS: "on:"}, "Release this repository with ltf-ci"),
        (
            {OURS: "on:", DOCKERFILE: "FROM o/base:1234567"},
            {OURS: "on:", DOCKERFILE: "FROM o/base:1-1"},
            "Bring up to date for ltf-ci: Dockerfile.base",
        ),
        (
            {OURS: "on:", DOCKERFILE: "FROM a"},
            {OURS: "on: push", DOCKERFILE: "FROM b"},
            "Bring up to date for ltf-ci: ltf-ci-release.yml, Dockerfile.base",
        ),
        (
            {OURS: "on:", **dict.fromkeys(MANY)},
            {OURS: "on:", **MANY},
            "Bring up to date for ltf-ci: a.json, b.json, c.json, d.json, e.json …",
        ),
    ],
)
def test_what_comes_later_has_another_title(before: Files, after: Files, title: str) -> None:
    assert pull_text(before, after, ABOUT).title == title
    follows = title.startswith("Release") and "Follow releases with ltf-ci"
    assert languages_text(before, after).title == (follows or title)
