"""What a pull request shows of what was there before: a value, that it is the same, or that it is not known."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace

import pytest

from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.languages.rules import bumping
from ltf_ci.languages.rules.pull_text import ImageFacts, ListChange, pull_text
from ltf_ci.languages.rules.wanted_changes import Bump
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.remote_repository import Branch, RepositoryState, UpsertPullRequest
from ltf_ci.model.repository_url import RepositoryUrl

URL = "https://github.com/a/py"
ENTRY, OLDER = (ListEntry.parse(f"{URL}?tag=3.7.4-{number}") for number in (2, 1))
NOW = LockEntry("b" * 40, "o/py:3.7.4-2", f"sha256:{'d' * 64}", "Python (3.7.4), unittest", "red, amber, green")
BEFORE = replace(NOW, commit="a" * 40, image="o/py:3.7.4-1", digest=f"sha256:{'c' * 64}", traffic_light="red, green")
CHANGE = ListChange(entry=ENTRY, locked=NOW)
SAME = ImageFacts(2_000_000, "python:3.7.4@sha256:1", "e" * 40, "Python, unittest")


def table(change: ListChange, *facts: ImageFacts) -> dict[str, list[str]]:
    """Return the rows of a pull request's table; facts are those of the image now and before."""
    known = dict(zip([image for image in (change.content, change.image_before) if image], facts, strict=False))
    lines = [line for line in pull_text([change], known).body.splitlines() if line.startswith("| ")]
    return {cells[0]: cells[1:] for cells in (re.split(r" *\| *", line.strip("| ")) for line in lines)}


def test_where_nothing_was_before_there_is_no_column_of_it() -> None:
    rows = table(CHANGE, SAME)
    assert rows["what"] == ["now"]
    assert {len(cells) for cells in rows.values()} == {1}


def test_what_the_lock_had_is_shown_and_what_is_the_same_is_said() -> None:
    rows = table(CHANGE.replacing(OLDER, BEFORE), SAME, SAME)
    assert [rows[name][1] for name in ("base", "display name")] == ["the same", "the same"]
    assert rows["commit"][1].startswith("[`aaaaaaa`](")
    assert rows["digest"][1] == f"`{BEFORE.digest[:19]}`"
    assert rows["start files"][1] == "red, green"


def test_without_a_lock_the_image_says_what_it_is_of() -> None:
    rows = table(CHANGE.replacing(OLDER), SAME, replace(SAME, base="python:3.7.4@sha256:0"))
    assert rows["commit"][1].startswith("[`eeeeeee`](")
    assert rows["display name"][1] == r"Python, unittest"
    assert rows["base"][1] == "`python:3.7.4@sha256:0`"
    assert rows["digest"][1] == "not known"


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        (CHANGE.replacing(OLDER), ()),
        (CHANGE.replacing(OLDER), (SAME,)),
        (CHANGE.replacing(OLDER, BEFORE), (SAME, ImageFacts())),
        (CHANGE.replacing(OLDER, replace(BEFORE, traffic_light="", display_name="")), (SAME, SAME)),
        (CHANGE.replacing(ListEntry(RepositoryUrl(URL), "", "417d013")), (SAME,)),
        (replace(CHANGE, locked=None).replacing(OLDER, BEFORE), ()),
        (CHANGE.replacing(replace(OLDER, url=RepositoryUrl("https://github.com/a/older")), BEFORE), (SAME, SAME)),
        (CHANGE, ()),
    ],
)
def test_no_cell_is_empty(change: ListChange, facts: tuple[ImageFacts, ...]) -> None:
    rows = table(change, *facts)
    assert {len(cells) for cells in rows.values()} == {1 + (change.replaced is not None)}
    assert [name for name, cells in rows.items() if not all(cells)] == []


def test_a_line_by_a_commit_has_that_commit_before() -> None:
    rows = table(CHANGE.replacing(ListEntry(RepositoryUrl(URL), "", "417d013")), SAME)
    assert rows["release"][1] == "`417d013`"
    assert "`417d013`" in rows["commit"][1]


def test_a_bump_looks_the_release_before_up_in_the_lock() -> None:
    lock = json.dumps({str(OLDER): asdict(BEFORE)})
    files = {"list": f"{OLDER}\n", "languages.lock.json": lock, "dependents.json": None, SETTINGS: None}
    main = Branch(name="main", head="a" * 40, message="x", files=files)
    wanted = Bump(changes=(CHANGE,), branch="ltf-ci/x", list_path="list")
    decision = bumping.decide(RepositoryState(name="ltf-ci/x", base=main), wanted)
    assert isinstance(decision, UpsertPullRequest)
    assert f"`{BEFORE.digest[:19]}`" in decision.text.body


def test_a_repository_on_this_machine_is_named_by_its_image() -> None:
    entry = ListEntry(RepositoryUrl("/srv/origin"), "3.7.4-2")
    assert pull_text([replace(CHANGE, entry=entry)], {}).title == "Add py 3.7.4-2"
