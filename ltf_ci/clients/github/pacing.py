"""Holds calls that make something at GitHub, REST's and GraphQL's, within its limits over any minute and any hour."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

LIMITS = ((80, 60), (500, 3600))  # calls, in seconds: GitHub's secondary limits for what makes content


class Pace:
    """Lets a call go when neither the last minute nor the last hour has had its fill."""

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
