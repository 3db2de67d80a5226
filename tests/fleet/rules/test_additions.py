"""New entries of dependents.json: bases first, on a branch of their own, as text of which nothing is markup."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.fleet.rules import additions
from ltf_ci.languages.dependents import Dependents
from ltf_ci.languages.rules.branch_contents import PREFIX
from tests.support.dependents import entry, parsed

THERE = parsed(json.dumps({"python (3.7.4)": entry("python:3.7.4", "o/python:3.7.4-1")}))


def dependents(**bases: str) -> Dependents:
    """Return entries o/NAME of version 3.7.5, by what each is made FROM."""
    return parsed(json.dumps({f"{name} (3.7.5)": entry(base, f"o/{name}:3.7.5-1") for name, base in bases.items()}))


def test_a_base_comes_before_what_is_made_from_it_however_they_are_given() -> None:
    some = dependents(approval="o/pytest:3.7.5-1", pytest="docker.io/o/python:3.7.5", python="python:3.7.5").entries
    for given in permutations(some):
        keys = [each.repository for each in additions.in_order(given)]
        assert keys == ["python", "pytest", "approval"]


def test_a_circle_is_named_whole() -> None:
    with pytest.raises(BadInput) as told:
        additions.in_order(dependents(a="o/b:3.7.5-1", b="o/a:3.7.5-1", c="x:1").entries)
    assert all(f"{name} (3.7.5)" in told.value.found for name in "ab")
    assert "c (3.7.5)" not in told.value.found


@pytest.mark.parametrize(
    ("base", "ours", "without"),
    [
        ("o/python:3.7.4-1", ["o/python:3.7.4-1"], []),
        ("docker.io/o/python:3.7.4-2", ["docker.io/o/python:3.7.4-2"], []),  # any revision, any spelling
        ("o/python:3.7.5-1", ["o/python:3.7.5-1"], ["o/python:3.7.5-1"]),
        ("debian:13", [], []),  # somebody else's
    ],
)
def test_which_bases_must_be_there(base: str, ours: list[str], without: list[str]) -> None:
    some = dependents(pytest=base).entries
    assert [str(image) for _, image in additions.bases_of_ours(THERE, some)] == ours
    assert [str(image) for _, image in additions.bases_without_entry(THERE, some)] == without


def test_a_base_that_is_added_along_is_there() -> None:
    some = dependents(python="python:3.7.5", pytest="o/python:3.7.5-1").entries
    assert [*additions.bases_without_entry(THERE, some)] == []


def test_a_branch_is_the_same_for_the_same_entries_and_never_a_releases() -> None:
    one, two = dependents(a="x:1", b="x:1").entries
    assert additions.branch_name([one]) == "ltf-ci-dependents/a-3.7.5"
    both = additions.branch_name([one, two])
    assert both == additions.branch_name([two, one]) != additions.branch_name([one])
    assert not both.startswith(PREFIX)


def test_the_text_names_each_entry_its_bases_and_its_image() -> None:
    one, two = dependents(a="x:1", b="o/a:3.7.5-1").entries
    assert additions.text([one])[0] == "Add a (3.7.5) to the dependents"
    title, body = additions.text([one, two])
    assert (title, body.splitlines()[2:]) == (
        "Add 2 entries to the dependents",
        ["| a (3.7.5) | `x:1` | `o/a:3.7.5-1` |", "| b (3.7.5) | `o/a:3.7.5-1` | `o/b:3.7.5-1` |"],
    )
