"""Where the time of a run went, part by part: `--timings`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ltf_ci.model.timing import Timing

WHOLE = "all"


class Stopwatch:
    """Times parts of a run; one that begins within another is a part of that one. A part that fails is timed too."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._parts: dict[int, Timing] = {}
        self._number = self._depth = 0

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Time what is done within; parts are in the order in which they began."""
        self._number += 1
        number, depth, begun = self._number, self._depth, time.monotonic()
        self._depth += 1
        try:
            yield
        finally:
            self._depth = depth
            self._parts[number] = Timing(name, depth, time.monotonic() - begun)

    @property
    def timings(self) -> tuple[Timing, ...]:
        """Return all parts that have ended, and the whole so far as the last one."""
        parts = [self._parts[number] for number in sorted(self._parts)]
        return (*parts, Timing(WHOLE, 0, time.monotonic() - self._begun))
