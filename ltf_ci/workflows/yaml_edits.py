"""Edits of a maintainer's YAML: entries of a mapping are added or replaced, and no other byte changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ltf_ci.errors import Refused
from ltf_ci.model.file_text import TextEdit
from ltf_ci.model.located_json import Located

Entries = Mapping[str, tuple[str, str]]  # value and comment (` # why`) by key


def entry_edits(text: str, mapping: Located, entries: Entries) -> Iterator[TextEdit]:
    """Return the edits that give a mapping these entries: in their places, else behind its last one."""
    missing = dict(entries)
    for name, (value, _) in entries.items():
        member = mapping.member(name)
        if member:
            yield TextEdit(member.start, member.end, spaced(text, member.start) + value)
            del missing[name]
    if not missing:
        return
    last = max((member.end for member in members(mapping)), default=mapping.start + 1)
    if text.startswith("{", mapping.start):
        comma = ", " if mapping.keys else ""
        yield TextEdit(last, last, comma + flow(missing)[1:-1])
        return
    at, end, indent = line_end(text, last), newline(text), " " * (mapping.place.column - 1)
    yield TextEdit(at, at, end + _lines(missing, indent, end).removesuffix(end))


def block_before_uses(text: str, job: Located, name: str, entries: Entries) -> TextEdit:
    """Return a new mapping of a job, in the lines before its `uses`; raise Refused where the job is in braces."""
    place = next(place for key, place in job.keys if key == "uses")
    at = line_start(text, job.member("uses") or job)
    if text.startswith("{", job.start):
        raise Refused(
            f"{place}: the job is in braces", expected="a line for each key", cure="write it in lines of KEY: VALUE"
        )
    indent, end = " " * (place.column - 1), newline(text)
    return TextEdit(at, at, f"{indent}{name}:{end}{_lines(entries, indent + '  ', end)}")


def flow(entries: Entries) -> str:
    """Return the entries in braces, without their comments."""
    return "{" + ", ".join(f"{name}: {value}" for name, (value, _) in entries.items()) + "}"


def members(mapping: Located) -> Iterator[Located]:
    """Return the values of a mapping."""
    for name, _ in mapping.keys:
        member = mapping.member(name)
        if member:
            yield member


def spaced(text: str, at: int) -> str:
    """Return a space where a value is to be written right behind its colon."""
    return " " if text[at - 1 : at] == ":" else ""


def newline(text: str) -> str:
    """Return the line end that a text has."""
    return "\r\n" if "\r\n" in text else "\n"


def line_start(text: str, located: Located) -> int:
    """Return the start of a value's line."""
    return text.rfind("\n", 0, located.start) + 1


def line_end(text: str, at: int) -> int:
    """Return the end of the line, before its line end."""
    match = re.compile(r"\r?\n|\Z").search(text, at)
    return match.start() if match else len(text)


def _lines(entries: Entries, indent: str, end: str) -> str:
    return "".join(f"{indent}{name}: {value}{comment}{end}" for name, (value, comment) in entries.items())
