"""A build's context as docker would get it: the files that .dockerignore leaves in, their modes and content."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path

from ltf_ci.clients.docker.dockerignore import NAME, ignore_of, own_ignore
from ltf_ci.model.build_spec import BuildSpec, ContextFile

_PLAIN, _EXECUTABLE = 0o644, 0o755


def context_paths(folder: Path, dockerfile: str) -> list[str]:
    """Return the paths of a context's files, without folders, that its .dockerignore leaves in."""
    return sorted(path for path in ignore_of(folder, dockerfile).sent(_walked(folder)) if not path.endswith("/"))


def context_files(folder: Path, dockerfile: str) -> tuple[ContextFile, ...]:
    """Return all files of a context, sorted by path; with Dockerfile and .dockerignore, whether ignored or not."""
    own = own_ignore(folder, dockerfile) is not None
    always = (dockerfile, f"{dockerfile}{NAME}" if own else NAME)
    with ThreadPoolExecutor() as pool:  # one file a processor is hashed at a time
        return tuple(pool.map(partial(_file, folder), _paths(folder, dockerfile, always)))


def _paths(folder: Path, dockerfile: str, always: Sequence[str]) -> list[str]:
    """Return the paths of a context that its .dockerignore leaves in, folders too, and those of `always`."""
    walked = list(_walked(folder))
    found = ignore_of(folder, dockerfile).sent(walked).union(path for path in always if path in walked)
    return sorted(path.removesuffix("/") for path in found)


def _walked(folder: Path) -> Iterator[str]:
    """Yield the paths below a folder; a folder ends with `/`, and comes before all that is in it."""
    for at, folders, files in os.walk(folder):
        for name in chain(folders, files):
            path = os.path.relpath(f"{at}/{name}", folder)
            yield f"{path}/" if name in folders and not (folder / path).is_symlink() else path


def _file(folder: Path, path: str) -> ContextFile:
    file = folder / path
    status = file.lstat()
    if stat.S_ISREG(status.st_mode):
        with file.open("rb") as content:
            return ContextFile(path, status.st_mode, hashlib.file_digest(content, "sha256").hexdigest())
    link = os.fsencode(file.readlink()) if stat.S_ISLNK(status.st_mode) else b""
    return ContextFile(path, status.st_mode, hashlib.sha256(link).hexdigest())


def sent(spec: BuildSpec, folder: Path) -> list[str | Path]:
    """Return docker's words for the Dockerfile, which is written into a folder, and for the context.

    Files go with the modes that git knows, 644 and 755: where a umask made others, a copy of the context is sent.
    """
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(spec.dockerfile, newline="")
    if spec.ignore is not None:
        (folder / f"Dockerfile{NAME}").write_bytes(spec.ignore)
    return ["--file", dockerfile, spec.context if _has_modes_of_git(spec) else _copied(spec, folder / "context")]


def _has_modes_of_git(spec: BuildSpec) -> bool:
    modes = [spec.context.stat().st_mode, *(file.mode for file in spec.files)] if spec.files else []
    return all(stat.S_ISLNK(mode) or stat.S_IMODE(mode) == _mode(mode) for mode in modes)


def _mode(mode: int) -> int:
    """Return the rights that git knows of a file: a folder's are 755."""
    return _EXECUTABLE if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else _PLAIN


def _copied(spec: BuildSpec, target: Path) -> Path:
    target.mkdir(_EXECUTABLE)
    for file in spec.files:
        source, copy = spec.context / file.path, target / file.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        if stat.S_ISDIR(file.mode):
            copy.mkdir(exist_ok=True)
        else:
            shutil.copy2(source, copy, follow_symlinks=False)
        if not stat.S_ISLNK(file.mode):
            copy.chmod(_mode(file.mode))
    target.chmod(_EXECUTABLE)
    return target
