"""What the other open pull requests have: releases that compete with a bump's, locked images, older addresses.

What one would write into the lock is believed as the lock is, until it is merged or closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.languages.rules import list_edits, list_files, renames
from ltf_ci.languages.rules.branch_contents import BranchRelease, branch_name, releases_in, version_line, winning
from ltf_ci.languages.rules.renames import Candidate, Renames, Wanted
from ltf_ci.languages.rules.wanted_changes import Bump, all_changes
from ltf_ci.model.remote_repository import OtherPull, RepositoryState


def competing(state: RepositoryState, bump: Bump) -> tuple[OtherPull, ...]:
    """Return the other pull requests whose commits name a release that wins over one of this bump."""
    releases = [BranchRelease(change.entry, state.name) for change in all_changes(state, bump)]
    undecided = [each for each in releases if not winning(bump.elsewhere, [each])]
    return tuple(other for other in state.other_pulls if winning(releases_of(other, bump.renames), undecided))


def listed_by(other: OtherPull, seen: RepositoryState, bump: Bump) -> tuple[BranchRelease, ...]:
    """Return the releases that another pull request's commits name and its list, which was looked at, has."""
    if seen.pull is None or seen.branch is None:
        return ()
    listed = list_files.list_in(list_files.today(seen.branch.files, bump.list_path, bump.renames)[0], bump.list_path)
    return tuple(each for each in releases_of(other, bump.renames) if list_edits.has(listed, each.entry))


def releases_of(other: OtherPull, known: Renames) -> tuple[BranchRelease, ...]:
    """Return the releases that another pull request's commits name, by the addresses of today."""
    found = releases_in(other.message, other.branch, other.url)
    return tuple(replace(each, entry=known.entry(each.entry)) for each in found)


def is_of_others(state: RepositoryState, branch: str, wanted: Sequence[ListEntry], known: Renames) -> bool:
    """Whether the pull request of a line's branch has releases, and none of that line: another owner's repository's."""
    there = releases_in(state.branch.message, branch) if state.branch and state.pull else ()
    lines = {version_line(known.entry(each.entry)) for each in there}
    mine = {version_line(known.entry(entry)) for entry in wanted}
    return len(mine) == 1 and branch == branch_name(wanted[0], "") and bool(lines) and not lines & mine


def branches_to_renew(
    others: Iterable[OtherPull], ours: Iterable[BranchRelease], known: Renames
) -> dict[str, tuple[BranchRelease, ...]]:
    """Return the branches that must lose a release to another one, each with the releases of ours that win over it.

    Our own branch is among them where another pull request's release wins over one of ours.
    """
    mine = tuple(ours)
    theirs = {other.branch: releases_of(other, known) for other in others}
    found = {branch: winning(mine, its) for branch, its in theirs.items()}
    lost = {one.branch: () for one in mine if any(winning(its, [one]) for its in theirs.values())}
    return {**{branch: winners for branch, winners in found.items() if winners}, **lost}


def may_be_older(
    state: RepositoryState, list_path: str, wanted: Iterable[Wanted]
) -> tuple[tuple[Wanted, ...], tuple[Candidate, ...]]:
    """Return which of these releases have no line of their repository, and what may be an older address of these."""
    listed = list_files.listed(state.base.files, list_path)
    new = renames.new_in(listed, wanted)
    proposed = (each.entry for other in state.other_pulls for each in releases_in(other.message, other.branch))
    lock = list_files.lock(state.base.files, list_path)
    return new, renames.candidates(listed, lock, new, proposed) if new else ()


def naming(state: RepositoryState, bump: Bump) -> tuple[str, ...]:
    """Return the branches of the other pull requests that name a very release of this bump."""
    wanted = {(entry.url.key, entry.ref) for entry in (bump.renames.entry(each.entry) for each in bump.changes)}

    def is_wanted(entry: ListEntry) -> bool:
        today = bump.renames.entry(entry)
        return (today.url.key, today.ref) in wanted

    return branches_naming(state.other_pulls, is_wanted)


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
