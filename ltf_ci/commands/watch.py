"""`ltf-ci watch`: what has come, moved or gone since the fleet was released; by default it only looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ltf_ci.clients.concurrency import reported_at_an_interrupt
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, first_outage
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.languages.requests import DependentsInRepository, LanguagesRepository
from ltf_ci.model.finding import Finding, counted
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, together
from ltf_ci.model.repository_place import github_repository
from ltf_ci.options.folder import InFolder
from ltf_ci.options.option import switch, value
from ltf_ci.options.shared import DryRun, Fetching
from ltf_ci.watch.entries import EntryPlace
from ltf_ci.watch.files import Files
from ltf_ci.watch.heal import Healed, heal
from ltf_ci.watch.issue import keep_issue
from ltf_ci.watch.observations import Observations
from ltf_ci.watch.observer import Observer
from ltf_ci.watch.proposed import ask as ask_pull_requests
from ltf_ci.watch.pulls import Opened, open_all
from ltf_ci.watch.rules.findings import findings
from ltf_ci.watch.watched import Fleet


class Request(InFolder, LanguagesRepository, DependentsInRepository, Fetching, DryRun):
    """What is written."""

    heal: bool = switch("let each `latest` that is behind point at the newest release")
    issue: str = value(
        "keep one issue in this repository that lists the findings, and close it when nothing is left",
        github_repository,
        "OWNER/NAME",
        default="",
    )
    open_pull_requests: bool = switch(
        "open a pull request for each newer version and its dependents entry, and start the release of missed tags"
    )


def execute(request: Request, run: Run) -> Outcome:
    """Look at all that the files name; put right, and write down, what was asked for."""
    if request.issue or request.open_pull_requests:
        run.github.given(request.issue or "pull requests")
    files = Files.read(request.directory, request.list, request.dependents)
    proposed = ask_pull_requests(request, request.directory, run, local=request.allow_local)
    fleet = files.fleet(request.directory, proposed.locked, local=request.allow_local)
    registry = CachedRegistry(run.registry, request.cache)
    observer = Observer(fleet, registry, run.git(Path()), local=request.allow_local)
    with reported_at_an_interrupt(lambda: _known(fleet, observer.known(), request)):
        seen = observer.look()
        for step in (*files.steps(), *proposed.steps, *seen.steps()):
            run.show(step)
        healed = _healed(seen, request, run, proposed.error or files.unknown)
    found = findings(fleet, seen, healed.stale)
    with reported_at_an_interrupt(lambda: found):
        opened = _opened(fleet, seen, request, run)
        kept = keep_issue(request.issue, found, run.github, dry_run=request.dry_run)
    error = healed.error or opened.error or kept.error
    ending = _ending(seen, found, error, request)
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason,
        steps=(*files.steps(), *proposed.steps, *seen.steps(), *healed.steps, *opened.steps, *kept.steps),
        findings=found,
        plan={"issue": kept.plan, "heal": _details(healed.steps), "open": _details(opened.steps)},
        error=error,
        outage=first_outage(each.error for each in seen.unreachable),
    )


def _known(fleet: Fleet, seen: Observations, request: Request) -> tuple[Finding, ...]:
    """Return what is found in what was seen until an interrupt; not what may just have been put right."""
    return findings(fleet, seen, () if request.heal else seen.stale)


def _healed(seen: Observations, request: Request, run: Run, unknown: LtfError | None) -> Healed:
    if not request.heal:
        return Healed(seen.stale)
    return heal(seen.stale, seen.known, run, unknown, dry_run=request.dry_run)


def _opened(fleet: Fleet, seen: Observations, request: Request, run: Run) -> Opened:
    if not request.open_pull_requests:
        return Opened()
    place = EntryPlace(request.languages, request.dependents)
    return open_all(fleet, seen, place, run, dry_run=request.dry_run)


def _details(steps: Iterable[Step]) -> list[str]:
    return [f"{step.name}: {step.detail}" for step in steps]


def _ending(seen: Observations, findings: Sequence[Finding], error: LtfError | None, request: Request) -> Ending:
    endings = [Ending(Conclusion.PLANNED if request.dry_run else Conclusion.DONE)]
    if not (seen.images or seen.bases or seen.upstream or seen.git_tags or findings):
        endings = [Ending(Conclusion.DID_NOTHING, "neither the list, the lock nor dependents.json names anything")]
    endings += [Ending(Conclusion.FAILED)] if error else []
    endings += [Ending(Conclusion.FAILED, counted(findings))] if any(each.fails for each in findings) else []
    return together(endings)
