"""How large what others wrote may be: it is read whole, and takes several times that in memory, JSON a hundred."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from ltf_ci.errors import BadInput

LARGEST = 6 * 1024 * 1024  # bytes: of a lock of 18,000 releases
MOST_LINES = 25_000  # of a list
_CURE = "look at what wrote so much into it"
MOST = 200_000  # objects, lists, and members of either
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


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


def foreign_json(raw: bytes | bytearray, most: int = MOST) -> Any:
    """Return the data; raise ValueError for what is no JSON, is nested too deeply, or has more parts than `most`.

    Python reads numbers that JSON has not, NaN, or that it has not itself, 1e999: int() of one is an OverflowError.
    """
    if has_more_parts(raw, most):
        raise ValueError(f"it has more than {most:,} parts")
    try:
        return json.loads(raw, parse_float=_number, parse_constant=_number)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is no number")
    return number


def has_more_parts(raw: bytes | bytearray, most: int = MOST) -> bool:
    """Whether there are more parts; signs in strings are none, and are looked for only where all signs are too many."""
    if _signs(raw, 0, len(raw)) <= most:
        return False
    parts, end = 0, 0
    for string in _STRING.finditer(raw):
        parts += _signs(raw, end, string.start())
        end = string.end()
        if parts > most:
            return True
    return parts + _signs(raw, end, len(raw)) > most


def _signs(raw: bytes | bytearray, start: int, end: int) -> int:
    return raw.count(b",", start, end) + raw.count(b"[", start, end) + raw.count(b"{", start, end)
