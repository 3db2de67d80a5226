"""`ltf-ci list lock`: begins the lock of a languages list, or adds the releases that it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.files import read_named, rewrite
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, first_outage
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.tags import Found
from ltf_ci.languages.listed import Listed
from ltf_ci.languages.listed_repositories import gather, read_list
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.requests import ListArgument
from ltf_ci.languages.rules import lock as list_lock
from ltf_ci.languages.rules import manifests
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.repository import read_start_point
from ltf_ci.model.bounds import LARGEST
from ltf_ci.model.finding import Finding, in_order
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.options.shared import Fetching, Write


class Request(ListArgument, Write, Fetching):
    """Which list, and whether its lock is written."""


def execute(request: Request, run: Run) -> Outcome:
    """Lock each listed release whose image is made of its tag's commit; what the lock has already stays as it is."""
    listed = read_list(request.list)
    file = request.list.with_name(lock_path(request.list.name))
    raw = read_named(file, LARGEST)
    before = Lock({}) if raw is None else Lock.parse(raw, str(file))
    before.known()  # an entry that cannot be read is no entry to write anew: the registry would be believed
    gathered = gather(listed, read_start_point, run, local=request.allow_local, cache=request.cache)
    lines = [
        Listed(
            place=listed.place(line), entry=line.entry, commit=commit, manifest=manifest, facts=ManifestFacts(files={})
        )
        for line, commit, manifest in gathered.seen
        if line.entry.tag and not before.find(line.entry)
    ]
    registry = CachedRegistry(run.registry, request.cache)
    answers = concurrently(lambda image: image_under(registry, image), {line.image for line in lines if line.image})
    made = [(line, answers[line.image]) for line in lines if line.image]
    findings = [*(fault for fault in gathered.findings if fault.fails), *_faults(made)]
    after = list_lock.begun(before, made)
    if request.write and (after != before or raw is None):
        rewrite(file.resolve(), str(after).encode())
    outcome = _outcome(request, before, after, file, in_order(findings))
    return outcome._replace(outage=first_outage(answers.values()))


def _faults(made: Sequence[tuple[Listed, Found | LtfError]]) -> list[Finding]:
    return [finding for line, answer in made for finding in manifests.image(line, answer)]


def _outcome(request: Request, before: Lock, after: Lock, file: Path, findings: tuple[Finding, ...]) -> Outcome:
    new = len(after.entries) - len(before.entries)
    state = StepState.DONE if request.write else StepState.PLANNED
    conclusion, reason = Conclusion.DONE if request.write else Conclusion.PLANNED, ""
    if findings:
        conclusion, reason = Conclusion.FAILED, "the findings list the releases that cannot be locked"
    elif not new:
        conclusion, reason = Conclusion.NOTHING_TO_DO, "the lock has every tagged line of the list"
    old, new_lines = (str(lock).splitlines(keepends=True) for lock in (before, after))
    diff = unified_diff(old, new_lines, str(file), str(file))
    return Outcome(
        conclusion=conclusion,
        reason=reason,
        steps=(Step("lock", state if new else StepState.UNCHANGED, f"{new} releases added"),),
        findings=findings,
        text="" if request.write else "".join(diff),
    )
