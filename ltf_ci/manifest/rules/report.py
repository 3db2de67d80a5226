"""What a check found, as the outcome of a command."""

from __future__ import annotations

from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.model.layout import IMAGE_NAME_JSON, README
from ltf_ci.model.outcome import Outcome, Step, StepState


def outcome_of(checked: Checked) -> Outcome:
    """Return a check's outcome: failed where an error is among its findings."""
    return Outcome.checked(checked.findings, (step_of(checked),), {"tag": str(checked.tag or "")})


def step_of(checked: Checked) -> Step:
    """Return a check's row: what the repository was compared with."""
    state = StepState.DONE if checked.agrees else StepState.FAILED
    against = f"against the tag {checked.tag}" if checked.tag else "without a tag"
    of_image = "" if checked.repository.manifest else f"{IMAGE_NAME_JSON}, its Dockerfile and {README}, "
    return Step("check", state, of_image + against)
