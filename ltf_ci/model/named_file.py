"""A file that a manifest names."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class FileKind(StrEnum):
    """What exists at a file's path, in the words of messages."""

    FILE = "a file"
    ABSENT = "nothing"
    OUTSIDE = "outside"
    FOLDER = "a folder"
    OTHER = "no regular file"
    UNREADABLE = "not to be read"


class NamedFile(NamedTuple):
    """A file: `size` in bytes; `text` is None where it is larger than LARGEST_LAMBDA, or not UTF-8.

    Where it is absent, `similar` is the name of another file next to it, if one is much like it.
    """

    kind: FileKind
    size: int = 0
    text: str | None = None
    similar: str = ""


LARGEST_LAMBDA = 64 * 1024  # bytes
LARGEST_VISIBLE = 25 * 1024  # bytes
