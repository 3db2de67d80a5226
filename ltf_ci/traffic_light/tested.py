"""What became of a test of the start files in an image."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.model.finding import Finding
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.traffic_light.colour import Colour

STEP = "test"


@dataclass(frozen=True, slots=True)
class Tested:
    """What was run, and what was found; `colours` are those that were wanted, where it came to that."""

    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    colours: tuple[Colour, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether the image must not be pushed."""
        return any(finding.fails for finding in self.findings)


def skipped(why: str) -> Tested:
    """Return why nothing was tested."""
    return Tested((Step(STEP, StepState.SKIPPED, why),))


NOT_TESTED = Tested()
