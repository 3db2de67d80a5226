"""Many repositories at once: each is asked, and cloned, beside the others."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from ltf_ci.clients.git import Git
from ltf_ci.errors import BadInput, GitFailed, LtfError
from ltf_ci.model.listed import Target

AT_ONCE = 8
A = TypeVar("A", bound=Hashable)
B = TypeVar("B")


def at_once(ask: Callable[[A], B], each: Iterable[A]) -> Mapping[A, B | LtfError]:
    """Ask for each, some at a time, and give the answers in the order asked; an error is that one's answer."""

    def answer(asked: A) -> B | LtfError:
        try:
            return ask(asked)
        except LtfError as error:
            return error

    different = tuple(dict.fromkeys(each))
    pool = ThreadPoolExecutor(max_workers=AT_ONCE)
    try:
        return dict(zip(different, pool.map(answer, different), strict=True))
    finally:
        pool.shutdown(cancel_futures=True)


class Clones:
    """Repositories' files at a commit, in folders below one, which are there as a whole or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, target: Target) -> Path:
        """Give the folder with a target's files, cloned where it is not there yet."""
        place = self._root / target.key
        if not place.is_dir():
            with TemporaryDirectory(prefix=".new-", dir=self._root) as new:
                _put(_cloned(Path(new) / "clone", target), place)
        return place


@contextmanager
def clones_in(cache: Path | None) -> Iterator[Clones]:
    """Give clones that stay in a folder or, without one, are gone afterwards."""
    if cache is None:
        with TemporaryDirectory(prefix="ltf-ci-clones-") as folder:
            yield Clones(Path(folder))
        return
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        cure = "name a folder that may be written"
        raise BadInput(f"{cache} can be no cache: {error.strerror}", cure=cure) from error
    yield Clones(cache)


def _cloned(folder: Path, target: Target) -> Path:
    folder.mkdir()
    git = Git(folder)
    if target.ref:
        git.clone_at(target.url, target.ref)
    else:
        git.clone_commit(target.url, target.commit)
    head = str(git.head())
    if not head.startswith(target.commit):
        raise GitFailed(
            f"{target.ref} of {target.url} gave commit {head}",
            expected=f"{target.commit}, as the repository said before",
            cure="run it again if it was moved meanwhile; remove a branch that has a tag's name",
        )
    shutil.rmtree(folder / ".git")
    return folder


def _put(folder: Path, place: Path) -> None:
    """Move a folder to its place, if another run was not faster."""
    try:
        folder.rename(place)
    except OSError:
        if not place.is_dir():
            raise
