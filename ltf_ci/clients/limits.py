"""What a program may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a program may use before it is killed: seconds, and bytes of output; `is_full` is polled while it runs.

    `memory` is in bytes: it, and each program that it starts, is refused more by the system, where that has `prlimit`;
    one that needs more may lift it.
    """

    seconds: float
    output: int
    memory: int
    is_full: Callable[[], bool] = lambda: False
