"""Folders that one run alone uses: removed at their end, and by a later run where theirs was killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_swept = set[Path]()


@contextmanager
def temporary_folder(purpose: str, within: Path | None = None) -> Iterator[Path]:
    """Yield a new folder of the system's folder for temporary files, or a hidden one within another folder.

    What runs of the same user that were killed have left there is removed, once a run. Raise OSError where no folder
    can be made.
    """
    from tempfile import TemporaryDirectory, gettempdir  # noqa: TID251 - this is the door, and slow to import

    from ltf_ci.clients.own_names import Maker

    place = Path(gettempdir()) if within is None else within
    _remove_left_overs(place)
    hidden = "" if within is None else "."
    with TemporaryDirectory(prefix=f"{hidden}{Maker.this().name()}-{purpose}-", dir=place) as folder:
        yield Path(folder)


def _remove_left_overs(place: Path) -> None:
    if place in _swept:
        return
    _swept.add(place)
    import shutil

    from ltf_ci.clients.own_names import is_left_over

    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if is_left_over(entry.name.removeprefix(".")) and _is_own_folder(entry):
                shutil.rmtree(entry.path, ignore_errors=True)  # another run may remove it at the same moment


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder, not a link to one, of the user who runs this."""
    return entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
