"""What a release changes in the languages repository: the list, its lock, and the one pull request for both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ltf_ci.errors import BadInput
from ltf_ci.model.languages_list import LanguagesList, ListEntry
from ltf_ci.model.languages_state import Branch, Close, Decision, Files, LanguagesState, Leave, PullText, Write
from ltf_ci.model.lock import Lock, lock_path
from ltf_ci.rules import list_edits
from ltf_ci.rules.pull_text import Change, pull_text

PREFIX = "ltf-ci/"
TRAILER = "Ltf-Ci-Release: "
SEAL = "Ltf-Ci-Seal: "
_NOT_IN_A_BRANCH = re.compile(r"[^A-Za-z0-9._-]+|\.\.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """What a run wants: changes of the list at `list_path`, on the branch of this name."""

    changes: tuple[Change, ...]
    branch: str
    list_path: str

    @property
    def beside(self) -> str:
        """The branch beside it that a commit is made on: another one for each run that wants something else."""
        wanted = " ".join(sorted(str(change.entry) for change in self.changes))
        return f"{self.branch}.next-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"


def paths(list_path: str) -> tuple[str, ...]:
    """Give the files that a bump is made of: the list, and its lock."""
    return list_path, lock_path(list_path)


def branch_name(entry: ListEntry, group: str) -> str:
    """Give the branch of a group, or of a repository's version line: always the same one."""
    version = entry.tag.version if entry.tag else entry.ref
    name = _NOT_IN_A_BRANCH.sub("-", group or f"{entry.url.name}-{version}").removesuffix(".lock")
    return f"{PREFIX}{name.strip('.-') or 'releases'}"


def decide(state: LanguagesState, bump: Bump) -> Decision:
    """Say what is to be done, given what stands there."""
    listed = _listed(state.base.files, bump)
    ours = state.branch is None or is_ours(state.branch)
    changes = _newest([*bump.changes, *(_carried(state.branch, bump.list_path) if ours and state.pull else ())])
    changes = [change for change in changes if not list_edits.has(listed, change.entry)]
    if not changes:
        return _nothing_left(state)
    if state.branch and not ours:
        return _foreign(state.branch, state, changes, bump)
    files, made = _edited(state.base.files, changes, bump.list_path)
    if state.pull and state.branch and state.branch.files == files:
        return Leave(f"it is open already: {state.pull.url}", settled=True, pull=state.pull)
    return _write(state, bump, files, made)


def seal(parent: str, files: Files) -> str:
    """Give the trailer by which a commit of ours is known: whoever amends or rebases it breaks it."""
    there = [f"{path}\0{text}" for path, text in sorted(files.items()) if text is not None]
    content = "\0".join([parent, *there])
    return f"{SEAL}{hashlib.sha256(content.encode()).hexdigest()}"


def is_ours(branch: Branch) -> bool:
    """Whether a branch's commit is as a run of ours made it."""
    if len(branch.parents) != 1:
        return False
    return seal(branch.parents[0], branch.files) in branch.message.splitlines()


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
    if state.pull and all(list_edits.has(there, change.entry) for change in changes):
        return Leave(f"{state.pull.url} has it, with commits of other people", settled=True, pull=state.pull)
    why = f"the branch {branch.name} has commits of other people ({branch.head[:7]}), which are left as they are"
    return Leave(why, settled=False, pull=state.pull)


def _write(state: LanguagesState, bump: Bump, files: Files, made: list[Change]) -> Write:
    text = pull_text(made)
    carried = sorted(f"{TRAILER}{change.entry}" for change in made)
    return Write(
        branch=bump.branch,
        beside=bump.beside,
        base=state.base.head,
        before=state.branch.head if state.branch else None,
        files={path: text for path, text in files.items() if text is not None},
        text=PullText(title=text.title, body=text.body, trailers=(*carried, seal(state.base.head, files))),
        pull=state.pull,
    )


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
    return {**files, list_path: listed.text, **({lock_path(list_path): str(lock)} if lock else {})}, made


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
