"""Brings an owner's workflow up to date: our references, permissions and inputs, and no other byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ltf_ci.errors import Refused
from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.located_json import Located
from ltf_ci.workflows.action_reference import HOME, ActionReference
from ltf_ci.workflows.fill import Values, input_edits
from ltf_ci.workflows.yaml_edits import Entries, block_before_uses, entry_edits, flow, line_end, spaced

_USES = re.compile(r"(?P<repository>[^/@\s]+/[^/@\s]+)(?P<path>/[^@\s]*)?@(?P<ref>\S+)")
_VERSION_COMMENT = re.compile(r"[ \t]+#[ \t]*(v[0-9][A-Za-z0-9.-]*)(?:[ \t]+(?=\S)|(?=\r?$))", re.MULTILINE)
_MAJOR = re.compile(r"v([0-9]+)(\.[0-9]+)*")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_LEVELS = ("none", "read", "write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a workflow should have. `pinned`: by the owner's own word, whatever it has now.

    `permissions` are those that our reusable workflow needs: level and comment (` # why`) by name. `inputs`
    are what it is given.
    """

    action: ActionReference
    pinned: bool
    permissions: Entries
    inputs: Values = field(default_factory=dict)


def permissions_of(text: str, root: Located) -> Entries:
    """Return the permissions of the one job that a template of ours has."""
    found: dict[str, tuple[str, str]] = {}
    for job in _jobs(root):
        permissions = job.member("permissions")
        for name, _ in permissions.keys if permissions else ():
            level = permissions.member(name) if permissions else None
            if level:
                found[name] = (str(level.value), text[level.end : line_end(text, level.end)].rstrip())
    return found


def inputs_of(root: Located) -> frozenset[str]:
    """Return the names of the inputs that a workflow's jobs give."""
    given = [job.member("with") for job in _jobs(root)]
    return frozenset(name for each in given if each for name, _ in each.keys)


def updated(text: str, root: Located, wanted: Wanted) -> str:
    """Return the text with our references and permissions as wanted; raise Refused where there are none of ours."""
    ours = [(job, uses) for job, uses in _all_uses(root) if _is_ours(uses, wanted.action)]
    if not ours:
        raise Refused(
            f"{root.place.path} does not call {HOME}",
            expected=f"a `uses:` of {HOME}",
            cure="move the file away, and run `ltf-ci init` without --update",
        )
    edits = [edit for _, uses in ours for edit in _reference_edits(text, uses, wanted)]
    for job, uses in ours:
        if job.member("uses") is uses:
            edits += (*_permission_edits(text, root, job, wanted.permissions), *input_edits(text, job, wanted.inputs))
    return apply_edits(text, edits)


def _jobs(root: Located) -> Iterator[Located]:
    jobs = root.member("jobs")
    for name, _ in jobs.keys if jobs else ():
        job = jobs.member(name) if jobs else None
        if job:
            yield job


def _all_uses(root: Located) -> Iterator[tuple[Located, Located]]:
    """Return every `uses`, of jobs and of steps, with its job."""
    for job in _jobs(root):
        steps = job.member("steps")
        for member in (job, *(steps.items if steps else ())):
            uses = member.member("uses")
            if uses and isinstance(uses.value, str):
                yield job, uses


def _is_ours(uses: Located, action: ActionReference) -> bool:
    """Whether it is ltf-ci, or a fork of the same name."""
    match = _USES.fullmatch(str(uses.value))
    name = match["repository"].lower() if match else ""
    return name == action.repository.lower() or name.rpartition("/")[2] == HOME.rpartition("/")[2]


def _reference_edits(text: str, uses: Located, wanted: Wanted) -> Iterator[TextEdit]:
    old = str(uses.value)
    match = _USES.fullmatch(old)
    if not match or not (wanted.pinned or _is_older(match["ref"], wanted.action.ref)):
        return
    repository = wanted.action.repository if wanted.pinned else match["repository"]
    at = text.find(old, uses.start, uses.end)
    if at < 0:
        raise Refused(
            f"{uses.place}: `uses` is not written on one line",
            expected="`uses: NAME` on one line",
            cure=f"write {repository}@{wanted.action.ref}",
        )
    new = f"{repository}{match['path'] or ''}@{wanted.action.ref}"
    if new != old:
        yield TextEdit(at, at + len(old), new)
    if new != old or wanted.action.version:
        yield from _comment_edits(text, uses.end, wanted.action)


def _is_older(ref: str, than: str) -> bool:
    """Whether a ref names an older major version: commits, branches and this version's own tags are the owner's."""
    old, new = _MAJOR.fullmatch(ref), _MAJOR.fullmatch(than)
    return bool(old and new and int(old[1]) < int(new[1]))


def _comment_edits(text: str, at: int, action: ActionReference) -> Iterator[TextEdit]:
    """Make the comment behind a reference name its version, or none where the reference names it itself."""
    version = action.version if _COMMIT.fullmatch(action.ref) else ""
    match = _VERSION_COMMENT.match(text, at, line_end(text, at))
    if match is None:
        if version:
            yield TextEdit(at, at, f" # {version}")
    elif version:
        yield TextEdit(match.start(1), match.end(1), version)
    else:
        rest = match.end() < line_end(text, at)
        yield TextEdit(at, match.end(), " # " if rest else "")


def _permission_edits(text: str, root: Located, job: Located, needed: Entries) -> Iterator[TextEdit]:
    permissions = job.member("permissions")
    granted = permissions or root.member("permissions")
    lacking = {name: how for name, how in needed.items() if not _grants(granted, name, how[0])}
    if not lacking:
        return
    if permissions is None:
        yield block_before_uses(text, job, "permissions", needed)
    elif isinstance(permissions.value, dict):
        yield from entry_edits(text, permissions, lacking)
    else:
        yield TextEdit(permissions.start, permissions.end, spaced(text, permissions.start) + flow(needed))


def _grants(permissions: Located | None, name: str, level: str) -> bool:
    if permissions is None:
        return False
    if isinstance(permissions.value, str):
        return permissions.value == "write-all"
    member = permissions.member(name)
    found = str(member.value) if member else "none"
    return found in _LEVELS and _LEVELS.index(found) >= _LEVELS.index(level)
