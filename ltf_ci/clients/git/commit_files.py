"""The files of a commit, written into a folder from git's objects: the state of the work tree does not matter.

Content is what the commit has, byte for byte: git's conversions of line ends are not made. Rights are 644 or 755,
whatever the umask, and times are the commit's. Submodules and files of Git LFS are written where their objects are in
the repository, or can be fetched.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from ltf_ci.clients.git.objects import Objects, Tree
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.git.tree_entries import FOLDER_RIGHTS, LINK, RIGHTS, SUBMODULE, Submodule, TreeEntry, lfs_pointer
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import LtfError, Refused
from ltf_ci.model.commit import Commit

_FILTER, _ENCODING = "filter", "working-tree-encoding"
_MOST_NAMED = 5


def write_files(git: Git, commit: Commit, folder: Path, is_needed: Callable[[str], bool]) -> None:
    """Write the files that a repository's folder has at a commit into an empty folder.

    Raise Refused where one that is needed cannot be had as a checkout would have it.
    """
    with temporary_folder("objects") as scratch:
        objects = Objects(git, scratch)
        tree = Tree(str(commit), git.prefix(), git.origin(), objects.places)
        lacking = [(path, why) for path, why in sorted(write_tree(objects, tree, folder).items()) if is_needed(path)]
    if lacking:
        raise Refused(
            "; ".join(f"{path} {why}" for path, why in lacking[:_MOST_NAMED]),
            expected="all files of the commit, which the image's label names as its source",
            cure="fetch them into the clone: git submodule update --init --recursive, git lfs pull",
        )
    _set_times(folder, git.seconds_of(commit))


def converted(git: Git, commit: Commit, is_needed: Callable[[str], bool]) -> Mapping[str, str]:
    """Return by path why a commit's file that is needed is not as a checkout has it, by its attributes alone."""
    with temporary_folder("objects") as scratch:
        objects = Objects(git, scratch)
        tree = Tree(str(commit), git.prefix(), git.origin(), objects.places)
        files = [entry for entry in objects.entries(tree) if entry.mode not in (SUBMODULE, LINK)]
        attributes = objects.attributes(tree, files, _FILTER, _ENCODING)
    return {path: why for path, given in attributes.items() if is_needed(path) and (why := _why_converted(given))}


def write_tree(objects: Objects, tree: Tree, folder: Path) -> Mapping[str, str]:
    """Write a tree's files into an empty folder; return by path why something is not as a checkout would have it."""
    writer = _Writer(objects, folder)
    writer.write(tree, "")
    return writer.lacking


class _Writer:
    """Writes trees, and keeps by path why something could not be had."""

    def __init__(self, objects: Objects, folder: Path) -> None:
        self._objects, self._folder = objects, folder
        self.lacking: dict[str, str] = {}

    def write(self, tree: Tree, below: str) -> None:
        """Write a tree below a path, which ends with a `/` where it is not empty."""
        entries = self._objects.entries(tree)
        files = [entry for entry in entries if entry.mode != SUBMODULE]
        attributes = self._objects.attributes(tree, files, _FILTER, _ENCODING)
        for entry, content in self._objects.contents(files):
            path, given = f"{below}{entry.path}", attributes.get(entry.path, {})
            whole = content if entry.mode == LINK else self._unfiltered(path, content, given, tree)
            _write(self._folder, path, entry.mode, whole)
        submodules = self._objects.submodules(tree) if len(files) < len(entries) else {}
        for entry in (each for each in entries if each.mode == SUBMODULE):
            self._write_submodule(entry, tree, below, submodules)

    def _unfiltered(self, path: str, content: bytes, attributes: Mapping[str, str], tree: Tree) -> bytes:
        """Return a file's content; note what a checkout would make of it that is not known here."""
        name = attributes.get(_FILTER, "")
        pointed = lfs_pointer(content) if name == "lfs" else ""
        kept = self._objects.lfs_object(pointed, tree) if pointed else None
        if pointed and kept is None:
            self.lacking[path] = "is a pointer of Git LFS, and its content is not here"
        elif why := _why_converted(attributes):
            self.lacking[path] = why
        return content if kept is None else kept

    def _write_submodule(self, entry: TreeEntry, tree: Tree, below: str, submodules: Mapping[str, Submodule]) -> None:
        path = f"{below}{entry.path}"
        _folders(self._folder, path)
        try:
            self.write(self._objects.bring(entry, submodules.get(entry.path), tree), f"{path}/")
        except LtfError as error:
            self.lacking[path] = f"is a submodule, and its commit {entry.object_id[:7]} is not here: {error.found}"


def _why_converted(attributes: Mapping[str, str]) -> str:
    """Return what a checkout does to a file that is not known here; empty where it does nothing."""
    name = attributes.get(_FILTER, "")
    if name not in ("", "lfs"):
        return f"passes through the filter {name} in a checkout, by .gitattributes"
    return f"is written as {attributes[_ENCODING]} in a checkout, by .gitattributes" if _ENCODING in attributes else ""


def _write(folder: Path, path: str, mode: str, content: bytes) -> None:
    file = folder / path
    _folders(folder, str(Path(path).parent))
    if mode == LINK:
        file.symlink_to(os.fsdecode(content))
    else:
        file.write_bytes(content)
        file.chmod(RIGHTS[mode])


def _folders(folder: Path, path: str) -> None:
    """Make the folders of a path, whose rights no umask changes."""
    for part in (*reversed(Path(path).parents), Path(path)):
        made = folder / part
        if not made.is_dir():
            made.mkdir()
            made.chmod(FOLDER_RIGHTS)


def _set_times(folder: Path, seconds: int) -> None:
    for at, folders, files in os.walk(folder):
        for name in (*folders, *files, "."):
            os.utime(Path(at, name), (seconds, seconds), follow_symlinks=False)
