"""The page that a person reads: grouped, aligned, with what is to be done by hand."""

from __future__ import annotations

from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.adopt.rules.table import numbers, table


def test_the_page_has_a_row_for_each_repository_and_what_a_person_must_do() -> None:
    rows = (
        Adoption(place="o/unittest", stage=Stage.WAITS, why="waits for the first release of o/python"),
        Adoption(
            place="o/x", stage=Stage.TAG, command="ltf-ci next --push", by_hand=("look at main.yml",), secrets=("A: b",)
        ),
        Adoption(
            place="o/python",
            stage=Stage.PLANNED,
            why="open a pull request",
            changes=("4 new files", "-docker/Dockerfile"),
        ),
    )
    assert (
        table(rows)
        == """\
a run would do it (1):
  o/python    open a pull request: 4 new files, -docker/Dockerfile

ready for the first tag (1):
  o/x         ready: push the first tag there, by ltf-ci next --push

waits for the release of another repository (1):
  o/unittest  waits for the first release of o/python

a person must do (1):
  o/x  look at main.yml

secrets that workflows need, which an owner may set for all its repositories:
  o  A: b (1 repositories)

3 repositories: 1 planned, 1 tag, 1 waits
"""
    )


def test_no_repositories_are_no_page() -> None:
    assert numbers(()) == "no repositories"
