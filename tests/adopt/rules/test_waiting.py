"""Who waits for whom, and which command makes the first tag."""

from __future__ import annotations

import pytest

from ltf_ci.adopt.rules import waiting
from ltf_ci.adopt.rules.waiting import Maker
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion


def maker(name: str, *bases: str, start: bool = False, version: str = "") -> Maker:
    owner = "starts" if start else "images"
    return Maker(
        place=f"{owner}/{name}",
        image=ImageName.parse(f"ghcr.io/o/{name}"),
        bases=bases,
        is_start_point=start,
        version=LanguageVersion(version) if version else None,
    )


PYTHON = maker("python", "python:slim")
UNITTEST = maker("unittest", "ghcr.io/o/python:191902b")
START = maker("unittest", "ghcr.io/o/unittest:9e3179c", start=True, version="3.14.3")
ITSELF = maker("csharp", "ghcr.io/o/csharp:00c6804")
RELEASED = maker("pytest", "ghcr.io/o/python:3.14.3-1")
STAGES = maker("both", "ghcr.io/o/python:191902b", "ghcr.io/o/unittest:9e3179c", "ghcr.io/o/python:191902c")
FLEET = (START, UNITTEST, PYTHON, ITSELF, RELEASED, STAGES)


@pytest.mark.parametrize(
    ("one", "below"),
    [
        pytest.param(PYTHON, (), id="a public base"),
        pytest.param(UNITTEST, (PYTHON,), id="a base by a commit"),
        pytest.param(START, (UNITTEST,), id="a start point, by the image of its own name"),
        pytest.param(ITSELF, (), id="nothing waits for itself"),
        pytest.param(RELEASED, (), id="a base by its release"),
        pytest.param(STAGES, (PYTHON, UNITTEST), id="several stages, each once"),
        pytest.param(maker("far", "ghcr.io/other/python:191902b"), (), id="an image of no repository here"),
    ],
)
def test_a_repository_waits_for_what_it_names_by_a_commit(one: Maker, below: tuple[Maker, ...]) -> None:
    assert waiting.bases_by_commit(one, waiting.image_makers(FLEET)) == below


@pytest.mark.parametrize(
    ("one", "command"),
    [
        pytest.param(START, "ltf-ci next --push", id="its own display name has the version"),
        pytest.param(UNITTEST, "ltf-ci next --language-version 3.14.3 --push", id="its start point's has it"),
        pytest.param(PYTHON, "ltf-ci next --language-version VERSION --push", id="a person must say it"),
    ],
)
def test_the_first_tag_has_a_version_that_some_repository_says(one: Maker, command: str) -> None:
    assert waiting.first_tag(one, waiting.versions(FLEET)) == command
