"""What is asked once for all lines, and only where one of them needs it."""

from __future__ import annotations

from collections.abc import Callable

from ltf_ci.errors import LtfError
from ltf_ci.images.rules.trust import KnownReleases


class Once:
    """The lock's releases, asked for at most once; what keeps them from being known is raised at each call."""

    def __init__(self, ask: Callable[[], KnownReleases]) -> None:
        self._ask = ask
        self._answer: KnownReleases | LtfError | None = None

    def __call__(self) -> KnownReleases:
        """Return what was answered."""
        if self._answer is None:
            try:
                self._answer = self._ask()
            except LtfError as error:
                self._answer = error
        if isinstance(self._answer, LtfError):
            raise self._answer
        return self._answer
