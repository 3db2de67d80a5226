"""What a release changes in the languages repository: the list, its lock, and the one pull request for both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from ltf_ci.errors import BadInput
from ltf_ci.model.dependents import Dependents, dependents_path
from ltf_ci.model.languages_list import LanguagesList, ListEntry
from ltf_ci.model.languages_state import Branch, Close, Decision, Files, LanguagesState, Leave, PullText, Write
from ltf_ci.model.lock import Lock, lock_path
from ltf_ci.rules import list_edits, proposing
from ltf_ci.rules.dependents_bump import bumped
from ltf_ci.rules.pull_text import Change, Sizes, pull_text, told_images

PREFIX = "ltf-ci/"
TRAILER = "Ltf-Ci-Release: "
REASON = "Ltf-Ci-Reason: "
_NOT_IN_A_BRANCH = re.compile(r"[^A-Za-z0-9._-]+|\.\.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """What a run wants: changes of the list at `list_path`, on the branch of this name, and why, if that was said.

    `sizes` are those of the images that the pull request tells of (`told_images`), as far as they were asked for.
    """

    changes: tuple[Change, ...]
    branch: str
    list_path: str
    reason: str = ""
    sizes: Sizes = field(default_factory=dict)

    @property
    def beside(self) -> str:
        """The branch beside it that a commit is made on: another one for each run that wants something else."""
        wanted = " ".join(sorted(str(change.entry) for change in self.changes))
        return f"{self.branch}.next-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"


def paths(list_path: str) -> tuple[str, ...]:
    """Give the files that a bump is made of: the list, and beside it its lock and the dependents."""
    return list_path, lock_path(list_path), dependents_path(list_path)


def branch_name(entry: ListEntry, group: str) -> str:
    """Give the branch of a group, or of a repository's version line: always the same one."""
    version = entry.tag.version if entry.tag else entry.ref
    name = _NOT_IN_A_BRANCH.sub("-", group or f"{entry.url.name}-{version}").removesuffix(".lock")
    return f"{PREFIX}{name.strip('.-') or 'releases'}"


def decide(state: LanguagesState, bump: Bump) -> Decision:
    """Say what is to be done, given what stands there."""
    listed = _listed(state.base.files, bump)
    ours = state.branch is None or proposing.is_ours(state.branch)
    changes = _newest([*bump.changes, *(_carried(state.branch, bump.list_path) if ours and state.pull else ())])
    changes = [change for change in changes if not list_edits.has(listed, change.entry)]
    if not changes and (ours or bump.changes):
        return _nothing_left(state)
    if state.branch and not ours:
        return _foreign(state.branch, state, changes, bump)
    files, made = _edited(state.base.files, changes, bump.list_path)
    if state.pull and state.branch and state.branch.files == files:
        return Leave(f"it is open already: {state.pull.url}", settled=True, pull=state.pull)
    return _write(state, bump, files, made)


def _listed(files: Files, bump: Bump) -> LanguagesList:
    text = files[bump.list_path]
    if text is None:
        raise BadInput(
            f"the languages repository has no {bump.list_path}",
            expected="the file with the languages list",
            cure="name it with --list",
        )
    return LanguagesList(bump.list_path, text)


def _nothing_left(state: LanguagesState) -> Decision:
    if state.pull:
        return Close(state.pull, f"what it carries is in {state.base.name} already, or something newer is")
    return Leave("the list has this release already, or a newer one of its version", settled=True)


def _foreign(branch: Branch, state: LanguagesState, changes: list[Change], bump: Bump) -> Leave:
    """Leave other people's commits as they are; where their branch lists what is wanted, that is all right."""
    there = LanguagesList(bump.list_path, branch.files[bump.list_path] or "")
    if state.pull and changes and all(list_edits.has(there, change.entry) for change in changes):
        return Leave(f"{state.pull.url} has it, with commits of other people", settled=True, pull=state.pull)
    why = f"the branch {branch.name} has commits of other people ({branch.head[:7]}), which are left as they are"
    return Leave(why, settled=False, pull=state.pull)


def _write(state: LanguagesState, bump: Bump, files: Files, made: list[Change]) -> Write:
    reasons = _reasons(state, bump)
    text = pull_text(made, bump.sizes, reasons)
    carried = [f"{REASON}{quote(reason, safe=' ')}" for reason in reasons]  # so that a commit neither links nor closes
    carried += sorted(f"{TRAILER}{change.entry}" for change in made)
    said = PullText(title=text.title, body=text.body, trailers=tuple(carried))
    written = proposing.write(state, bump.branch, bump.beside, files, said)
    return replace(written, images=tuple(told_images(made)))


def _reasons(state: LanguagesState, bump: Bump) -> tuple[str, ...]:
    """Give the run's reason, and those of the runs whose changes it takes over, each once."""
    before = state.branch.message.splitlines() if state.branch and state.pull else []
    carried = [unquote(line.removeprefix(REASON)) for line in before if line.startswith(REASON)]
    return tuple(dict.fromkeys(reason for reason in (bump.reason, *carried) if reason))


def _edited(files: Files, changes: Iterable[Change], list_path: str) -> tuple[Files, list[Change]]:
    """Give the files with all changes in them, and the changes with what each took the place of."""
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


def _dependents(files: Files, made: Iterable[Change], list_path: str) -> Files:
    path = dependents_path(list_path)
    text = files[path]
    if text is None:
        return {}
    return {path: bumped(Dependents.read(text.encode(), path), [change.entry for change in made])}


def _lock(files: Files, list_path: str) -> Lock | None:
    path = lock_path(list_path)
    text = files[path]
    return None if text is None else Lock.parse(text.encode(), path)


def _newest(changes: Iterable[Change]) -> list[Change]:
    """Give the newest change of each version line, in the order of their repositories; of two alike the first."""
    found: dict[tuple[str, str], Change] = {}
    for change in changes:
        tag = change.entry.tag
        key = change.entry.url.key, str(tag.version if tag else "")
        before = found.get(key)
        if before is None or (tag and before.entry.tag and tag > before.entry.tag):
            found[key] = change
    return [found[key] for key in sorted(found)]


def _carried(branch: Branch | None, list_path: str) -> list[Change]:
    """Give what our branch carries already, as its commit's trailers and its lock say."""
    if branch is None:
        return []
    lock = _lock(branch.files, list_path) or Lock({})
    lines = [line for line in branch.message.splitlines() if line.startswith(TRAILER)]
    entries = [ListEntry.parse(line.removeprefix(TRAILER)) for line in lines]
    return [Change(entry=entry, locked=lock.entry(lock.find(entry) or "")) for entry in entries]
