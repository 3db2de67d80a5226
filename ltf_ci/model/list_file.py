"""How large the languages repository's files may be: they are read whole, and take several times that in memory."""

from __future__ import annotations

from ltf_ci.errors import BadInput
from ltf_ci.model.foreign_json import MOST, has_more_parts

LARGEST = 6 * 1024 * 1024  # bytes: of a lock of 18,000 releases
MOST_LINES = 25_000  # of a list
_CURE = "look at what wrote so much into it"


def expect_bounded(path: str, size: int) -> None:
    """Raise BadInput where a file is larger than any fleet's."""
    if size > LARGEST:
        raise BadInput(f"{path} has {size} bytes", expected=f"at most {LARGEST}", cure=_CURE)


def expect_few_lines(path: str, text: str) -> None:
    """Raise BadInput where a list has more lines than any fleet's."""
    if (lines := text.count("\n")) > MOST_LINES:
        raise BadInput(f"{path} has {lines} lines", expected=f"at most {MOST_LINES}", cure=_CURE)


def expect_few_parts(path: str, raw: bytes) -> None:
    """Raise BadInput where JSON has more objects, lists and members than any fleet's."""
    if has_more_parts(raw):
        found = f"{path} has more than {MOST:,} objects, lists and members"
        raise BadInput(found, expected=f"at most {MOST:,}", cure=_CURE)
