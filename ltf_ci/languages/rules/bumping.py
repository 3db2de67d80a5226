"""What a release changes in the languages repository: the list, its lock, and the one pull request for both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from ltf_ci.errors import BadInput
from ltf_ci.languages.dependents import Dependents, dependents_path
from ltf_ci.languages.languages_list import LanguagesList
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.rules import list_edits
from ltf_ci.languages.rules.carrying import TRAILER, Carried, carried, line, outranking
from ltf_ci.languages.rules.dependents_bump import bumped
from ltf_ci.languages.rules.pull_text import ListChange, Sizes, pull_text, told_images
from ltf_ci.model.remote_repository import (
    Branch,
    ClosePullRequest,
    Files,
    LanguagesState,
    LeaveAlone,
    Neighbour,
    Pull,
    PullRequestDecision,
    PullText,
    UpsertPullRequest,
)
from ltf_ci.pull_requests.rules import proposing

REASON = "Ltf-Ci-Reason: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """What a run wants: changes of the list at `list_path`, on the branch of this name, and why, if that was said.

    `sizes` are those of the images that the pull request tells of (`told_images`), as far as they were asked for;
    `kept` is what other open pull requests have in their lists, as far as they were looked at (`rivals`).
    """

    changes: tuple[ListChange, ...]
    branch: str
    list_path: str
    reason: str = ""
    sizes: Sizes = field(default_factory=dict)
    kept: tuple[Carried, ...] = ()

    @property
    def beside(self) -> str:
        """The branch beside it that a commit is made on: another one for each run that wants something else."""
        wanted = " ".join(sorted(str(change.entry) for change in self.changes))
        return f"{self.branch}.next-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"


def paths(list_path: str) -> tuple[str, ...]:
    """Return the files that a bump is made of: the list, and beside it its lock and the dependents."""
    return list_path, lock_path(list_path), dependents_path(list_path)


def decide(state: LanguagesState, bump: Bump) -> PullRequestDecision:
    """Return what is to be done, given what stands there."""
    listed = _listed(state.base.files, bump)
    ours = state.branch is None or proposing.is_ours(state.branch)
    before = _changes_in(state.branch, bump.list_path) if ours and state.pull else []
    wanted = _newest([*bump.changes, *before])
    missing = {Carried(each.entry, bump.branch): each for each in wanted if not list_edits.has(listed, each.entry)}
    changes = [change for each, change in missing.items() if not outranking(bump.kept, [each])]
    if not changes and (ours or bump.changes):
        return _nothing_left(state, outranking(bump.kept, missing), ours=ours)
    files, made = _edited(state.base.files, changes, bump.list_path)
    theirs = None if ours else _theirs(state, changes, bump)
    return theirs or proposing.left(state, files) or _write(state, bump, files, made)


def rivals(state: LanguagesState, bump: Bump) -> tuple[Neighbour, ...]:
    """Return the other open pull requests that say they keep something of this bump: those that are to be looked at."""
    there = carried(state.branch.message, bump.branch) if state.branch and state.pull else ()
    wanted = [*(Carried(change.entry, bump.branch) for change in bump.changes), *there]
    unsure = [each for each in wanted if not outranking(bump.kept, [each])]
    return tuple(other for other in state.neighbours if outranking(_carried_by(other), unsure))


def kept_by(rival: Neighbour, seen: LanguagesState, bump: Bump) -> tuple[Carried, ...]:
    """Return what another pull request, which was looked at, has in its list of what its commits say."""
    if seen.pull is None or seen.branch is None:
        return ()
    listed = LanguagesList(bump.list_path, seen.branch.files[bump.list_path] or "")
    return tuple(each for each in _carried_by(rival) if list_edits.has(listed, each.entry))


def to_give_up(neighbours: Iterable[Neighbour], ours: Iterable[Carried]) -> dict[str, tuple[Carried, ...]]:
    """Return the branches to be made again, and what of ours is in their way; ours too, where others keep it."""
    mine = tuple(ours)
    theirs = {other.branch: _carried_by(other) for other in neighbours}
    found = {branch: outranking(mine, its) for branch, its in theirs.items()}
    lost = {one.branch: () for one in mine if any(outranking(its, [one]) for its in theirs.values())}
    return {**{branch: kept for branch, kept in found.items() if kept}, **lost}


def _carried_by(other: Neighbour) -> tuple[Carried, ...]:
    return carried(other.message, other.branch, other.url)


def _listed(files: Files, bump: Bump) -> LanguagesList:
    text = files[bump.list_path]
    if text is None:
        raise BadInput(
            f"the languages repository has no {bump.list_path}",
            expected="the file with the languages list",
            cure="name it with --list",
        )
    return LanguagesList(bump.list_path, text)


def _nothing_left(state: LanguagesState, kept: tuple[Carried, ...], *, ours: bool) -> PullRequestDecision:
    urls = tuple(dict.fromkeys(each.url or each.branch for each in kept))
    if state.pull and ours:
        where = " and ".join(urls) or f"{state.base.name} already"
        return ClosePullRequest(state.pull, f"what it carries is in {where}, or something newer is")
    who = " and ".join(urls) or "the list"
    pull = Pull(url=kept[0].url) if kept else None
    return LeaveAlone(f"{who} has this release already, or a newer one of its version", settled=True, pull=pull)


def _theirs(state: LanguagesState, changes: list[ListChange], bump: Bump) -> LeaveAlone | None:
    """Leave a pull request with commits of other people that lists what is wanted: that is all right."""
    if state.pull is None or state.branch is None or not changes:
        return None
    there = LanguagesList(bump.list_path, state.branch.files[bump.list_path] or "")
    if not all(list_edits.has(there, change.entry) for change in changes):
        return None
    return LeaveAlone(f"{state.pull.url} has it, with commits of other people", settled=True, pull=state.pull)


def _write(state: LanguagesState, bump: Bump, files: Files, made: list[ListChange]) -> UpsertPullRequest:
    reasons = _reasons(state, bump)
    text = pull_text(made, bump.sizes, reasons)
    trailers = [f"{REASON}{quote(reason, safe=' ')}" for reason in reasons]  # so that a commit neither links nor closes
    trailers += sorted(f"{TRAILER}{change.entry}" for change in made)
    said = PullText(title=text.title, body=text.body, trailers=tuple(trailers))
    written = proposing.write(state, bump.branch, bump.beside, files, said)
    return replace(written, images=tuple(told_images(made)))


def _reasons(state: LanguagesState, bump: Bump) -> tuple[str, ...]:
    """Return the run's reason, and those of the runs whose changes it takes over, each once."""
    before = state.branch.message.splitlines() if state.branch and state.pull else []
    earlier = [unquote(said.removeprefix(REASON)) for said in before if said.startswith(REASON)]
    return tuple(dict.fromkeys(reason for reason in (bump.reason, *earlier) if reason))


