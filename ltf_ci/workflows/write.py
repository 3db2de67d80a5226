"""Files of a repository written where they belong: a link that leads out of it is followed by none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from errno import EACCES, ELOOP, ENOTDIR, EROFS
from pathlib import Path

from ltf_ci.clients.files import exists, real_path, rewrite
from ltf_ci.errors import BadInput
from ltf_ci.workflows.planned_files import FileChange


def places(directory: Path, changes: Iterable[FileChange]) -> Mapping[str, Path]:
    """Return where each file will be written, and is now; raise BadInput where one cannot be, or is outside."""
    return {path: _place(directory, path) for each in changes for path in each.paths}


def write(change: FileChange, at: Mapping[str, Path]) -> None:
    """Write a file; one with an older name moves first.

    So a run that is killed between the two leaves one file, which the next run brings up to date.
    """
    file = at[change.path]
    file.parent.mkdir(parents=True, exist_ok=True)
    if change.old_path:
        at[change.old_path].rename(file)
    rewrite(file, change.after)


def _place(directory: Path, path: str) -> Path:
    try:
        file = real_path(directory / path)
    except OSError as error:
        if error.errno != ELOOP:  # the machine refuses the others
            raise
        raise _no_place(path, os.strerror(ELOOP)) from error
    if not file.is_relative_to(directory.resolve()):
        raise BadInput(f"{path} leads out of the repository", expected="a file inside it", cure="replace the link")
    above = next(folder for folder in file.parents if exists(folder))
    if not above.is_dir():
        raise _no_place(path, os.strerror(ENOTDIR))
    if not os.access(above, os.W_OK):
        is_read_only = os.statvfs(above).f_flag & os.ST_RDONLY
        why = os.strerror(EROFS if is_read_only else EACCES)
        raise _no_place(path, why, f"let this user write into {above}")
    return file


def _no_place(path: str, why: str, cure: str = "replace what its folder is by a folder") -> BadInput:
    return BadInput(f"{path} cannot be written: {why}", expected="a file in a folder that may be written", cure=cure)
