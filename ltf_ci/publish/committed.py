"""What of a commit a release needs, and whether git writes it in a checkout otherwise than the commit has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import takewhile
from pathlib import Path, PurePosixPath

from ltf_ci.clients.files import read_file
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import BadInput
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.layout import DOCKER_FOLDER

_NAME, _FILTER, _ENCODING = ".gitattributes", b"filter", b"working-tree-encoding"


def is_needed(manifest: Manifest | None) -> Callable[[str], bool]:
    """Return whether a path is docker's, or the start point's where that has a folder of its own."""
    folders = tuple(f"{folder}/" for folder in _folders(manifest))
    return lambda path: f"{path}/".startswith(folders)


def converted_files(git: Git, manifest: Manifest | None) -> Mapping[str, str]:
    """Return HEAD's files which a release refuses, and why: git would write them otherwise than the commit has them.

    Git is asked only where an attributes file says such a thing.
    """
    if not any(_FILTER in raw or _ENCODING in raw for raw in _attributes(git.directory, manifest)):
        return {}
    from ltf_ci.clients.git.commit_files import converted  # `check` must not pay for it where there is nothing to ask

    return converted(git, git.head(), is_needed(manifest))


def _folders(manifest: Manifest | None) -> tuple[str, ...]:
    start_point = str(PurePosixPath(manifest.path).parent) if manifest else "."
    return (DOCKER_FOLDER, *([start_point] if start_point != "." else []))


def _attributes(directory: Path, manifest: Manifest | None) -> Iterator[bytes]:
    """Return the .gitattributes that hold for a folder's files that are needed."""
    folders = (directory.absolute(), *directory.absolute().parents)
    above = [*takewhile(lambda folder: not (folder / ".git").exists(), folders)]
    top = folders[len(above) : len(above) + 1]
    below = (file for folder in _folders(manifest) for file in (directory / folder).rglob(_NAME))
    for folder in (*above, *top, *(file.parent for file in below)):
        with suppress(BadInput):  # git reads no link and no pipe either
            yield read_file(folder, _NAME) or b""