def _edited(files: Files, changes: Iterable[ListChange], list_path: str) -> tuple[Files, list[ListChange]]:
    """Return the files with all changes in them, and the changes with what each took the place of."""
    listed = LanguagesList(list_path, files[list_path] or "")
    lock = _lock(files, list_path)
    made = []
    for change in changes:
        edit = list_edits.edit(listed, change.entry)
        listed = LanguagesList(list_path, edit.text)
        if lock and change.locked:
            lock = lock.edited(edit.replaced, edit.written, change.locked)
        made.append(change.replacing(edit.replaced))
    edited = {list_path: listed.text, **({lock_path(list_path): str(lock)} if lock else {})}
    return {**files, **edited, **_dependents(files, made, list_path)}, made


def _dependents(files: Files, made: Iterable[ListChange], list_path: str) -> Files:
    path = dependents_path(list_path)
    text = files[path]
    if text is None:
        return {}
    return {path: bumped(Dependents.read(text.encode(), path), [change.entry for change in made])}


def _lock(files: Files, list_path: str) -> Lock | None:
    path = lock_path(list_path)
    text = files[path]
    return None if text is None else Lock.parse(text.encode(), path)


def _newest(changes: Iterable[ListChange]) -> list[ListChange]:
    """Return the newest change of each version line, in the order of their repositories; of two alike the first."""
    found: dict[tuple[str, str], ListChange] = {}
    for change in changes:
        key, tag = line(change.entry), change.entry.tag
        before = found.get(key)
        if before is None or (tag and before.entry.tag and tag > before.entry.tag):
            found[key] = change
    return [found[key] for key in sorted(found)]


def _changes_in(branch: Branch | None, list_path: str) -> list[ListChange]:
    """Return what our branch carries already, as its commit's trailers and its lock say."""
    if branch is None:
        return []
    lock = _lock(branch.files, list_path) or Lock({})
    entries = [each.entry for each in carried(branch.message, branch.name)]
    return [ListChange(entry=entry, locked=lock.entry(lock.find(entry) or "")) for entry in entries]
