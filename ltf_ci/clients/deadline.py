"""A deadline over several calls: what is done by a thread within it ends by then, however slowly a server answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_NEVER = float("inf")
_of_thread = threading.local()


@contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    """Let what this thread reads in this block end so many seconds from now, or by the deadline that it is in."""
    before = _end()
    _of_thread.end = min(before, time.monotonic() + seconds)
    try:
        yield
    finally:
        _of_thread.end = before


def seconds_left() -> float:
    """Return the seconds until the deadline; infinite where there is none, and none or less when it has passed."""
    return _end() - time.monotonic()


def _end() -> float:
    end: float = getattr(_of_thread, "end", _NEVER)
    return end
