"""Brings an owner's workflow up to date: our references and the permissions they need, and no other byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ltf_ci.errors import Refused
from ltf_ci.model.located_json import Located
from ltf_ci.model.text_edit import TextEdit, apply_edits
from ltf_ci.workflows.action_reference import HOME, ActionReference

_USES = re.compile(r"(?P<repository>[^/@\s]+/[^/@\s]+)(?P<path>/[^@\s]*)?@(?P<ref>\S+)")
_VERSION_COMMENT = re.compile(r"[ \t]+#[ \t]*(v[0-9][A-Za-z0-9.-]*)(?:[ \t]+(?=\S)|(?=\r?$))", re.MULTILINE)
_MAJOR = re.compile(r"v([0-9]+)(\.[0-9]+)*")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_LEVELS = ("none", "read", "write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a workflow should have. `pinned`: by the owner's own word, whatever stands there now.

    `permissions` are those that our reusable workflow needs: level and comment (` # why`) by name.
    """

    action: ActionReference
    pinned: bool
    permissions: Mapping[str, tuple[str, str]]


def permissions_of(text: str, root: Located) -> Mapping[str, tuple[str, str]]:
    """Return the permissions of the one job that a template of ours has."""
    found: dict[str, tuple[str, str]] = {}
    for job in _jobs(root):
        permissions = job.member("permissions")
        for name, _ in permissions.keys if permissions else ():
            level = permissions.member(name) if permissions else None
            if level:
                found[name] = (str(level.value), text[level.end : _line_end(text, level.end)].rstrip())
    return found


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
            edits += _permission_edits(text, root, job, wanted.permissions)
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
            f"{uses.place}: `uses` is not written on one line", cure=f"write {repository}@{wanted.action.ref}"
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
    """Make the comment behind a reference tell its version, or none where the reference tells it itself."""
    version = action.version if _COMMIT.fullmatch(action.ref) else ""
    match = _VERSION_COMMENT.match(text, at, _line_end(text, at))
    if match is None:
        if version:
            yield TextEdit(at, at, f" # {version}")
    elif version:
        yield TextEdit(match.start(1), match.end(1), version)
    else:
        rest = match.end() < _line_end(text, at)
        yield TextEdit(at, match.end(), " # " if rest else "")


def _permission_edits(
    text: str, root: Located, job: Located, needed: Mapping[str, tuple[str, str]]
) -> Iterator[TextEdit]:
    permissions = job.member("permissions")
    granted = permissions or root.member("permissions")
    lacking = {name: how for name, how in needed.items() if not _grants(granted, name, how[0])}
    if not lacking:
        return
    if permissions is None:
        yield _new_block(text, job, needed)
    elif isinstance(permissions.value, dict):
        yield from _more_entries(text, permissions, lacking)
    else:
        yield TextEdit(permissions.start, permissions.end, _spaced(text, permissions.start) + _flow(needed))


def _grants(permissions: Located | None, name: str, level: str) -> bool:
    if permissions is None:
        return False
    if isinstance(permissions.value, str):
        return permissions.value == "write-all"
    member = permissions.member(name)
    found = str(member.value) if member else "none"
    return found in _LEVELS and _LEVELS.index(found) >= _LEVELS.index(level)


def _new_block(text: str, job: Located, needed: Mapping[str, tuple[str, str]]) -> TextEdit:
    """Return the job permissions, in the lines before its `uses`."""
    place = next(place for key, place in job.keys if key == "uses")
    at = _line_start(text, job.member("uses") or job)
    if text.startswith("{", job.start):
        raise Refused(f"{place}: the job is in braces", cure="write it in lines of KEY: VALUE")
    indent, end = " " * (place.column - 1), _newline(text)
    return TextEdit(at, at, f"{indent}permissions:{end}{_lines(needed, indent + '  ', end)}")


def _more_entries(text: str, permissions: Located, lacking: Mapping[str, tuple[str, str]]) -> Iterator[TextEdit]:
    missing = dict(lacking)
    for name, (level, _) in lacking.items():
        member = permissions.member(name)
        if member:
            yield TextEdit(member.start, member.end, _spaced(text, member.start) + level)
            del missing[name]
    if not missing:
        return
    last = max((member.end for member in _members(permissions)), default=permissions.start + 1)
    if text.startswith("{", permissions.start):
        comma = ", " if permissions.keys else ""
        yield TextEdit(last, last, comma + _flow(missing)[1:-1])
        return
    at, end, indent = _line_end(text, last), _newline(text), " " * (permissions.place.column - 1)
    yield TextEdit(at, at, end + _lines(missing, indent, end).removesuffix(end))


def _members(mapping: Located) -> Iterator[Located]:
    for name, _ in mapping.keys:
        member = mapping.member(name)
        if member:
            yield member


def _lines(entries: Mapping[str, tuple[str, str]], indent: str, end: str) -> str:
    return "".join(f"{indent}{name}: {level}{comment}{end}" for name, (level, comment) in entries.items())


def _flow(entries: Mapping[str, tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{name}: {level}" for name, (level, _) in entries.items()) + "}"


def _spaced(text: str, at: int) -> str:
    """Return a space where a value is to be written right behind its colon."""
    return " " if text[at - 1 : at] == ":" else ""


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _line_start(text: str, located: Located) -> int:
    return text.rfind("\n", 0, located.start) + 1


def _line_end(text: str, at: int) -> int:
    """Return the end of the line, before its line end."""
    match = re.compile(r"\r?\n|\Z").search(text, at)
    return match.start() if match else len(text)
