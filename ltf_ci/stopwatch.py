"""Where the time of a run went, part by part: `--timings`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

WHOLE = "all"


@dataclass(frozen=True, slots=True)
class Timing:
    """A part's name, how many parts it is within, and its seconds."""

    name: str
    depth: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:9.2f} s  {'  ' * self.depth}{self.name}"

    def as_row(self) -> str:
        """Return it as a row of a table in markdown."""
        return f"| {self.seconds:.2f} | {'— ' * self.depth}{self.name} |\n"

    def as_data(self) -> dict[str, str | int | float]:
        """Return it as JSON data."""
        return {"name": self.name, "depth": self.depth, "seconds": round(self.seconds, 3)}


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
