"""What a command did, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ltf_ci.errors import LtfError
from ltf_ci.model.finding import Finding


class Conclusion(StrEnum):
    """How a command ended, so that doing nothing never looks like having done something."""

    DONE = "done"
    NOTHING_TO_DO = "nothing-to-do"  # all was as it should be already
    DID_NOTHING = "did-nothing"  # it was not carried out, and the reason says why
    PLANNED = "planned"  # a dry run
    FAILED = "failed"  # the findings or the error say why


class StepState(StrEnum):
    """How one step ended."""

    DONE = "done"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the summary: what was checked, built, pushed, moved or opened."""

    name: str
    state: StepState
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The whole of a command's result, which an `error` may have ended half-way.

    `outputs` are the action's, name to text. `plan` is JSON data: a dry run shows it, a real run carried it out.
    `text` is a command's own output where it is its whole point (`dependents graph`, say). `drawing` is mermaid's.
    """

    conclusion: Conclusion
    reason: str = ""
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    plan: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    is_text: bool = False  # whether `text` is all of it: another program reads it line by line
    drawing: str = ""
    error: LtfError | None = None

    @classmethod
    def checked(
        cls, findings: tuple[Finding, ...], steps: tuple[Step, ...], outputs: Mapping[str, str] | None = None
    ) -> Outcome:
        """Return a check's outcome: failed where an error is among its findings."""
        failed = any(finding.fails for finding in findings)
        return cls(
            conclusion=Conclusion.FAILED if failed else Conclusion.DONE,
            reason="the findings say what is wrong" if failed else "",
            steps=steps,
            findings=findings,
            outputs=outputs or {},
        )

    @property
    def exit_code(self) -> int:
        """Return the error's; 1 where an error is among the findings."""
        if self.error:
            return self.error.exit_code
        return int(any(finding.fails for finding in self.findings))
