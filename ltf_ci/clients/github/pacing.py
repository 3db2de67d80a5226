"""Holds calls that make something at GitHub, by REST or GraphQL, within its limits: a few at once, many apart."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

LIMITS = (  # calls, in any so many seconds
    (10, 10),  # GitHub asks who makes a large number of them for a second between two
    (80, 60),  # its secondary limits for what makes content
    (500, 3600),
)


class Pace:
    """Lets a call go when the last seconds, minute and hour have not had their fill."""

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sleep = sleep
        self._clock = clock
        self._calls: deque[float] = deque(maxlen=max(calls for calls, _ in LIMITS))

    def wait(self) -> None:
        """Wait until one more call may go, and count it."""
        left = self._left()
        if left > 0:
            self._sleep(left)
        self._calls.append(self._clock())

    def _left(self) -> float:
        """Return how long, in seconds, the oldest call of each full window still counts."""
        full = [self._calls[-calls] + seconds for calls, seconds in LIMITS if len(self._calls) >= calls]
        return max(full, default=0) - self._clock()
