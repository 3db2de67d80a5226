from __future__ import annotations

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.rules import list_edits
from tests.support import ROOT

PY = "https://github.com/a/python-unittest"


def edited(text: str, entry: str) -> str:
    return list_edits.edit(LanguagesList("list", text), ListEntry.parse(entry)).text


@pytest.mark.parametrize(
    ("before", "entry", "after"),
    [
        (f"{PY}?tag=3.7.4-18\n", "3.7.4-19", f"{PY}?tag=3.7.4-19\n"),
        (f"{PY}?tag=3.7.3-2\n{PY}?tag=3.7.4-18\n", "3.7.4-19", f"{PY}?tag=3.7.3-2\n{PY}?tag=3.7.4-19\n"),
        (f"{PY}?tag=3.7.4-9\n", "3.7.4-10", f"{PY}?tag=3.7.4-10\n"),
        (f"{PY}.git?tag=3.7.4-18", "3.7.4-19", f"{PY}.git?tag=3.7.4-19"),  # no last line end
        (f"  {PY}?tag=3.7.4-18  # why\r\n\r\n# end", "3.7.4-19", f"  {PY}?tag=3.7.4-19  # why\r\n\r\n# end"),
        (f"{PY}\n", "3.7.4-1", f"{PY}?tag=3.7.4-1\n"),  # was at master
        (f"0230227@{PY}\n", "3.7.4-1", f"{PY}?tag=3.7.4-1\n"),  # the older form
        (f"\ufeff{PY}?tag=3.7.4-18\n", "3.7.4-19", f"\ufeff{PY}?tag=3.7.4-19\n"),  # it is no part of the line
        (f"\ufeff# x\r\n{PY}?tag=3.7.4-18", "3.7.4-19", f"\ufeff# x\r\n{PY}?tag=3.7.4-19"),
        (f"\ufeff{PY}?tag=3.8-1\n", "3.7-1", f"\ufeff{PY}?tag=3.7-1\n{PY}?tag=3.8-1\n"),
        (f"\ufeff{PY}?tag=3.8-1\n", "3.9-1", f"\ufeff{PY}?tag=3.8-1\n{PY}?tag=3.9-1\n"),
        (f"{PY}?tag=3.7.4\n", "3.7.4-1", f"{PY}?tag=3.7.4-1\n"),  # no revision: before revision 1
        (f"{PY}?tag=3.7.4-18\n", "3.7.5-1", f"{PY}?tag=3.7.4-18\n{PY}?tag=3.7.5-1\n"),
        (f"{PY}?tag=3.10-1\nx/y\n{PY}?tag=3.8-1\n", "3.9-1", f"{PY}?tag=3.10-1\nx/y\n{PY}?tag=3.8-1\n{PY}?tag=3.9-1\n"),
        (f"x/y\n{PY}?tag=3.10-1\n", "3.9-1", f"x/y\n{PY}?tag=3.9-1\n{PY}?tag=3.10-1\n"),
        (
            f"{PY}?tag=3.9-1\nx/y\n{PY}?tag=3.8-1\nx/z\n",
            "3.10-1",
            f"{PY}?tag=3.9-1\n{PY}?tag=3.10-1\nx/y\n{PY}?tag=3.8-1\nx/z\n",
        ),  # behind the nearest of the older ones
        (
            f"{PY}?tag=3.11-1\nx/y\n{PY}?tag=3.10-1\nx/z\n",
            "3.9-1",
            f"{PY}?tag=3.11-1\nx/y\n{PY}?tag=3.9-1\n{PY}?tag=3.10-1\nx/z\n",
        ),  # before the nearest of the newer ones
        (f"{PY}?tag=3.7.4-9\n{PY}?tag=3.7.4-10\n", "3.7.4-11", f"{PY}?tag=3.7.4-9\n{PY}?tag=3.7.4-11\n"),
        (f"{PY}?tag=3.8-1\r\nx/y", "3.9-1", f"{PY}?tag=3.8-1\r\n{PY}?tag=3.9-1\r\nx/y"),
        (f"{PY}?tag=3.8-1\nx/y\r\n", "3.9-1", f"{PY}?tag=3.8-1\n{PY}?tag=3.9-1\nx/y\r\n"),  # of both line ends
        (f"x/y\r\n{PY}?tag=3.8-1", "3.9-1", f"x/y\r\n{PY}?tag=3.8-1\r\n{PY}?tag=3.9-1"),
        (f"{PY}?tag=3.8-1", "3.9-1", f"{PY}?tag=3.8-1\n{PY}?tag=3.9-1"),
        (f"{PY}?tag=3.14-1\n", "3.14.0-1", f"{PY}?tag=3.14-1\n{PY}?tag=3.14.0-1\n"),  # two lines by their text
        ("", "3.7.4-1", f"{PY}?tag=3.7.4-1\n"),
        ("two words\nx/y\n", "3.7.4-1", f"two words\nx/y\n{PY}?tag=3.7.4-1\n"),  # it cannot be put in order
        ("https://x/z\nhttps://x/a\n", "3.7.4-1", f"https://x/z\nhttps://x/a\n{PY}?tag=3.7.4-1\n"),  # not sorted
        (
            "https://github.com/a/bash\nhttps://github.com/a/ruby\n",
            "3.7.4-1",
            f"https://github.com/a/bash\n{PY}?tag=3.7.4-1\nhttps://github.com/a/ruby\n",
        ),
        (f"https://github.com/a/python-unittest-2?tag=3.7.4-18\n{PY}?tag=3.7.4-1\n", "3.7.4-19", None),
        (f"https://github.com/b/python-unittest?tag=3.7.4-18\n{PY}?tag=3.7.4-1\n", "3.7.4-19", None),
        (f"two words\n{PY}?tag=3.7.4-1\n", "3.7.4-19", None),  # another line that cannot be read is left
    ],
)
def test_one_line_changes_and_no_other_byte(before: str, entry: str, after: str | None) -> None:
    expected = before.replace("3.7.4-1\n", f"{entry}\n") if after is None else after
    assert edited(before, f"{PY}?tag={entry}") == expected


