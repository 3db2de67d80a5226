"""How far a repository is on its way to ltf-ci, and what a person does next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ltf_ci.errors import LtfError
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, Ending, Step, StepState


class Stage(StrEnum):
    """Where a repository is."""

    RELEASED = "released"  # it has all that it needs, and a release
    READY = "ready"  # it has all that it needs, and makes no image
    TAG = "tag"  # it has all that it needs: a person pushes the first tag
    PUSHED = "pushed"  # this run pushed the first tag
    TAGGED = "tagged"  # a release tag is pushed, and has no image yet
    OPEN = "open"  # its pull request is open
    OPENED = "opened"  # this run opened it, or brought it up to date
    PLANNED = "planned"  # a dry run would open it
    WAITS = "waits"  # for the first release of an image that it is made of
    LEFT = "left"  # to people: its pull request has commits of theirs
    CLOSED = "closed"  # a person closed the pull request: this repository is not adopted, and no other waits for it
    FAILED = "failed"


_STATES = {
    Stage.OPENED: StepState.DONE,
    Stage.PUSHED: StepState.DONE,
    Stage.PLANNED: StepState.PLANNED,
    Stage.WAITS: StepState.SKIPPED,
    Stage.LEFT: StepState.SKIPPED,
    Stage.CLOSED: StepState.SKIPPED,
    Stage.FAILED: StepState.FAILED,
}
_CONCLUSIONS = {
    Stage.OPENED: Conclusion.DONE,
    Stage.PUSHED: Conclusion.DONE,
    Stage.PLANNED: Conclusion.PLANNED,
    Stage.LEFT: Conclusion.DID_NOTHING,
    Stage.FAILED: Conclusion.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A repository by its place, its stage, why; its pull request; and the command that a person runs next, if any.

    `changes` says what the pull request changes, and `by_hand` what a person must do that no run can.
    Its workflows need the `secrets`.
    """

    place: str
    stage: Stage
    why: str = ""
    pull_request: str = ""
    command: str = ""
    released: ImageName | None = None
    error: LtfError | None = None
    changes: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    @property
    def step(self) -> Step:
        """Return its row."""
        return Step(self.place, _STATES.get(self.stage, StepState.UNCHANGED), self.detail)

    @property
    def ending(self) -> Ending:
        """How it ended."""
        conclusion = _CONCLUSIONS.get(self.stage, Conclusion.NOTHING_TO_DO)
        is_named = conclusion in (Conclusion.FAILED, Conclusion.DID_NOTHING)
        return Ending(conclusion, f"{self.place}: {self.why}" if is_named else "")

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "repository": self.place,
            "stage": str(self.stage),
            "why": self.why,
            "pull-request": self.pull_request,
            "command": self.command,
            "release": str(self.released or ""),
            "changes": list(self.changes),
            "by-hand": list(self.by_hand),
            "secrets": list(self.secrets),
        }

    @property
    def detail(self) -> str:
        """What was done, or is next, in words."""
        match self.stage:
            case Stage.RELEASED:
                return f"released as {self.released}"
            case Stage.READY:
                return "has all that it needs"
            case Stage.TAG:
                return f"ready: push the first tag there, by {self.command}"
            case Stage.PLANNED:
                return f"{self.why}: {', '.join(self.changes)}" if self.changes else self.why
            case _:
                return self.why
