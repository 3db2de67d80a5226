"""The order in which people look for names: `a9` before `a10`."""

from __future__ import annotations

import re

_NUMBER = r"([0-9]{1,18})"


def natural_order(text: str) -> tuple[tuple[int, str], ...]:
    """Return what a text is sorted by: its numbers count as numbers, its letters in either case alike."""
    parts = re.split(_NUMBER, text.lower())
    return tuple((int(part), "") if number % 2 else (0, part) for number, part in enumerate(parts))
