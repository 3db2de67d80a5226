"""`ltf-ci dependents scan`: dependents.json as the repositories themselves say it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ltf_ci.clients.files import rewrite
from ltf_ci.clients.run import Run
from ltf_ci.fleet.file import read_dependents
from ltf_ci.fleet.sources import scan
from ltf_ci.languages.dependents import Dependent, Dependents
from ltf_ci.languages.requests import DependentsArgument, ListFiles
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.model.finding import Finding, in_order
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.options.shared import Fetching, Write


class Request(DependentsArgument, ListFiles, Write, Fetching):
    """Which file, which repositories, and whether it is written."""


def execute(request: Request, run: Run) -> Outcome:
    """Bring the file up to date with the repositories that can be read, or without --write print it."""
    before = read_dependents(request.dependents) if request.dependents.exists() else _empty(request.dependents)
    entries, faults = scan(request.list, before.entries, run, local=request.allow_local, cache=request.cache)
    findings = in_order([*faults])
    text = dependents_edits.put(before, entries)
    failed = any(finding.fails for finding in findings)
    if not request.write:
        return _printed(dependents_edits.members(entries), text, findings, failed=failed)
    changes = not request.dependents.exists() or text != before.text
    if changes:
        rewrite(request.dependents.resolve(), text.encode())
    steps = _steps(before, entries) if changes else ()
    if failed:
        reason = "the findings list the repositories that could not be read; the others' entries are in the file"
        return Outcome(conclusion=Conclusion.FAILED, reason=reason, findings=findings, steps=steps)
    if not changes:
        return Outcome(conclusion=Conclusion.NOTHING_TO_DO, reason="the file has all of it", findings=findings)
    return Outcome(conclusion=Conclusion.DONE, findings=findings, steps=steps)


def _printed(plan: Mapping[str, Any], text: str, findings: tuple[Finding, ...], *, failed: bool) -> Outcome:
    """Return the file's text, or, where it would lack entries, the findings that say which."""
    if failed:
        reason = "the findings list the repositories that could not be read; --write writes the entries of the others"
        return Outcome(conclusion=Conclusion.FAILED, reason=reason, findings=findings, plan=plan)
    return Outcome(conclusion=Conclusion.DONE, plan=plan, text=text, is_text=True, findings=findings)


def _empty(file: Path) -> Dependents:
    return Dependents.parse(b"{}\n", str(file))


def _steps(before: Dependents, entries: tuple[Dependent, ...]) -> tuple[Step, ...]:
    there = {entry.key for entry in before.entries}
    new = sum(entry.key not in there for entry in entries)
    return (Step("scan", StepState.DONE, f"{amount(len(entries), 'entry', 'entries')}, {new} of them new"),)
