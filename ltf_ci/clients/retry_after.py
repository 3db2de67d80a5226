"""How long a server asks a client to wait."""

from __future__ import annotations

import time
from typing import Any

_DIGITS = 9  # of a number of seconds: more say no more


def asked_wait(response: Any) -> int:
    """Return the seconds that an answer's Retry-After asks for, or those until its date; 0 where it asks for none."""
    text = response.headers.get("Retry-After", "") if response else ""
    return int(text[:_DIGITS]) if text.isdecimal() else _until(text)


def _until(date: str) -> int:
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    try:
        return max(0, round(parsedate_to_datetime(date).timestamp() - time.time()))
    except (ValueError, OverflowError):
        return 0
