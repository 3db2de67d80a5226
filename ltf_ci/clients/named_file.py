"""Reads the files that a manifest names: none outside the repository, none that is too large."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.clients.files import real_path
from ltf_ci.model.named_file import LARGEST_LAMBDA, FileKind, NamedFile


def named_file(directory: Path, folder: str, name: str) -> NamedFile:
    """Return the file of a name relative to a folder of the repository; a leading `/` is ignored."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        return NamedFile(FileKind.OUTSIDE)
    try:
        found = _named(directory.resolve(), Path(directory, folder, *parts))
    except PermissionError:
        return NamedFile(FileKind.UNREADABLE)
    except (OSError, ValueError):  # a name that is too long or has a NUL; links that lead to each other
        return NamedFile(FileKind.ABSENT)
    names_folder = name.endswith(("/", "/."))  # and a file of that name is none for cyber-dojo's server
    return NamedFile(FileKind.ABSENT) if names_folder and found.kind is FileKind.FILE else found


def _named(root: Path, file: Path) -> NamedFile:
    real = real_path(file)
    if not real.is_relative_to(root) or ".git" in real.relative_to(root).parts:
        return NamedFile(FileKind.OUTSIDE)
    if not real.exists():
        return NamedFile(FileKind.ABSENT, similar=_similar(real))
    if not real.is_file():
        return NamedFile(FileKind.FOLDER if real.is_dir() else FileKind.OTHER)
    size = real.stat().st_size
    return NamedFile(FileKind.FILE, size, _text(real.read_bytes()) if size <= LARGEST_LAMBDA else None)


def _similar(file: Path) -> str:
    """Return the name of a file in the same folder that is much like this one's; nothing where there is none."""
    from ltf_ci.model.nearest import nearest  # seldom needed

    names = {each.name.lower(): each.name for each in file.parent.iterdir()} if file.parent.is_dir() else {}
    return names.get(nearest(file.name.lower(), names), "")


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8") if b"\0" not in raw else None
    except UnicodeDecodeError:
        return None
