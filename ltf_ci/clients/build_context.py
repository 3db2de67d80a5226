"""A build's context as docker would get it: the files that .dockerignore leaves in, their modes and content."""

from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from ltf_ci.clients.docker import not_ignored
from ltf_ci.clients.files import read_file
from ltf_ci.model.build_spec import ContextFile

_IGNORE = ".dockerignore"


def context_files(folder: Path, dockerfile: str) -> tuple[ContextFile, ...]:
    """Give all files of a context, sorted by path."""
    patterns = (read_file(folder, _IGNORE) or b"").decode("utf-8", "replace")
    with ThreadPoolExecutor() as beside:  # hashes are made beside each other: one a processor
        return tuple(beside.map(partial(_file, folder), not_ignored(patterns, folder, dockerfile)))


def _file(folder: Path, path: str) -> ContextFile:
    file = folder / path
    status = file.lstat()
    if stat.S_ISREG(status.st_mode):
        with file.open("rb") as content:
            return ContextFile(path, status.st_mode, hashlib.file_digest(content, "sha256").hexdigest())
    link = os.fsencode(file.readlink()) if stat.S_ISLNK(status.st_mode) else b""
    return ContextFile(path, status.st_mode, hashlib.sha256(link).hexdigest())
