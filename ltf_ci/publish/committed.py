"""What of a commit a release needs, and where it differs from the folder in which it is checked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ltf_ci.clients.files import read_file
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import BadInput, GitFailed
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import files
from ltf_ci.model.file_text import text_of
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.layout import DOCKER_FOLDER, SETTINGS
from ltf_ci.publish.rules.commit import CommitFacts
from ltf_ci.traffic_light.start_file_texts import OPTIONS

_NAME, _FILTER, _ENCODING = ".gitattributes", b"filter", b"working-tree-encoding"


class Committed(NamedTuple):
    """What HEAD has of the settings and the start files, None of those that it lacks; nothing without a HEAD.

    Files that are too large to be read are left out. `workflows` are the texts of its workflows by path; None where it
    is not released at GitHub.
    """

    files: Mapping[str, bytes | None] = {}
    workflows: Mapping[str, str] | None = None


def read_committed(git: Git, manifest: Manifest | None, github: GithubHost) -> Committed:
    """Read all of it at once."""
    paths, start_files = _workflows(git, github), _start_files(manifest) if manifest else ()
    try:
        found = dict(git.contents_at("HEAD", (*(paths or ()), SETTINGS, *sorted(start_files))))
        if not any(found.values()):
            git.head()  # raises where there is no commit
    except GitFailed:  # no repository, or one without a commit
        found = {}
    workflows = {path: text_of(raw, path) for path in paths or () if (raw := found.pop(path, None)) is not None}
    return Committed(found, None if paths is None else workflows)


def differences(git: Git, manifest: Manifest | None, committed: Committed) -> CommitFacts:
    """Return where the commit has other files than the folder."""
    try:
        converted = _converted_files(git, manifest)
    except GitFailed:  # an unpacked archive, or a repository without a commit
        converted = {}
    here = {path: raw for path in committed.files if (raw := _content(git.directory, path)) is not None}
    other = [path for path, raw in here.items() if _with_lf(raw) != _with_lf(committed.files[path])]
    try:
        tracked = git.tracked(*other) if other else {}
    except GitFailed:  # no work tree
        return CommitFacts(converted=converted)
    lacking = [path for path in other if committed.files[path] is None]
    return CommitFacts(
        lacking=tuple(path for path in lacking if path not in tracked or _is_link(git.directory, path)),
        passed_over=tuple(path for path in other if path not in lacking and path != SETTINGS and tracked.get(path)),
        in_lfs=tuple(path for path, raw in committed.files.items() if path in here and _is_in_lfs(raw or b"")),
        converted=converted,
    )


def is_needed(manifest: Manifest | None) -> Callable[[str], bool]:
    """Return whether a path is docker's, or the start point's where that has a folder of its own."""
    folders = tuple(f"{folder}/" for folder in _folders(manifest))
    return lambda path: f"{path}/".startswith(folders)


def _workflows(git: Git, github: GithubHost) -> tuple[str, ...] | None:
    """Return the paths of HEAD's workflows; None where no workflow of GitHub's releases it."""
    try:
        origin = git.origin_if_readable()
        return git.ci_paths("HEAD") if origin and github.name_of(origin) else None
    except GitFailed:  # no repository, or one without a commit
        return None


def _start_files(manifest: Manifest) -> frozenset[str]:
    return files.paths(manifest) | {str(PurePosixPath(manifest.path).parent / OPTIONS)}


def _converted_files(git: Git, manifest: Manifest | None) -> Mapping[str, str]:
    """Return HEAD's files which a release refuses, and why: git would write them otherwise than the commit has them.

    Git is asked only where an attributes file says such a thing.
    """
    if not any(_FILTER in raw or _ENCODING in raw for raw in _attributes(git.directory, manifest)):
        return {}
    from ltf_ci.clients.git.commit_files import converted  # `check` must not pay for it where there is nothing to ask

    return converted(git, git.head(), is_needed(manifest))


def _folders(manifest: Manifest | None) -> tuple[str, ...]:
    start_point = str(PurePosixPath(manifest.path).parent) if manifest else "."
    return (DOCKER_FOLDER, *([start_point] if start_point != "." else []))


def _attributes(directory: Path, manifest: Manifest | None) -> Iterator[bytes]:
    """Return the .gitattributes that hold for a folder's files that are needed."""
    folders = (directory.absolute(), *directory.absolute().parents)
    above = [*takewhile(lambda folder: not (folder / ".git").exists(), folders)]
    top = folders[len(above) : len(above) + 1]
    below = (file for folder in _folders(manifest) for file in (directory / folder).rglob(_NAME))
    for folder in (*above, *top, *(file.parent for file in below)):
        with suppress(BadInput):  # git reads no link and no pipe either
            yield read_file(folder, _NAME) or b""


def _is_in_lfs(raw: bytes) -> bool:
    if not raw.startswith(b"version "):
        return False
    from ltf_ci.clients.git.tree_entries import lfs_pointer  # few begin so

    return bool(lfs_pointer(raw))


def _content(directory: Path, path: str) -> bytes | None:
    """Return a file's bytes; None where it is none of a sane size inside the repository, which `check` says."""
    with suppress(BadInput):
        return read_file(directory, path)
    return None


def _with_lf(raw: bytes | None) -> bytes | None:
    return raw if raw is None else raw.replace(b"\r\n", b"\n")


def _is_link(directory: Path, path: str) -> bool:
    """Whether a path leads through a link: then the file that it leads to may be what the commit lacks."""
    return (directory / path).resolve() != directory.resolve() / path
