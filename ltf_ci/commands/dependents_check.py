"""`ltf-ci dependents check`: is every entry of dependents.json right, and do the repositories say the same?"""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.fleet.file import read_with_faults
from ltf_ci.fleet.rules import entries as dependents_rules
from ltf_ci.fleet.rules import scan as dependents_scan
from ltf_ci.fleet.sources import scan
from ltf_ci.languages.dependents import Dependents
from ltf_ci.languages.requests import DependentsArgument, ListFiles
from ltf_ci.model.finding import Finding, in_order
from ltf_ci.model.outcome import Outcome, Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.options.option import switch
from ltf_ci.options.shared import Fetching


class Request(DependentsArgument, ListFiles, Fetching):
    """Which images."""

    scan: bool = switch("compare the file with the repositories' Dockerfiles too")


def execute(request: Request, run: Run) -> Outcome:
    """Check the file, and say all that was found at once."""
    dependents = read_with_faults(request.dependents)
    findings = [*dependents_rules.findings(dependents)]
    if request.scan:
        findings += _scanned(request, dependents, run)
    steps = (
        Step("dependents", StepState.DONE, f"{amount(len(dependents.entries), 'entry', 'entries')} read"),
        Step("scan", StepState.DONE, "compared with the Dockerfiles")
        if request.scan
        else Step("scan", StepState.SKIPPED, "--scan compares it with the Dockerfiles"),
    )
    nothing = "" if dependents.entries else f"{request.dependents} has no entry"
    return Outcome.checked(in_order(findings), steps, nothing=nothing)


def _scanned(request: Request, dependents: Dependents, run: Run) -> tuple[Finding, ...]:
    entries, faults = scan(request.list, dependents.entries, run, local=request.allow_local, cache=request.cache)
    return (*faults, *dependents_scan.differences(dependents, entries))
