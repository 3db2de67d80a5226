"""What became of `latest`."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.errors import LtfError
from ltf_ci.model.image import LATEST
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.release_tag import ReleaseTag


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestResult:
    """The release that `latest` points at, and whether this run moved it there.

    It stays where it is, where the release `lacks` platforms that `latest` has. Without a release it was left alone, as
    asked; or an `error` says why it could not be moved.
    """

    points_at: ReleaseTag | None = None
    moved: bool = False
    lacks: frozenset[str] = frozenset()
    error: LtfError | None = None

    @property
    def step(self) -> Step:
        """The row of the summary."""
        if self.lacks:
            return Step(LATEST, StepState.SKIPPED, f"stays where it is: {self.points_at} lacks {self.platforms}")
        if self.points_at:
            return Step(LATEST, StepState.DONE if self.moved else StepState.UNCHANGED, f"points at {self.points_at}")
        return Step(LATEST, StepState.SKIPPED, self.error.found if self.error else "as asked")

    @property
    def platforms(self) -> str:
        """The platforms that the release lacks, as a text."""
        return ", ".join(sorted(self.lacks))
