"""`ltf-ci watch`: what has come, moved or gone since the fleet was released; by default it only looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ltf_ci.clients.concurrency import reported_at_an_interrupt
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, first_outage
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.images.latest import move_latest
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.requests import DependentsInRepository, LanguagesRepository
from ltf_ci.model.finding import Finding, counted
from ltf_ci.model.image import LATEST
from ltf_ci.model.latest_policy import LatestPolicy
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, StepState, together
from ltf_ci.model.printable import amount
from ltf_ci.model.repository_place import github_repository
from ltf_ci.options.folder import InFolder
from ltf_ci.options.option import switch, value
from ltf_ci.options.shared import DryRun, Fetching
from ltf_ci.watch.entries import EntryPlace
from ltf_ci.watch.files import Files
from ltf_ci.watch.issue import keep_issue
from ltf_ci.watch.observer import Observations, Observer
from ltf_ci.watch.proposed import ask as ask_pull_requests
from ltf_ci.watch.pulls import Opened, open_all
from ltf_ci.watch.report import LOOKED
from ltf_ci.watch.rules import drift, missing, new_versions, upstream
from ltf_ci.watch.watched import Fleet, StaleLatest


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


@dataclass(frozen=True, slots=True)
class Healed:
    """What became of each `latest` that was stale; `stale` are those that still are."""

    steps: tuple[Step, ...]
    stale: tuple[StaleLatest, ...]
    error: LtfError | None = None


def execute(request: Request, run: Run) -> Outcome:
    """Look at all that the files name; put right, and write down, what was asked for."""
    if request.issue or request.open_pull_requests:
        run.github.given(request.issue or "pull requests")
    files = Files.read(request.directory, request.list, request.dependents)
    proposed = ask_pull_requests(request, request.directory, run, local=request.allow_local)
    fleet = files.fleet(request.directory, proposed.locked, local=request.allow_local)
    observer = _observer(fleet, request, run)
    with reported_at_an_interrupt(lambda: _known(fleet, observer.known(), request)):
        seen = observer.look()
        healed = _healed(_stale(seen), seen.known, request, run, proposed.error or files.unknown)
    findings = _findings(fleet, seen, healed.stale)
    with reported_at_an_interrupt(lambda: findings):
        opened = _opened(fleet, seen, request, run)
        kept = keep_issue(request.issue, findings, run.github, dry_run=request.dry_run)
    error = healed.error or opened.error or kept.error
    ending = _ending(seen, findings, error, request)
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason,
        steps=(*files.steps(), *proposed.steps, *_steps(seen), *healed.steps, *opened.steps, *kept.steps),
        findings=findings,
        plan={"issue": kept.plan, "heal": _details(healed.steps), "open": _details(opened.steps)},
        error=error,
        outage=first_outage(each.error for each in seen.unreachable),
    )


def _observer(fleet: Fleet, request: Request, run: Run) -> Observer:
    registry = CachedRegistry(run.registry, request.cache)
    return Observer(fleet, registry, run.git(Path()), local=request.allow_local)


def _known(fleet: Fleet, seen: Observations, request: Request) -> tuple[Finding, ...]:
    """Return what is found in what was seen until an interrupt; not what may just have been put right."""
    return _findings(fleet, seen, () if request.heal else _stale(seen))


def _opened(fleet: Fleet, seen: Observations, request: Request, run: Run) -> Opened:
    if not request.open_pull_requests:
        return Opened()
    place = EntryPlace(request.languages, request.dependents)
    return open_all(fleet, seen, place, run, dry_run=request.dry_run)


def _findings(fleet: Fleet, seen: Observations, stale: Sequence[StaleLatest]) -> tuple[Finding, ...]:
    return tuple(sorted(_found(fleet, seen, stale), key=_order))


def _found(fleet: Fleet, seen: Observations, stale: Sequence[StaleLatest]) -> Iterator[Finding]:
    named = [(ours.image.tagged(tag), ours.place) for ours in fleet.ours for tag in ours.tags]
    yield from fleet.not_asked
    yield from drift.untrue(fleet.locked, seen.git_tags, seen.images)
    yield from drift.gone(named, seen.images)
    yield from drift.behind(stale, {ours.image: ours.place for ours in fleet.ours})
    yield from drift.moved_bases(seen.built(), seen.bases, fleet.graph)
    yield from missing.images(seen.missed())
    yield from missing.git_tags(seen.links, seen.git_tags, seen.tags)
    yield from missing.entries(missing.without_entry(fleet.graph, seen.tags))
    yield from chain.from_iterable(map(upstream.findings, seen.upstream))
    yield from new_versions.base_findings(new_versions.of_bases(fleet.graph, seen.tags))
    yield from missing.renamed(seen.renamed)
    yield from missing.unreachable(seen.unreachable)


def _order(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.found


def _steps(seen: Observations) -> Iterator[Step]:
    images, bases = amount(len(seen.images), "released image"), amount(len(seen.bases), "base")
    state = StepState.DONE if seen.images or seen.bases else StepState.SKIPPED
    yield Step(LOOKED, state, f"{images}, {bases}, {len(seen.upstream)} upstream")
    yield Step("git tags", StepState.DONE, f"of {amount(len(seen.git_tags), 'repository', 'repositories')}")
    for each in seen.unreachable:
        yield Step("unknown", StepState.SKIPPED, f"{each.what}: {each.error.found}")


def _stale(seen: Observations) -> tuple[StaleLatest, ...]:
    """Return each `latest` that is older than a release which is as lock and git tag have it."""
    return tuple(each.stale_latest for each in seen.observations.values() if each.stale_latest)


def _healed(
    stale: tuple[StaleLatest, ...], known: KnownReleases, request: Request, run: Run, unknown: LtfError | None
) -> Healed:
    """Let each `latest` point at the newest release, where that was asked for.

    `unknown` is why it is not known which images are releases: pull requests, or the lock, could not be read.
    """
    if not request.heal or unknown:
        return Healed((), stale, unknown if stale and request.heal else None)
    if request.dry_run:
        return Healed(tuple(Step("heal", StepState.PLANNED, _named(each)) for each in stale), stale)
    steps, left, error = [], [], None
    for each in stale:
        try:
            moved = move_latest(each.image, each.known, LatestPolicy.AUTO, run.registry, known)
            steps.append(Step("heal", moved.step.state, f"{each.image}: {LATEST} {moved.step.detail}"))
            left += [each] if moved.lacks else []
        except LtfError as failed:
            error = error or failed
            left.append(each)
    return Healed(tuple(steps), tuple(left), error)


def _details(steps: Iterable[Step]) -> list[str]:
    return [f"{step.name}: {step.detail}" for step in steps]


def _named(stale: StaleLatest) -> str:
    return f"{stale.image}: {LATEST} points at {stale.newest}"


def _ending(seen: Observations, findings: Sequence[Finding], error: LtfError | None, request: Request) -> Ending:
    endings = [Ending(Conclusion.PLANNED if request.dry_run else Conclusion.DONE)]
    if not (seen.images or seen.bases or seen.upstream or seen.git_tags or findings):
        endings = [Ending(Conclusion.DID_NOTHING, "neither the list, the lock nor dependents.json names anything")]
    endings += [Ending(Conclusion.FAILED)] if error else []
    endings += [Ending(Conclusion.FAILED, counted(findings))] if any(each.fails for each in findings) else []
    return together(endings)
