"""What begins in a languages repository: how its lines stay readable for older readers, and its lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ltf_ci.languages.languages_list import LanguagesList, Line
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.rules.list_form import ListForm
from ltf_ci.model.layout import LIST_FORM, LIST_PLACES, SETTINGS
from ltf_ci.model.remote_repository import Files

KNOWN_PLACES = ("data/{name}/git_repo.url",)  # from which the fleet's list is generated
_WHY = """\
# How a release is written into the list. Older readers know `SHA7@URL` alone: remove both lines when none is left
# (docs/languages-list.md, "Lines that stay").
"""


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Files that may repeat the list's lines, by their pattern; the `example` does if its text is that `line`."""

    pattern: str
    example: str
    line: str


def repeats_of(text: str, path: str) -> Iterator[ListPlace]:
    """Return the places where the fleet's list may be repeated; none where a line is not by commit."""
    lines = _lines(text, path)
    if lines and all(line.entry.commit for line in lines):
        for pattern in KNOWN_PLACES:
            example = pattern.replace("{name}", lines[0].entry.url.name)
            yield ListPlace(pattern, example, f"{lines[0].entry}\n")


def list_settings(text: str, path: str, settings: str | None, places: tuple[ListPlace, ...]) -> Files:
    """Return settings that keep the lines by commit, where all are and nothing is settled yet."""
    lines = _lines(text, path)
    if settings is not None or not lines or not all(line.entry.commit for line in lines):
        return {}
    rows = [f"{LIST_FORM}: {ListForm.COMMIT}", *(f'{LIST_PLACES}: "{place.pattern}"' for place in places)]
    return {SETTINGS: _WHY + "".join(f"{row}\n" for row in rows)}


def without_lock(text: str, path: str, lock: str | None) -> Files:
    """Return an empty lock, where there is none and no line has a release; `list lock --write` begins any other."""
    is_begun = lock is not None or any(line.entry.tag for line in _lines(text, path))
    return {} if is_begun else {lock_path(path): str(Lock({}))}


def _lines(text: str, path: str) -> tuple[Line, ...]:
    return tuple(line for line in LanguagesList(path, text).every_line() if isinstance(line, Line))
