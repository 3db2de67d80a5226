"""Which releases a branch has, by its commits' trailers; and which of several pull requests lists a version line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, unquote

from ltf_ci.errors import BadInput
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import Lock, LockEntry
from ltf_ci.model.remote_repository import SCRATCH

PREFIX = "ltf-ci/"
TRAILER, LOCKED = "Ltf-Ci-Release: ", "Ltf-Ci-Locked: "
_LONGEST = 150  # characters of a branch: git keeps each in a file of its name
_LIKE_ANOTHER = re.compile(r"-\d|-[0-9a-f]{6}$")  # NAME-VERSION of a line; the end of a name with a hash
_NOT_IN_A_BRANCH = re.compile(r"[^A-Za-z0-9._-]+|\.\.+")


@dataclass(frozen=True, slots=True)
class BranchRelease:
    """A release in a branch of ltf-ci, and the address of its pull request, where that is open."""

    entry: ListEntry
    branch: str
    url: str = ""

    def wins_over(self, other: BranchRelease) -> bool:
        """Whether this one is listed, and not the other, as both are of one version line: the newer release wins.

        Of the same release a group's wins, and of two groups' the one with the later name: in every run the same.
        """
        return version_line(self.entry) == version_line(other.entry) and self._rank > other._rank

    @property
    def _rank(self) -> tuple[int, bool, str]:
        tag = self.entry.tag
        return tag.revision if tag else 0, self.branch != branch_name(self.entry, ""), self.branch


def branch_name(entry: ListEntry, group: str) -> str:
    """Return the name of the branch of a group, or of a repository's version line: always the same.

    No group's is another group's, or may be a line's: its hash tells it from these. Two owners' repositories of one
    name share theirs: the second pull request takes the next name (`other_pulls.is_of_others`).
    """
    version = entry.tag.version if entry.tag else entry.ref
    whole = group or f"{entry.url.name}-{version}"
    legal = _NOT_IN_A_BRANCH.sub("-", whole).removesuffix(".lock").strip(".-")
    legal = legal.replace(SCRATCH, SCRATCH.replace(".", "-"))  # a run's own branch, which a later one removes
    name = legal[:_LONGEST].rstrip(".-")
    is_itself = name == (group or legal) and not (group and _LIKE_ANOTHER.search(name))
    also = "" if is_itself else f"-{sha256(whole.encode()).hexdigest()[:6]}"
    return f"{PREFIX}{name or 'releases'}{also}"


def version_line(entry: ListEntry) -> tuple[str, str]:
    """Return the version line of a release: its repository and language version; the list has each once."""
    return entry.url.key, str(entry.tag.version if entry.tag else "")


def releases_in(message: str, branch: str, url: str = "") -> tuple[BranchRelease, ...]:
    """Return the releases that the trailers of a branch's commits name; what names none is passed over."""
    return tuple(BranchRelease(entry, branch, url) for entry in _entries(message))


def locked(entry: ListEntry, known: LockEntry) -> str:
    """Return the trailer of what a lock would have of a release: a list without one keeps it nowhere else."""
    return f"{LOCKED}{quote(json.dumps({str(entry.release): known.as_data()}), safe=' ')}"  # it mentions nobody so


def locked_in(message: str) -> Lock:
    """Return what the trailers of a branch's commits say in place of a lock; what cannot be read is passed over."""
    found = Lock({})
    for text in message.splitlines():
        if text.startswith(LOCKED):
            with suppress(BadInput):  # anyone may write a commit message
                found = Lock({**found.entries, **Lock.parse(unquote(text.removeprefix(LOCKED)).encode(), "").entries})
    return found


def winning(these: Iterable[BranchRelease], those: Iterable[BranchRelease]) -> tuple[BranchRelease, ...]:
    """Return those of the first that win over one of the second."""
    others = tuple(those)
    return tuple(one for one in these if any(one.wins_over(other) for other in others))


def _entries(message: str) -> Iterator[ListEntry]:
    for text in message.splitlines():
        if text.startswith(TRAILER):
            try:
                entry = ListEntry.parse(text.removeprefix(TRAILER))
            except BadInput:  # anyone may write a commit message
                continue
            if entry.tag:
                yield entry
