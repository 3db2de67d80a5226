"""A start point's folder: made next to its place, and there as a whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ltf_ci.clients.docker.build_context import context_files
from ltf_ci.clients.files import exists, real_path
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BadInput, Refused

_DOCKERFILE = "Dockerfile"  # which no start point has
_MARK = "shas.txt"  # no start point is without it


def refuse_links_out(folder: Path) -> None:
    """Raise BadInput where a repository has a link that leads out of it, or nowhere but in a circle."""
    root = folder.resolve()
    for inside, folders, files in os.walk(folder):
        for link in (file for name in (*folders, *files) if (file := Path(inside, name)).is_symlink()):
            if not _inside(link, root):
                raise BadInput(
                    f"{link.relative_to(folder)} leads out of the repository",
                    expected="a file inside it",
                    cure="replace the link",
                )


def refuse_foreign(place: Path) -> None:
    """Raise Refused where something is that no start point would be put in place of."""
    if not place.parent.is_dir():
        raise BadInput(
            f"{place.parent} is no folder", expected="a folder to write into", cure="make it first, or name another"
        )
    try:
        foreign = exists(place) and not (place.is_dir() and (not any(place.iterdir()) or (place / _MARK).is_file()))
    except OSError as error:
        raise BadInput(
            f"{place} cannot be read: {error.strerror}",
            expected="a folder, or nothing, there",
            cure="name another with --out",
        ) from error
    if foreign:
        raise _refused(place)


@contextmanager
def made(files: Mapping[str, str], folders: Sequence[Path], parent: Path | None) -> Iterator[Path]:
    """Make a folder of these files and copies of these folders, 0, 1, 2, …; it is gone afterwards, if it is not put."""
    with _new_folder(parent) as new:
        folder = new / "start-point"
        try:
            _fill(folder, files, folders)
        except OSError as error:
            cure = "make room, or name another place with --out"
            raise BadInput(
                f"{parent or new.parent} cannot take the files: {_why(error)}",
                expected="a folder that may be written",
                cure=cure,
            ) from error
        yield folder


def is_there(folder: Path, place: Path) -> bool:
    """Whether a place has all that the folder has, and nothing else; raise Refused where it has something else."""
    if not (place.is_dir() and any(place.iterdir())):
        return False
    if context_files(folder, _DOCKERFILE) != context_files(place, _DOCKERFILE):
        raise _refused(place)
    return True


def put(folder: Path, place: Path) -> None:
    """Move a folder to its place; raise Refused where something came there meanwhile."""
    try:
        folder.rename(place)
    except OSError as error:
        raise _refused(place) from error


@contextmanager
def _new_folder(parent: Path | None) -> Iterator[Path]:
    with ExitStack() as stack:
        try:
            new = stack.enter_context(temporary_folder("start-point", parent))
        except OSError as error:
            cure = "name another place with --out"
            raise BadInput(
                f"{parent} cannot be written: {error.strerror}", expected="a folder that may be written", cure=cure
            ) from error
        yield new


def _fill(folder: Path, files: Mapping[str, str], folders: Sequence[Path]) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    for number, source in enumerate(folders):
        shutil.copytree(source, folder / str(number), symlinks=True)


def _why(error: OSError) -> str:
    """Return why files could not be written: shutil names many files at once, and the first is enough."""
    return str(error.args[0][0][-1]).partition(": ")[0] if isinstance(error, shutil.Error) else str(error.strerror)


def _inside(link: Path, root: Path) -> bool:
    try:
        return real_path(link).is_relative_to(root)
    except OSError:  # links that lead to each other
        return False


def _refused(place: Path) -> Refused:
    return Refused(
        f"{place} is not empty",
        expected="a folder that is not there, or is empty",
        cure="move it away, or name another with --out",
    )
