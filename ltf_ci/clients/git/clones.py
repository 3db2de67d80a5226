"""Clones of many repositories, each in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from ltf_ci.clients.files import cache_folder
from ltf_ci.clients.git.cloner import Cloner
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BadInput, GitFailed
from ltf_ci.model.remote_refs import Target


class Clones:
    """Repositories' files at a commit, in folders below a root; a folder has all the files, or does not exist."""

    def __init__(self, root: Path, cloner: Cloner) -> None:
        self._root = root
        self._cloner = cloner

    def folder(self, target: Target) -> Path:
        """Return the folder with a target's files, cloned unless it exists; its name has the full commit.

        Raise BadInput where it cannot be written.
        """
        try:
            return self._folder(target)
        except OSError as error:
            cure = "name a folder that may be written, and has room"
            raise BadInput(
                f"{self._root} cannot take the files: {error.strerror}",
                expected="a folder that may be written",
                cure=cure,
            ) from error

    def _folder(self, target: Target) -> Path:
        place = self._root / target.key
        if not place.is_dir():
            with temporary_folder("new", self._root) as new:
                commit = _cloned(clone := new / "clone", target, self._cloner)
                _put(clone, self._root / replace(target, commit=commit).key)
                _link(place, replace(target, commit=commit).key)
        return self._root / place.readlink() if place.is_symlink() else place


@contextmanager
def clones_in(cache: Path | None, cloner: Cloner) -> Iterator[Clones]:
    """Return clones that are kept in a folder; without one, in a temporary folder."""
    if cache is None:
        with temporary_folder("clones") as folder:
            yield Clones(folder, cloner)
        return
    yield Clones(cache_folder(cache), cloner)


def _cloned(folder: Path, target: Target, cloner: Cloner) -> str:
    """Clone a target's files into a new folder, and return the full commit."""
    folder.mkdir()
    if target.ref:
        clone = cloner.clone_ref(folder, target.url, target.ref)
    else:
        clone = cloner.clone_commit(folder, target.url, target.commit)
    head = str(clone.head())
    if not head.startswith(target.commit):
        raise GitFailed(
            f"{target.ref} of {target.url} is commit {head}",
            expected=f"{target.commit}, as `git ls-remote` listed it",
            cure="run it again if it was moved meanwhile; remove a branch with the name of a tag",
        )
    shutil.rmtree(folder / ".git")
    return head


def _put(folder: Path, place: Path) -> None:
    """Move a folder to its place, unless another run was faster."""
    try:
        folder.rename(place)
    except OSError:
        if not place.is_dir():
            raise


def _link(place: Path, name: str) -> None:
    """Link a clone by its commit's short name too, where it was asked for by that."""
    if place.name != name:
        with suppress(FileExistsError):
            place.symlink_to(name)
