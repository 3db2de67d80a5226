"""The programs that the threads of one pool start: Ctrl-C does not reach them, so they are ended together."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from subprocess import TimeoutExpired  # noqa: TID251 - nothing is started here
from threading import Lock, local
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import subprocess  # noqa: TID251 - the type alone

Running: TypeAlias = "subprocess.Popen[bytes]"
_LAST_SECONDS = 2  # that a program has to end after SIGTERM
_own = local()


class ProgramGroup:
    """Those that run now, each the first of a session of its own; none starts after `end`."""

    def __init__(self) -> None:
        self._running: set[Running] = set()
        self._starting = Lock()
        self._is_ended = False

    @classmethod
    def current(cls) -> ProgramGroup:
        """Return the group of this thread; another one each time in a thread of no pool."""
        group: ProgramGroup = getattr(_own, "group", None) or cls()
        return group

    def join(self) -> None:
        """Let what this thread starts be of the group."""
        _own.group = self

    def start(self, start: Callable[[], Running]) -> Running:
        """Start a program, or raise KeyboardInterrupt where the group is ended."""
        with self._starting:
            if self._is_ended:
                raise KeyboardInterrupt
            running = start()
            self._running.add(running)
        return running

    def discard(self, running: Running) -> None:
        """Forget a program that has ended."""
        self._running.discard(running)

    def end(self) -> None:
        """End all, with what they started themselves: git does not end its own helpers."""
        with self._starting:
            self._is_ended = True
        known = tuple(self._running)
        for running in known:
            signal_all(running, signal.SIGTERM)
        for running in known:
            with suppress(TimeoutExpired):
                running.wait(_LAST_SECONDS)


def signal_all(running: Running, number: signal.Signals) -> None:
    """Send a signal to a program that has a session of its own, and to all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, number)
