"""`ltf-ci dependents scan`: dependents.json as the repositories themselves say it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.files import write_whole
from ltf_ci.clients.run import Run
from ltf_ci.fleet.file import read_dependents
from ltf_ci.fleet.sources import scan
from ltf_ci.languages.dependents import Dependent, Dependents
from ltf_ci.languages.requests import DependentsArgument, ListFile
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.model.finding import in_order
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.shared import Fetching, Write

_RIGHTS = 0o644


@dataclass(frozen=True, kw_only=True)
class Request(DependentsArgument, ListFile, Write, Fetching):
    """Which file, which repositories, and whether it is written."""


def execute(request: Request, run: Run) -> Outcome:
    """Bring the file up to date, or without --write show it alone; do neither where a repository is not known."""
    entries, faults = scan(request.list, run, local=request.allow_local, cache=request.cache)
    findings = in_order([*faults])
    if any(finding.fails for finding in findings):
        reason = "the findings say which repositories are not known"
        return Outcome(conclusion=Conclusion.FAILED, reason=reason, findings=findings)
    before = read_dependents(request.dependents) if request.dependents.exists() else _empty(request.dependents)
    text = dependents_edits.put(before, entries)
    if not request.write:
        plan = dependents_edits.members(entries)
        return Outcome(conclusion=Conclusion.DONE, plan=plan, text=text, is_text=True)
    if request.dependents.exists() and text == before.text:
        return Outcome(conclusion=Conclusion.NOTHING_TO_DO, reason="the file says all of it", findings=findings)
    _write(request.dependents.resolve(), text)
    return Outcome(conclusion=Conclusion.DONE, findings=findings, steps=_steps(before, entries))


def _empty(file: Path) -> Dependents:
    return Dependents.parse(b"{}\n", str(file))


def _write(file: Path, text: str) -> None:
    write_whole(file, text.encode(), file.stat().st_mode & 0o7777 if file.exists() else _RIGHTS)


def _steps(before: Dependents, entries: tuple[Dependent, ...]) -> tuple[Step, ...]:
    there = {entry.key for entry in before.entries}
    new = sum(entry.key not in there for entry in entries)
    return (Step("scan", StepState.DONE, f"{len(entries)} entries, {new} of them new"),)
