"""What a branch of ours carries, by its name and its commits' trailers; and who keeps what several would carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ltf_ci.errors import BadInput
from ltf_ci.languages.languages_list import ListEntry

PREFIX = "ltf-ci/"
TRAILER = "Ltf-Ci-Release: "
_NOT_IN_A_BRANCH = re.compile(r"[^A-Za-z0-9._-]+|\.\.+")


@dataclass(frozen=True, slots=True)
class Carried:
    """A release on a branch of ours, and its pull request's address, where that is open already."""

    entry: ListEntry
    branch: str
    url: str = ""

    def outranks(self, other: Carried) -> bool:
        """Whether it is kept where both are of one version line: the newer one is.

        Of the same release a group's is, and of two groups' the one with the later name: whoever asks, and when.
        """
        return line(self.entry) == line(other.entry) and self._rank > other._rank

    @property
    def _rank(self) -> tuple[int, bool, str]:
        tag = self.entry.tag
        return (tag and tag.revision) or 0, self.branch != branch_name(self.entry, ""), self.branch


def branch_name(entry: ListEntry, group: str) -> str:
    """Return the branch of a group, or of a repository's version line: always the same one."""
    version = entry.tag.version if entry.tag else entry.ref
    name = _NOT_IN_A_BRANCH.sub("-", group or f"{entry.url.name}-{version}").removesuffix(".lock")
    return f"{PREFIX}{name.strip('.-') or 'releases'}"


def line(entry: ListEntry) -> tuple[str, str]:
    """Return the version line of a release: of which one repository there is never more than one in the list."""
    return entry.url.key, str(entry.tag.version if entry.tag else "")


def carried(message: str, branch: str, url: str = "") -> tuple[Carried, ...]:
    """Return the releases that a branch's commits name; a trailer that names none says nothing."""
    return tuple(Carried(entry, branch, url) for entry in _entries(message))


def outranking(these: Iterable[Carried], those: Iterable[Carried]) -> tuple[Carried, ...]:
    """Return those of the first that keep the version line of one of the second."""
    others = tuple(those)
    return tuple(one for one in these if any(one.outranks(other) for other in others))


def _entries(message: str) -> Iterator[ListEntry]:
    for text in message.splitlines():
        if text.startswith(TRAILER):
            try:
                entry = ListEntry.parse(text.removeprefix(TRAILER))
            except BadInput:  # a message is anybody's text
                continue
            if entry.tag:
                yield entry