@pytest.mark.parametrize(
    ("listed", "entry", "there"),
    [
        ("3.7.4-18", "3.7.4-18", True),
        ("3.7.4-19", "3.7.4-18", True),
        ("3.7.4-18", "3.7.4-19", False),
        ("3.7.5-1", "3.7.4-1", False),
        ("3.7.4", "3.7.4-1", False),
        ("main", "3.7.4-1", False),
    ],
)
def test_a_release_or_a_newer_one_is_there(listed: str, entry: str, *, there: bool) -> None:
    wanted = ListEntry.parse(f"{PY}.git?tag={entry}")
    assert list_edits.has(LanguagesList("list", f"{PY}?tag={listed}\n"), wanted) is there


@pytest.mark.parametrize(
    "text",
    [
        f"{PY}?tag=",
        f"{PY}?branch=x",
        f"{PY}?tag=-x",
        f"{PY}?tag=a..b",
        f"{PY}?tag=$(id)",
        "--upload-pack=x?tag=1",
        "ext::sh -c id",
        "https://user:password@github.com/a/b?tag=1",
    ],
)
def test_a_line_that_is_none(text: str) -> None:
    with pytest.raises(BadInput):
        ListEntry.parse(text)


@pytest.mark.parametrize("text", [PY, f"{PY}.git?tag=3.7.4-18", f"0230227@{PY}", "/srv/git/x?tag=main"])
def test_a_line_is_written_as_it_was_read(text: str) -> None:
    assert str(ListEntry.parse(text)) == text


def test_several_words_on_a_line_are_told_with_their_place() -> None:
    with pytest.raises(BadInput, match="list:2: 'two words'"):
        list(LanguagesList("list", "# one\ntwo words\n").lines())


def test_every_line_of_the_real_list_is_read() -> None:
    text = (ROOT / "tests/data/git_repo_urls.tagged").read_text()
    lines = list(LanguagesList("list", text).lines())
    assert len(lines) == len(text.splitlines()) == 82
    assert "".join(f"{line.entry}\n" for line in lines) == text
