"""A release whose display name another line of the list has too is told with its pull request."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.languages.rules import bumping
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.languages.rules.wanted_changes import Bump
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.remote_repository import Branch, RepositoryState, UpsertPullRequest

AWK, OTHER = "https://github.com/a/awk-diff", "https://github.com/a/sp"
LOCKED = LockEntry("b" * 40, "o/sp:1.3.4-2", f"sha256:{'d' * 64}", "Awk (1.3.4), diff")


def decided(listed: str, *names: tuple[str, str], name: str = LOCKED.display_name) -> UpsertPullRequest:
    """Bump the other repository to 1.3.4-2; `names` are the display names that the lock has of lines."""
    lock = json.dumps({key: asdict(replace(LOCKED, display_name=each)) for key, each in names})
    files = {"list": listed, "languages.lock.json": lock, "dependents.json": None, SETTINGS: None}
    main = Branch(name="main", head="a" * 40, message="x", files=files)
    change = ListChange(entry=ListEntry.parse(f"{OTHER}?tag=1.3.4-2"), locked=replace(LOCKED, display_name=name))
    decision = bumping.decide(
        RepositoryState(name="ltf-ci/x", base=main), Bump(changes=(change,), branch="ltf-ci/x", list_path="list")
    )
    assert isinstance(decision, UpsertPullRequest)
    return decision


@pytest.mark.parametrize("own", ["", f"{OTHER}?tag=1.3.4-1\n"], ids=["new", "bumped"])
def test_it_is_a_warning_at_its_line_and_in_the_text(own: str) -> None:
    key = f"{AWK}?tag=1.3.4-7"
    decision = decided(f"# list\n{key}\n{own}", (key, LOCKED.display_name))
    (finding,) = decision.findings
    assert (finding.rule, str(finding.severity), str(finding.place)) == ("list-display-name", "warning", "list:3")
    assert finding.found == "the display name 'Awk (1.3.4), diff' of sp is that of awk-diff in line 2 too"
    assert decision.text.body.startswith("**Warning:** the display name")


@pytest.mark.parametrize("bad", ["two words", "https://github.com/a/x?tag="])
def test_a_line_that_cannot_be_read_stops_no_other_one(bad: str) -> None:
    key = f"{AWK}?tag=1.3.4-7"
    (finding,) = decided(f"{bad}\n{key}\n", (key, LOCKED.display_name)).findings
    assert "in line 2 too" in finding.found


def test_a_key_of_the_lock_that_cannot_be_read_names_no_line() -> None:
    assert decided(f"{AWK}?tag=1.3.4-7\n", ("a b?tag=1.3.4-7", LOCKED.display_name)).findings == ()


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        (f"{AWK}?tag=1.3.4-7\n", [(f"{AWK}?tag=1.3.4-7", "Awk (1.3.4), bats")]),
        (f"{AWK}?tag=1.3.4-7\n", []),  # the lock does not know it
        ("", [(f"{AWK}?tag=1.3.4-7", LOCKED.display_name)]),  # it is not listed any more
        (f"{AWK}?tag=1.3.4-8\n", [(f"{AWK}?tag=1.3.4-7", LOCKED.display_name)]),
        (f"{OTHER}?tag=1.3.4-1\n", [(f"{OTHER}?tag=1.3.4-1", LOCKED.display_name)]),  # the line that it replaces
        (f"{AWK}?tag=1.3.4-7\n", [(f"{AWK}", LOCKED.display_name)]),
        (f"{AWK}?tag=1.3.4-7\n", [(f"{AWK}?tag=1.3.4-7", "")]),
    ],
)
def test_what_no_other_line_has_is_no_warning(listed: str, names: list[tuple[str, str]]) -> None:
    decision = decided(listed, *names)
    assert decision.findings == ()
    assert "Warning" not in decision.text.body
