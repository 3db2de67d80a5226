"""Files of a repository written where they belong: a link that leads out of it is followed by none."""

from __future__ import annotations

from errno import EEXIST, ELOOP, ENOTDIR
from pathlib import Path

from ltf_ci.clients.files import real_path, rewrite
from ltf_ci.errors import BadInput
from ltf_ci.workflows.planned_files import FileChange


def write(directory: Path, change: FileChange) -> None:
    """Write a file, or raise BadInput where its place is outside the repository; one with an older name moves first.

    So a run that is killed between the two leaves one file, which the next run brings up to date.
    """
    file = _inside(directory, change.path)
    if change.old_path:
        _inside(directory, change.old_path).rename(file)
    rewrite(file, change.after)


def _inside(directory: Path, path: str) -> Path:
    """Return where a file is written, in a folder that is there; raise BadInput where neither can be."""
    try:
        file = real_path(directory / path)
        if file.is_relative_to(directory.resolve()):
            file.parent.mkdir(parents=True, exist_ok=True)
            return file
    except OSError as error:
        if error.errno not in (ELOOP, EEXIST, ENOTDIR):  # the machine refuses the others
            raise
        found, cure = f"{path} cannot be written: {error.strerror}", "replace what its folder is by a folder"
        raise BadInput(found, expected="a file in a folder", cure=cure) from error
    raise BadInput(f"{path} leads out of the repository", expected="a file inside it", cure="replace the link")
