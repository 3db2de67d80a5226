"""A call that is made again where it failed for a moment only: the one loop for it, whose waits are bounded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ltf_ci.clients.deadline import seconds_left
from ltf_ci.errors import LtfError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a call is made again after it failed, and the seconds to wait: doubled each time, up to `longest`.

    No call is made again once `total` seconds have passed since the first, or the deadline that it is in.
    """

    retries: int
    pause: float = 0
    longest: float = 120
    total: float = 300


def may_pass(error: LtfError) -> bool:
    """Whether an error says after how long its call may be made again, and no loop within has tried that in vain."""
    return error.again_after is not None and not error.was_retried


def with_retries(
    call: Callable[[], Result], patience: Patience, is_temporary: Callable[[LtfError], bool] = may_pass
) -> Result:
    """Return what a call returns, made again after each temporary error."""
    end = time.monotonic() + min(patience.total, seconds_left())
    number = 0
    while True:
        try:
            return call()
        except LtfError as error:
            if not is_temporary(error):
                raise
            wait = error.again_after or _backoff(number, patience)
            if number == patience.retries or wait > patience.longest or time.monotonic() + wait > end:
                error.was_retried = True
                raise
        time.sleep(wait)
        number += 1


def _backoff(number: int, patience: Patience) -> float:
    """Return the wait before a call is made again: many that failed at one moment do not come back at one moment."""
    from random import uniform  # slow to import, and seldom needed

    wait: float = min(patience.longest, patience.pause * 2**number)
    return wait * uniform(0.5, 1)  # noqa: S311 - no secret
