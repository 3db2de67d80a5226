"""A build's context as docker would get it: the files that .dockerignore leaves in, their modes and content."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from ltf_ci.clients.docker import not_ignored
from ltf_ci.model.build_spec import ContextFile

_IGNORE = ".dockerignore"


def context_files(folder: Path, dockerfile: str) -> tuple[ContextFile, ...]:
    """Give all files of a context, sorted by path."""
    ignore = folder / _IGNORE
    patterns = ignore.read_text(errors="replace") if ignore.is_file() else ""
    return tuple(_file(folder, path) for path in not_ignored(patterns, folder, dockerfile))


def _file(folder: Path, path: str) -> ContextFile:
    file = folder / path
    status = file.lstat()
    if stat.S_ISLNK(status.st_mode):
        content = str(file.readlink()).encode()
    else:
        content = file.read_bytes() if stat.S_ISREG(status.st_mode) else b""
    return ContextFile(path, status.st_mode, hashlib.sha256(content).hexdigest())
