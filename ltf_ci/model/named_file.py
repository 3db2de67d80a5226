"""A file that a manifest names, as a folder has it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """What stands where a file is named, in the words that are said of it."""

    FILE = "a file"
    ABSENT = "nothing"
    OUTSIDE = "outside"
    FOLDER = "a folder"
    OTHER = "no regular file"
    UNREADABLE = "not to be read"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as it lies there: `text` is None where it is larger than LARGEST_LAMBDA, or no text."""

    kind: FileKind
    size: int = 0
    text: str | None = None


LARGEST_LAMBDA = 64 * 1024


LARGEST_VISIBLE = 25 * 1024  # bytes
