"""Who waits for whom."""

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


def test_bases_come_first_and_a_cycle_keeps_nobody_waiting_for_ever() -> None:
    cycle = maker("a", "ghcr.io/o/b:191902b"), maker("b", "ghcr.io/o/a:191902b")
    order = waiting.bases_first((*FLEET, *cycle))
    assert [each.place for each in order if each in (PYTHON, UNITTEST, START)] == [
        "images/python",
        "images/unittest",
        "starts/unittest",
    ]
    assert (order[START], order[UNITTEST]) == ((UNITTEST,), (PYTHON,))
    assert [(each.place, [base.place for base in order[each]]) for each in order if each in cycle] == [
        ("images/b", []),
        ("images/a", ["images/b"]),
    ]


def test_however_many_are_above_each_other_each_comes_after_its_base() -> None:
    chain = [maker(f"image{number}", f"ghcr.io/o/image{number - 1}:191902b") for number in range(2000)]
    assert [*waiting.bases_first(reversed(chain))] == chain
