"""What open pull requests would write into the lock: it is believed as the lock is, until they are merged or closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.languages.rules import list_files
from ltf_ci.languages.rules.branch_contents import releases_in
from ltf_ci.model.remote_repository import OtherPull, RepositoryState


def branches_naming(others: Iterable[OtherPull], is_wanted: Callable[[ListEntry], bool]) -> tuple[str, ...]:
    """Return the branches of the open pull requests whose commits name a release that is wanted."""
    return tuple(
        other.branch for other in others if any(is_wanted(each.entry) for each in releases_in(other.message, ""))
    )


def known(state: RepositoryState, list_path: str) -> KnownReleases:
    """Return the releases of a branch's pull request as its lock has them; none where it is not open."""
    return KnownReleases.of(locked.locked(entry.url) for entry, locked in entries(state, list_path))


def entries(state: RepositoryState, list_path: str) -> Iterator[tuple[ListEntry, LockEntry]]:
    """Return the same releases as entries of the list, each with that of the lock."""
    branch = state.branch if state.pull else None
    lock = list_files.lock(branch.files, list_path) if branch else None
    if branch is None or lock is None:
        return
    for each in releases_in(branch.message, branch.name):
        entry = lock.entry(lock.find(each.entry) or "")
        if entry:
            yield each.entry, entry
