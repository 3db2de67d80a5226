"""Releases whose display name another line of the list has too: people at cyber-dojo could not choose between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from ltf_ci.errors import BadInput
from ltf_ci.languages.languages_list import LanguagesList, Line, ListEntry
from ltf_ci.languages.lock import Lock
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.model.finding import Finding, Place, Severity


def same_names(listed: LanguagesList, lock: Lock | None, changes: Iterable[ListChange]) -> Iterator[Finding]:
    """Find changes of a list whose display names other lines have, as far as the lock knows the names of these."""
    for change in changes:
        line = _line(listed, change.entry)
        for other in _others(listed, lock, change) if line else ():
            yield Finding(
                rule="list-display-name",
                severity=Severity.WARNING,
                place=Place(listed.path, line.number if line else 0),
                path="display_name",
                found=f"{_called(change)} of {change.entry.url.name} is that of {other.entry.url.name} "
                f"in line {other.number} too",
                expected="a name of its own for each line",
                cure="write another display_name in one of them, and release it; or take one out of the list",
            )


def _others(listed: LanguagesList, lock: Lock | None, change: ListChange) -> Iterator[Line]:
    """Return the lines of other releases with the same display name; lines that cannot be read are passed over."""
    name = change.locked.display_name if change.locked else ""
    alike = [key for key, entry in (lock.entries if lock and name else {}).items() if entry.get("display_name") == name]
    for key in alike:
        with suppress(BadInput):  # `list check` reports it
            other = ListEntry.parse(key)
            if "?tag=" in key and (other.url.key, other.ref) != (change.entry.url.key, change.entry.ref):
                yield from filter(None, [_line(listed, other)])


def _line(listed: LanguagesList, entry: ListEntry) -> Line | None:
    return next((line for line in listed.of(entry.url) if line.entry.ref == entry.ref), None)


def _called(change: ListChange) -> str:
    return f"the display name {change.locked.display_name!r}" if change.locked else ""
