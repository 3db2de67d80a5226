"""What a command did, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from ltf_ci.errors import LtfError, RegistryUnavailable
from ltf_ci.model.finding import Finding, counted


class Conclusion(StrEnum):
    """How a command ended, so that doing nothing never looks like having done something."""

    DONE = "done"
    NOTHING_TO_DO = "nothing-to-do"  # all was as it should be already
    DID_NOTHING = "did-nothing"  # it was not carried out, and the reason says why
    PLANNED = "planned"  # a dry run
    FAILED = "failed"  # the findings or the error say why


_HEAVIEST_FIRST = (
    Conclusion.FAILED,
    Conclusion.PLANNED,
    Conclusion.DONE,
    Conclusion.DID_NOTHING,
    Conclusion.NOTHING_TO_DO,
)


class Ending(NamedTuple):
    """How a command, or a part of one, ended; and why, where it failed or did nothing."""

    conclusion: Conclusion
    reason: str = ""


def together(endings: Iterable[Ending]) -> Ending:
    """Return how several parts ended together: as the heaviest of them, for all the reasons of those that ended so.

    Failed outweighs done and planned, these outweigh did-nothing, that outweighs nothing-to-do, which is also what no
    parts at all are.
    """
    endings = tuple(endings)
    there = {ending.conclusion for ending in endings}
    conclusion = next((each for each in _HEAVIEST_FIRST if each in there), Conclusion.NOTHING_TO_DO)
    reasons = dict.fromkeys(ending.reason for ending in endings if ending.conclusion is conclusion and ending.reason)
    return Ending(conclusion, "; ".join(reasons))


class StepState(StrEnum):
    """How one step ended."""

    DONE = "done"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    PLANNED = "planned"
    FAILED = "failed"


class Step(NamedTuple):
    """A row of the summary: what was checked, built, pushed, moved or opened."""

    name: str
    state: StepState
    detail: str = ""


class Outcome(NamedTuple):
    """The whole of a command's result, which an `error` may have ended half-way.

    `outputs` are the action's, name to text. `plan` is JSON data: a dry run shows it, a real run carried it out.
    `text` is a command's own output where it is its whole point (`dependents graph`, say). `drawing` is mermaid's.
    """

    conclusion: Conclusion
    reason: str = ""
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    outputs: Mapping[str, str] = {}
    plan: Mapping[str, Any] = {}
    text: str = ""
    is_text: bool = False  # whether `text` is all of it: another program reads it line by line
    is_table: bool = False  # whether `text` shows the steps too
    drawing: str = ""
    error: LtfError | None = None
    outage: RegistryUnavailable | None = None  # one of many registries did not answer: a finding says so

    @classmethod
    def checked(
        cls,
        findings: tuple[Finding, ...],
        steps: tuple[Step, ...],
        outputs: Mapping[str, str] | None = None,
        outage: RegistryUnavailable | None = None,
        nothing: str = "",
    ) -> Outcome:
        """Return a check's outcome: failed where an error is among its findings.

        `nothing` says why nothing was looked at, where that is so: then nothing is found to be right, either.
        """
        ended = Ending(Conclusion.DID_NOTHING, nothing) if nothing else Ending(Conclusion.DONE)
        if any(finding.fails for finding in findings):
            ended = Ending(Conclusion.FAILED, counted(findings))
        return cls(
            conclusion=ended.conclusion,
            reason=ended.reason,
            steps=steps,
            findings=findings,
            outputs=outputs or {},
            outage=outage,
        )

    def then(self, other: Outcome) -> Outcome:
        """Return the outcome of this and another part of one command, in this order."""
        ending = together((self.ending, other.ending))
        return self._replace(
            conclusion=ending.conclusion,
            reason=ending.reason,
            steps=(*self.steps, *other.steps),
            findings=(*self.findings, *other.findings),
            outputs={**self.outputs, **other.outputs},
            plan={**self.plan, **other.plan},
            error=self.error or other.error,
        )

    @property
    def ending(self) -> Ending:
        """How it ended, and why."""
        return Ending(self.conclusion, self.reason)

    @property
    def exit_code(self) -> int:
        """Return the error's, or the outage's, the same in every command; 1 where an error is among the findings."""
        if ended_by := self.error or self.outage:
            return ended_by.exit_code
        return int(any(finding.fails for finding in self.findings))
