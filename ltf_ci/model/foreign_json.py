"""JSON that others wrote: a few megabytes of it can be a hundred times as much in memory."""

from __future__ import annotations

import json
import re
from typing import Any

MOST = 200_000  # objects, lists, and members of either
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def foreign_json(raw: bytes | bytearray, most: int = MOST) -> Any:
    """Return the data; raise ValueError for what is no JSON, is nested too deeply, or has more parts than `most`."""
    if has_more_parts(raw, most):
        raise ValueError(f"it has more than {most:,} parts")
    try:
        return json.loads(raw)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


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
