"""What is asked of each version line of a repository; and once for all of them, where one needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.errors import LtfError
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.requests import PullRequest
from ltf_ci.model.image import ImageName


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of each line of the repository in a folder; `pull` is the pull request that then lists it.

    `known` returns the lock's releases, or raises what would keep a start point from being listed. `is_named` says that
    a user or a workflow named the request: then it is carried out once, whatever changes later.
    """

    directory: Path
    reason: str
    request: str
    is_named: bool
    bases: tuple[ImageName, ...]
    rebuild: bool
    pull: PullRequest
    known: Callable[[], KnownReleases]


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
