"""What a run wants of the languages list, with what its pull request has already."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.rules import branch_contents, list_edits, list_files
from ltf_ci.languages.rules.branch_contents import BranchRelease, releases_in, version_line
from ltf_ci.languages.rules.list_form import ListSettings
from ltf_ci.languages.rules.pull_text import Facts, ListChange
from ltf_ci.languages.rules.renames import Renames
from ltf_ci.model.remote_repository import Branch, Files, RepositoryState
from ltf_ci.pull_requests.rules import lifecycle
from ltf_ci.pull_requests.rules.lifecycle import Standing

REASON = "Ltf-Ci-Reason: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """What a run wants: changes of the list at `list_path`, on the branch of this name, and why, if that was given.

    `facts` are those of the images that the pull request's text has (`images_with_facts`), as far as they are known;
    `elsewhere` are releases that other open pull requests list, as far as these were looked at (`competing`). `run_url`
    is the page of the run at GitHub. `settings` are the languages repository's, and `places` the files that they name
    (`repeating`). `renames` are the repositories that the list, or a pull request, has by an older address. `proposed`
    are releases as other open pull requests would lock them, as far as these were looked at (`naming`).
    """

    changes: tuple[ListChange, ...]
    branch: str
    list_path: str
    reason: str = ""
    facts: Facts = field(default_factory=dict)
    run_url: str = ""
    elsewhere: tuple[BranchRelease, ...] = ()
    settings: ListSettings = field(default_factory=ListSettings)
    places: Files = field(default_factory=dict)
    renames: Renames = field(default_factory=Renames)
    proposed: KnownReleases = field(default_factory=KnownReleases)

    @property
    def key(self) -> str:
        """A short text that is another one for each run that wants something else."""
        wanted = " ".join(sorted(str(change.entry) for change in self.changes))
        return hashlib.sha256(wanted.encode()).hexdigest()[:8]


def own_branch(state: RepositoryState) -> Branch | None:
    """Return our branch, where its pull request is open."""
    return state.branch if lifecycle.standing(state) is Standing.OURS else None


def all_changes(state: RepositoryState, bump: Bump) -> list[ListChange]:
    """Return the changes of a bump, and those that are in our branch, by the addresses of today.

    One that took the place of a line which people have removed since is not made without its release.
    """
    changes = (replace(change, entry=bump.renames.entry(change.entry)) for change in bump.changes)
    own = own_branch(state)
    return [*changes, *(each for each in changes_in(own, bump) if not _is_removed(each, own, state, bump))]


def _is_removed(change: ListChange, own: Branch | None, state: RepositoryState, bump: Bump) -> bool:
    """Whether the default branch has lost the line since whose place a change of our branch takes."""
    if own is None or own.difference is None:
        return False
    then, now = (
        list_edits.edit(list_files.list_in(files, bump.list_path), change.entry).replaced
        for files, _ in (
            list_files.today(each, bump.list_path, bump.renames) for each in (own.difference.base, state.base.files)
        )
    )
    return then is not None and now is None


def newest(changes: Iterable[ListChange]) -> list[ListChange]:
    """Return the newest change of each version line, in the order of their repositories; of two alike the first."""
    found: dict[tuple[str, str], ListChange] = {}
    for change in changes:
        key, tag = version_line(change.entry), change.entry.tag
        before = found.get(key)
        if before is None or (tag and before.entry.tag and tag > before.entry.tag):
            found[key] = change
        elif before.entry == change.entry:
            found[key] = before.knowing(change)
    return [found[key] for key in sorted(found)]


def reasons(state: RepositoryState, bump: Bump) -> tuple[str, ...]:
    """Return the run's reason, and those of the runs whose changes are in the pull request, each once."""
    own = own_branch(state)
    before = own.message.splitlines() if own else []
    earlier = [unquote(line.removeprefix(REASON)) for line in before if line.startswith(REASON)]
    return tuple(dict.fromkeys(reason for reason in (bump.reason, *earlier) if reason))


def changes_in(branch: Branch | None, bump: Bump) -> list[ListChange]:
    """Return the changes that are in our branch already, by its commit's trailers and its lock."""
    if branch is None:
        return []
    lock = list_files.lock(branch.files, bump.list_path) or branch_contents.locked_in(branch.message)
    entries = [each.entry for each in releases_in(branch.message, branch.name)]
    changes = [ListChange(entry=entry, locked=lock.entry(lock.find(entry) or "")) for entry in entries]
    known = [replace(each, bases=list_files.bases(branch.files, each, bump.list_path)) for each in changes]
    return [replace(each, entry=bump.renames.entry(each.entry)) for each in known]
