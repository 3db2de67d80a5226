"""The text of the one issue, and what becomes of it."""

from __future__ import annotations

import re

import pytest

from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.github import Issue
from ltf_ci.model.printable import LONGEST
from ltf_ci.watch.rules.issue import MARKER, CloseIssue, CreateIssue, EditIssue, KeepIssue, decide, doubles, page
from ltf_ci.watch.rules.missing import NOT_ASKED

MOVED = Finding(
    rule="base-moved", place=Place("dependents.json", 3), found="python:3.7.4 is sha256:1 now", cure="Rebuild"
)
UNKNOWN = Finding(rule=NOT_ASKED, place=Place("dependents.json"), found="ghcr.io could not be asked")
GONE = Finding(rule="base-gone", place=Place("dependents.json"), found="ruby:2.7 is gone", expected="a base")
TEXT = page([MOVED])


def issue(body: str, number: int = 1, *, is_open: bool = True) -> Issue:
    return Issue(number, f"https://github.com/a/b/issues/{number}", is_open, body)


@pytest.mark.parametrize(
    ("there", "findings", "expected"),
    [
        ([], [], KeepIssue),
        ([], [MOVED], CreateIssue),
        ([], [UNKNOWN], KeepIssue),
        ([issue("not ours")], [MOVED], CreateIssue),
        ([issue(f"see {MARKER}")], [MOVED], CreateIssue),
        ([issue(TEXT)], [MOVED], KeepIssue),
        ([issue(TEXT.replace("\n", "\r\n").rstrip())], [MOVED], KeepIssue),
        ([], [MOVED, UNKNOWN], CreateIssue),
        ([issue(TEXT)], [MOVED, UNKNOWN], KeepIssue),  # and what the one who could not be asked would have said
        ([issue(page([GONE, MOVED]))], [MOVED, UNKNOWN], KeepIssue),
        ([issue(TEXT)], [GONE, MOVED, UNKNOWN], EditIssue),
        ([issue(TEXT.replace("sha256:1 now", "sha256:1 now, and more"))], [MOVED, UNKNOWN], EditIssue),
        ([issue(TEXT.replace("\n", "\r\n"))], [MOVED, UNKNOWN], KeepIssue),
        ([issue(TEXT)], [UNKNOWN], KeepIssue),
        ([issue(TEXT)], [], CloseIssue),
        ([issue(TEXT, is_open=False)], [], KeepIssue),
        ([issue(TEXT, is_open=False)], [MOVED], KeepIssue),
        ([issue(TEXT, is_open=False)], [MOVED, UNKNOWN], KeepIssue),
        ([issue(page([]), is_open=False)], [MOVED], EditIssue),
    ],
)
def test_what_becomes_of_it(there: list[Issue], findings: list[Finding], expected: type) -> None:
    assert type(decide(there, findings)) is expected


def test_what_could_not_be_asked_is_not_in_the_text() -> None:
    assert decide([], [MOVED, UNKNOWN]) == CreateIssue(TEXT)
    assert decide([issue(TEXT)], [GONE, MOVED, UNKNOWN]) == EditIssue(issue(TEXT), page([GONE, MOVED]))


def test_of_several_the_open_one_counts_and_then_the_newest() -> None:
    there = [issue(page([]), 9, is_open=False), issue(page([]), 2), issue(page([]), 1)]
    assert decide(there, [MOVED]) == EditIssue(there[1], TEXT)
    assert decide([there[0]], [MOVED]) == EditIssue(there[0], TEXT)
    assert doubles([*there, issue("not ours", 3)]) == (there[2],)
    assert doubles(there[:2]) == ()


def test_the_text_has_what_was_found_and_no_line_of_a_file() -> None:
    assert TEXT.startswith(f"{MARKER}\n")
    assert "### Base moved: 1 (`base-moved`)\n\n- python:3.7.4 is sha256:1 now\n\nWhat to do: Rebuild\n" in TEXT
    assert "dependents" not in TEXT


def test_what_others_wrote_is_plain_text() -> None:
    hostile = Finding(rule="unknown", place=Place("x"), found="@everyone <!-- [x](http://x) --> | ## #1\n::error::")
    assert "@everyone" not in page([hostile])
    assert "<!-- [" not in page([hostile])
    assert not re.search(r"(?<!\\)\]\(http|http://", page([hostile]))


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    text = page([Finding(rule="unknown", place=Place("x"), found=f"{number} " + "y" * 100) for number in range(2000)])
    assert len(text) < LONGEST + 100
    assert text.endswith("the run's summary has the rest)*\n")


def test_errors_are_before_warnings() -> None:
    overwritten = MOVED._replace(rule="image-overwritten", severity=Severity.ERROR)
    text = page([MOVED, overwritten])
    assert text.index("### Image overwritten: 1") < text.index("### Base moved: 1")
