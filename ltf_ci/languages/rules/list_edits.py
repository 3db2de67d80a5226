"""Where a release's line goes in the languages list: one line changes or is added, no other byte is touched."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ltf_ci.errors import BadInput
from ltf_ci.languages.languages_list import BYTE_ORDER_MARK, LanguagesList, Line, ListEntry
from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.release_tag import ReleaseTag


@dataclass(frozen=True, slots=True)
class ListEdit:
    """A list's text with a release in it: the entry as it is written, and the one that it took the place of."""

    text: str
    written: ListEntry
    replaced: ListEntry | None = None


def has(listed: LanguagesList, wanted: ListEntry) -> bool:
    """Whether the list has this release, or a newer one of its version line."""
    same = _of_version(listed.of(wanted.url), wanted)
    return any(line.entry.tag >= wanted.tag for line in same if line.entry.tag and wanted.tag)


def edit(listed: LanguagesList, wanted: ListEntry) -> ListEdit:
    """Put a release that is not in the list in its version line's place, or next to its repository's other lines."""
    there = listed.of(wanted.url)
    tagged = [line for line in there if line.entry.tag]
    if not tagged and len(there) == 1:  # the first release of a repository that was listed by branch or commit
        return _replaced(listed, there[0], wanted)
    same = _of_version(there, wanted)
    if same:
        return _replaced(listed, max(same, key=_tag), wanted)
    return _added(listed, tagged, wanted)


def _of_version(lines: Iterable[Line], wanted: ListEntry) -> list[Line]:
    version = wanted.tag.version if wanted.tag else None
    return [line for line in lines if line.entry.tag and line.entry.tag.version == version]


def _tag(line: Line) -> ReleaseTag:
    return line.entry.tag or ReleaseTag.parse("0")


def _spelled(line: Line, wanted: ListEntry) -> ListEntry:
    """Return the entry with the address as the list writes it."""
    return replace(wanted, url=line.entry.url)


def _replaced(listed: LanguagesList, line: Line, wanted: ListEntry) -> ListEdit:
    written = _spelled(line, wanted)
    edit = TextEdit(line.start, line.end, str(written))
    return ListEdit(apply_edits(listed.text, [edit]), written, line.entry)


def _added(listed: LanguagesList, tagged: list[Line], wanted: ListEntry) -> ListEdit:
    older = [line for line in tagged if wanted.tag and _tag(line) < wanted.tag]
    if older:
        nearest = max(older, key=_tag)
        return _inserted(listed, _end_of_line(listed.text, nearest.end), _spelled(nearest, wanted))
    if tagged:
        nearest = min(tagged, key=_tag)
        return _inserted(listed, _start_of_line(listed.text, nearest.start), _spelled(nearest, wanted))
    return _inserted(listed, _place_of_new_repository(listed, wanted), wanted)


def _inserted(listed: LanguagesList, at: int, written: ListEntry) -> ListEdit:
    """Insert a line that ends as the one before it; behind a last line without a line end, it has none either."""
    text = listed.text
    end = _line_end(text[:at]) or _line_end(text[at:]) or "\n"
    unended = at and text[at - 1] not in ("\n", BYTE_ORDER_MARK)
    line = f"{end}{written}" if unended else f"{written}{end}"
    return ListEdit(apply_edits(text, [TextEdit(at, at, line)]), written)


def _line_end(text: str) -> str:
    """Return a text's last line end; empty where it has none."""
    before, end, _ = text.rpartition("\n")
    return "\r\n" if before.endswith("\r") else end


def _place_of_new_repository(listed: LanguagesList, wanted: ListEntry) -> int:
    """Return its place in the order of a sorted list, else the end."""
    try:
        lines = list(listed.lines())
    except BadInput:  # a line that cannot be read is its owner's business, not this release's
        return len(listed.text)
    keys = [line.entry.url.key for line in lines]
    before = bisect_right(keys, wanted.url.key)
    if keys != sorted(keys) or before == len(keys):
        return len(listed.text)
    return _start_of_line(listed.text, lines[before].start)


def _start_of_line(text: str, at: int) -> int:
    begins = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    return max(text.rfind("\n", 0, at) + 1, begins)


def _end_of_line(text: str, at: int) -> int:
    return text.find("\n", at) + 1 or len(text)
