from __future__ import annotations

from itertools import permutations

import pytest

from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.rules.branch_contents import TRAILER, BranchRelease, releases_in, winning

PY = "https://github.com/a/python-unittest"
OWN = "ltf-ci/python-unittest-3.7.4"


def one(ref: str, branch: str = OWN, url: str = PY) -> BranchRelease:
    return BranchRelease(ListEntry.parse(f"{url}?tag={ref}"), branch)


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        (one("3.7.4-20"), one("3.7.4-19", "ltf-ci/security")),
        (one("3.7.4-20", "ltf-ci/security"), one("3.7.4-19")),
        (one("3.7.4-10", "ltf-ci/a"), one("3.7.4-9", "ltf-ci/z")),
        (one("3.7.4-1"), one("3.7.4", "ltf-ci/security")),
        (one("3.7.4-19", "ltf-ci/a"), one("3.7.4-19")),
        (one("3.7.4-19", "ltf-ci/security"), one("3.7.4-19", "ltf-ci/releases")),
        (one("3.7.4-19", "ltf-ci/a", f"{PY}.git"), one("3.7.4-19")),
    ],
    ids=["newer", "newer in a group", "by number", "the first revision", "a group", "a later name", ".git"],
)
def test_of_two_the_same_one_always_wins(winner: BranchRelease, loser: BranchRelease) -> None:
    assert (winner.wins_over(loser), loser.wins_over(winner)) == (True, False)


@pytest.mark.parametrize("other", [one("3.7.5-20"), one("3.7.4-20", url="https://github.com/b/python-unittest")])
def test_other_lines_and_repositories_do_not_compete(other: BranchRelease) -> None:
    assert not other.wins_over(one("3.7.4-19"))
    assert not one("3.7.4-19").wins_over(other)


def test_of_any_number_exactly_one_loses_to_none() -> None:
    branches = (OWN, "ltf-ci/releases", "ltf-ci/security")
    every = [one(tag, branch) for tag in ("3.7.4-9", "3.7.4-10") for branch in branches]
    for some in permutations(every, 3):
        assert len([each for each in some if not winning(some, [each])]) == 1


def test_a_trailer_that_names_no_release_says_nothing() -> None:
    said = [f"{PY}?tag=3.7.4-19", "::error::x", f"{PY}?tag=--upload-pack=x", PY, "", f"{PY}?branch=x"]
    message = "\n".join(["Bump", "", f"{PY}?tag=3.7.4-20", *(f"{TRAILER}{text}" for text in said)])
    assert releases_in(message, OWN) == (one("3.7.4-19"),)
