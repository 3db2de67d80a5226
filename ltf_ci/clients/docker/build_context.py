"""A build's context as docker would get it: the files that .dockerignore leaves in, their modes and content."""

from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

from ltf_ci.clients.docker import dockerignore
from ltf_ci.clients.docker.dockerignore import Dockerignore
from ltf_ci.clients.files import read_file
from ltf_ci.model.build_spec import ContextFile


def context_paths(folder: Path) -> list[str]:
    """Return the paths of a context's files, without folders, that .dockerignore leaves in."""
    return [path for path in _paths(folder) if (folder / path).is_symlink() or not (folder / path).is_dir()]


def context_files(folder: Path, dockerfile: str) -> tuple[ContextFile, ...]:
    """Return all files of a context, sorted by path; with Dockerfile and .dockerignore, whether ignored or not."""
    with ThreadPoolExecutor() as pool:  # one file a processor is hashed at a time
        return tuple(pool.map(partial(_file, folder), _paths(folder, dockerfile, dockerignore.NAME)))


def _paths(folder: Path, *always: str) -> list[str]:
    """Return the paths of a context's files and folders that .dockerignore leaves in, and those that count always."""
    ignore = Dockerignore.parse((read_file(folder, dockerignore.NAME) or b"").decode("utf-8", "replace"))
    walked = (os.path.relpath(f"{at}/{name}", folder) for at, *names in os.walk(folder) for name in chain(*names))
    return sorted(path for path in walked if path in always or not ignore.leaves_out(path))


def _file(folder: Path, path: str) -> ContextFile:
    file = folder / path
    status = file.lstat()
    if stat.S_ISREG(status.st_mode):
        with file.open("rb") as content:
            return ContextFile(path, status.st_mode, hashlib.file_digest(content, "sha256").hexdigest())
    link = os.fsencode(file.readlink()) if stat.S_ISLNK(status.st_mode) else b""
    return ContextFile(path, status.st_mode, hashlib.sha256(link).hexdigest())
