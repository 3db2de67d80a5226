"""What a repository's stage is in a table, in the command's end, and as data."""

from __future__ import annotations

import pytest

from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, StepState

RELEASED = ImageName.parse("o/i:3.7.4-1")


@pytest.mark.parametrize(
    ("stage", "state", "detail", "conclusion", "reason"),
    [
        (Stage.RELEASED, StepState.UNCHANGED, "released as o/i:3.7.4-1", Conclusion.NOTHING_TO_DO, ""),
        (Stage.READY, StepState.UNCHANGED, "has all that it needs", Conclusion.NOTHING_TO_DO, ""),
        (
            Stage.TAG,
            StepState.UNCHANGED,
            "ready: push the first tag there, by ltf-ci next",
            Conclusion.NOTHING_TO_DO,
            "",
        ),
        (Stage.PUSHED, StepState.DONE, "why", Conclusion.DONE, ""),
        (Stage.TAGGED, StepState.UNCHANGED, "why", Conclusion.NOTHING_TO_DO, ""),
        (Stage.OPEN, StepState.UNCHANGED, "why", Conclusion.NOTHING_TO_DO, ""),
        (Stage.OPENED, StepState.DONE, "why", Conclusion.DONE, ""),
        (Stage.PLANNED, StepState.PLANNED, "why: a, b", Conclusion.PLANNED, ""),
        (Stage.WAITS, StepState.SKIPPED, "why", Conclusion.NOTHING_TO_DO, ""),
        (Stage.LEFT, StepState.SKIPPED, "why", Conclusion.DID_NOTHING, "o/r: why"),
        (Stage.CLOSED, StepState.SKIPPED, "why", Conclusion.NOTHING_TO_DO, ""),
        (Stage.FAILED, StepState.FAILED, "why", Conclusion.FAILED, "o/r: why"),
    ],
)
def test_each_stage(stage: Stage, state: StepState, detail: str, conclusion: Conclusion, reason: str) -> None:
    about = Adoption(place="o/r", stage=stage, why="why", command="ltf-ci next", released=RELEASED, changes=("a", "b"))
    assert (about.step.name, about.step.state, about.step.detail) == ("o/r", state, detail)
    assert (about.ending.conclusion, about.ending.reason) == (conclusion, reason)
    assert (about.as_data()["stage"], about.as_data()["release"]) == (str(stage), "o/i:3.7.4-1")
