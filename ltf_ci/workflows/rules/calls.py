"""Which workflows call ltf-ci: its action, or one of its reusable workflows, by whichever fork."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_USES = re.compile(r"""(?<![\w-])uses["']?:\s*["']?[^\s/@"']+/ltf-ci(?:/\.github/workflows/(?P<workflow>[^@\s]+))?@""")
_BEFORE_KEY = re.compile(r"""[ ]*(?P<dashes>(?:-[ ]+)*)["']?""")


class Call(NamedTuple):
    """The job or step that calls ltf-ci: its lines, the first one's number from 1, and the reusable workflow's name.

    The name is empty where it calls the action.
    """

    workflow: str
    line: int
    text: str


def called(text: str) -> frozenset[str]:
    """Return the reusable workflows of ltf-ci that a workflow calls, by file name; an empty name is the action."""
    return frozenset(call.workflow for call in calls(text))


def calls(text: str) -> Iterator[Call]:
    """Return each job or step of a workflow that calls ltf-ci, without what is another one's, or a comment."""
    lines = ["" if line.lstrip().startswith("#") else line for line in text.splitlines()]
    for number, line in enumerate(lines):
        for found in _USES.finditer(line):
            column = _key_column(line)
            is_in_braces = found.start() > column + 1  # else the key may be in quotes
            first = number if is_in_braces else _first_of(lines, number, column)
            last = _after(lines, number, len(line) - len(line.lstrip()) + 1 if is_in_braces else column)
            yield Call(found["workflow"] or "", first + 1, "\n".join(lines[first:last]))


def _first_of(lines: Sequence[str], number: int, column: int) -> int:
    """Return the first line of the mapping that a line belongs to, whose keys begin at a column."""
    while number > 0 and not _begins_item(lines[number], column) and _is_in(lines[number - 1], column):
        number -= 1
    return number


def _after(lines: Sequence[str], number: int, column: int) -> int:
    """Return the line after the mapping that a line belongs to."""
    rest = range(number + 1, len(lines))
    return next((at for at in rest if not _is_in(lines[at], column) or _begins_item(lines[at], column)), len(lines))


def _is_in(line: str, column: int) -> bool:
    return not line.strip() or _key_column(line) >= column


def _begins_item(line: str, column: int) -> bool:
    """Whether a line begins an item of a list whose keys begin at a column."""
    return _key_column(line) == column and line.lstrip().startswith("- ")


def _key_column(line: str) -> int:
    found = _BEFORE_KEY.match(line)
    return found.end("dashes") if found else 0
