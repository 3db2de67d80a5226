"""The languages repository's files, as texts: the list, next to it its lock and dependents.json."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ltf_ci.errors import BadInput
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.dependents import Dependents, dependents_path
from ltf_ci.languages.languages_list import LanguagesList
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.rules import dependents_bump
from ltf_ci.languages.rules.list_edits import ListEdit
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.languages.rules.renames import Renames
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.remote_repository import Files


def paths(list_path: str) -> tuple[str, ...]:
    """Return the files that a bump reads: the list, next to it its lock and dependents.json, and the settings."""
    return list_path, lock_path(list_path), dependents_path(list_path), SETTINGS


def known_releases(files: Files, list_path: str) -> KnownReleases:
    """Return the lock's; raise BadInput where there is no list, or where its lock or dependents.json cannot be read."""
    listed(files, list_path)
    dependents_with(files, (), list_path)
    found = lock(files, list_path) or Lock({})
    return found.known()


def listed(files: Files, list_path: str) -> LanguagesList:
    """Return the list; raise BadInput where there is none."""
    if files[list_path] is None:
        found = f"the languages repository has no {list_path}"
        raise BadInput(found, expected="the file with the languages list", cure="name it with --list").of(list_path)
    return list_in(files, list_path)


def list_in(files: Files, list_path: str) -> LanguagesList:
    """Return the list in some files; its lines by commit are known by the lock."""
    found, known = LanguagesList(list_path, files[list_path] or ""), lock(files, list_path)
    return known.known_in(found) if known else found


def today(files: Files, list_path: str, renames: Renames) -> tuple[Files, list[ListEdit]]:
    """Return the files with the addresses that renamed repositories have today, and each edit of the list."""
    if not renames.today:
        return files, []
    before, known = list_in(files, list_path), lock(files, list_path)
    text, edits = renames.in_list(before)
    if not edits:
        return files, []
    for edit in edits:
        known = known and known.moved(edit.replaced or edit.written, edit.written)
    graph = _dependents(files, list_path)
    named = {graph.path: renames.in_dependents(graph, renames.older_in(before))} if graph else {}
    return {**files, list_path: text, **({lock_path(list_path): str(known)} if known else {}), **named}, edits


def dependents_with(files: Files, made: Iterable[ListChange], list_path: str) -> Files:
    """Return dependents.json with the releases of these changes; nothing where there is none."""
    graph = _dependents(files, list_path)
    return {graph.path: dependents_bump.bumped(graph, made)} if graph else {}


def bases(files: Files, change: ListChange, list_path: str) -> tuple[ImageName, ...]:
    """Return what dependents.json says that a release was made FROM; nothing of another one."""
    graph = _dependents(files, list_path)
    entry = dependents_bump.entry_of(graph, change) if graph else None
    return entry.bases if entry and entry.image.tag == change.entry.ref else ()


def lock(files: Files, list_path: str) -> Lock | None:
    """Return the lock; None where there is none."""
    path = lock_path(list_path)
    text = files[path]
    return None if text is None else lock_of(text, path)


def _dependents(files: Files, list_path: str) -> Dependents | None:
    path = dependents_path(list_path)
    text = files[path]
    return None if text is None else _dependents_of(text, path)


@lru_cache(maxsize=2)  # the default branch's, and that of the branch that is decided about: each is asked for often
def lock_of(text: str, path: str) -> Lock:
    """Read a lock; raise BadInput where it is none. It is read once while its text is the same."""
    return Lock.parse(text.encode(), path)


@lru_cache(maxsize=2)
def _dependents_of(text: str, path: str) -> Dependents:
    return Dependents.read(text.encode(), path)
