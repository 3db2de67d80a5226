"""A call that is made again after a temporary error."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from ltf_ci.errors import LtfError

Result = TypeVar("Result")


def with_retries(
    call: Callable[[], Result], *, tries: int, is_temporary: Callable[[LtfError], bool], pause: float = 0
) -> Result:
    """Return what a call returns; after a temporary error call again, `pause` seconds later, `tries` times in all."""
    for _ in range(tries - 1):
        try:
            return call()
        except LtfError as error:
            if not is_temporary(error):
                raise
        time.sleep(pause)
    return call()
