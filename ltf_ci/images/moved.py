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

    Without one it was left alone, as asked; or an `error` says why it could not be moved.
    """

    points_at: ReleaseTag | None = None
    moved: bool = False
    error: LtfError | None = None

    @property
    def step(self) -> Step:
        """The row of the summary."""
        if self.points_at:
            return Step(LATEST, StepState.DONE if self.moved else StepState.UNCHANGED, f"points at {self.points_at}")
        return Step(LATEST, StepState.SKIPPED, self.error.found if self.error else "as asked")
