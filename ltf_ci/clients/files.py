"""Reads the files of other people's repositories: none outside the repository, none that is too large."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Place

LARGEST = 1024 * 1024  # bytes
READABLE = 0o644  # by every user


def expect_folder(directory: Path) -> None:
    """Raise BadInput where a repository's folder is not there."""
    if not directory.is_dir():
        found, cure = f"{directory} is no folder", "check its name; or git clone it first"
        raise BadInput(found, expected="the folder of a repository", cure=cure)


def read_file(directory: Path, path: str, largest: int = LARGEST) -> bytes | None:
    """Return a file's bytes, or None where no such file exists; raise BadInput where it is no regular file inside."""
    return _read_at(Place(path), directory, path, largest)


def read_named(file: Path, largest: int = LARGEST) -> bytes | None:
    """Do the same with a file that a person named: it may be anywhere, and its place is as it was named."""
    return _read_at(Place(str(file)), file.parent, file.name, largest)


def read_needed(file: Path, expected: str, cure: str, largest: int = LARGEST) -> bytes:
    """Return the bytes of a file that a person named; raise BadInput where it is not there."""
    raw = read_named(file, largest)
    if raw is None:
        raise BadInput(f"{file} is not there", expected=expected, cure=cure)
    return raw


def _read_at(place: Place, directory: Path, path: str, largest: int) -> bytes | None:
    try:
        return _read(place, directory, path, largest)
    except OSError as error:
        found, cure = f"it cannot be read: {error.strerror}", "look at its name and its rights"
        raise BadInput.at(place, found, expected="a regular file", cure=cure) from error


def _read(place: Place, directory: Path, path: str, largest: int) -> bytes | None:
    file = directory / path
    if not exists(file):
        return None
    if not real_path(file).is_relative_to(directory.resolve()):
        found = "it leads out of the repository"
        raise BadInput.at(place, found, expected="a file inside it", cure="replace the link")
    if not file.is_file():
        found = "it is a folder" if file.is_dir() else "it is no file"
        raise BadInput.at(place, found, expected="a regular file", cure="replace it by a file")
    size = file.stat().st_size
    if size > largest:
        found, cure = f"it has {size} bytes", "make it smaller, or remove it"
        raise BadInput.at(place, found, expected=f"at most {largest}", cure=cure)
    return file.read_bytes()


def exists(file: Path) -> bool:
    """Whether a path has anything, a link that leads nowhere too; raise OSError where that cannot be seen.

    What pathlib's own questions do then depends on the version of Python.
    """
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def real_path(file: Path) -> Path:
    """Return where links lead; raise OSError where they lead in a circle, as not every Python's pathlib does."""
    with suppress(FileNotFoundError, NotADirectoryError):
        file.stat()
    return file.resolve()


def cache_folder(folder: Path) -> Path:
    """Create a folder for what is kept from run to run, unless it exists, and return it; or raise BadInput."""
    return made_folder(folder, "cache")


def made_folder(folder: Path, what: str) -> Path:
    """Create a folder, unless it exists, and return it; or raise BadInput, where `what` is its purpose: `cache`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        cure = "name a folder that may be written"
        raise BadInput(
            f"{folder} can be no {what}: {error.strerror}", expected="a folder that can be made, or is there", cure=cure
        ) from error
    return folder


def rewrite(file: Path, content: bytes) -> None:
    """Write a file atomically with the permissions that it has, and a new one for every user to read."""
    write_whole(file, content, stat.S_IMODE(file.stat().st_mode) if file.exists() else READABLE)


def write_whole(file: Path, content: bytes, permissions: int = READABLE) -> None:
    """Write a file atomically, with these permissions, or raise BadInput: it never exists half written."""
    try:
        with temporary_folder("file", file.parent) as folder:
            whole = folder / file.name
            whole.write_bytes(content)
            whole.chmod(permissions)
            whole.replace(file)
    except OSError as error:
        cure = "name a folder that may be written, and has room"
        raise BadInput(
            f"{file} cannot be written: {error.strerror}", expected="a file that may be written", cure=cure
        ) from error
