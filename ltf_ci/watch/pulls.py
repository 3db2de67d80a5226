"""What the watch opens and starts where it may: newer versions, their entries, and releases that were missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from ltf_ci.clients.docker.dockerfile import Dockerfile
from ltf_ci.clients.github.actions import GithubActions
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import revisions
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.layout import DOCKERFILES, MANIFESTS
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.remote_repository import Files
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.pull_requests.apply import apply
from ltf_ci.pull_requests.rules import proposing
from ltf_ci.pull_requests.rules.proposing import Proposal
from ltf_ci.watch.entries import EntryPlace, entry_steps, tagged
from ltf_ci.watch.observations import Observations
from ltf_ci.watch.rules import missing, new_versions
from ltf_ci.watch.rules.missing import UnreleasedTags
from ltf_ci.watch.rules.new_versions import NewVersion
from ltf_ci.watch.watched import Fleet

PATHS = (*DOCKERFILES, *MANIFESTS)


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened, started, or could not be."""

    steps: tuple[Step, ...] = ()
    error: LtfError | None = None


def open_all(fleet: Fleet, seen: Observations, entries: EntryPlace, run: Run, *, dry_run: bool) -> Opened:
    """Open each pull request, and start each release; one that fails keeps no other."""
    steps: list[Step] = []
    errors: list[LtfError] = []
    for name, act in _acts(fleet, seen, entries, run, dry_run=dry_run):
        for step in _tried(name, act, errors):
            run.show(step)
            steps.append(step)
    return Opened(tuple(steps), next(iter(errors), None))


def _tried(name: str, act: Callable[[], Iterable[Step]], errors: list[LtfError]) -> Iterator[Step]:
    try:
        yield from act()
    except LtfError as error:
        errors.append(error)
        yield Step(name, StepState.SKIPPED, error.found)


def _acts(
    fleet: Fleet, seen: Observations, entries: EntryPlace, run: Run, *, dry_run: bool
) -> Iterator[tuple[str, Callable[[], Iterable[Step]]]]:
    """Return what is to be done, each with the repository that it is done in."""
    for repository, wanted in _new_versions(fleet, seen, run.github_host):
        yield repository, partial(_pull, repository, wanted, run, dry_run=dry_run)
    links = missing.by_image(seen.links, seen.older)
    for lacking in missing.without_entry(fleet.graph, seen.tags):
        url = tagged(lacking, links, seen.git_tags)
        yield entries.name, partial(entry_steps, lacking, url, entries, run, dry_run=dry_run)
    for missed in seen.missed():
        if name := run.github_host.name_of(missed.url):
            yield name, partial(_releases, name, missed, run.actions, dry_run=dry_run)


def _new_versions(fleet: Fleet, seen: Observations, github: GithubHost) -> Iterator[tuple[str, NewVersion]]:
    """Return each new version with the repository at GitHub that it is for."""
    links = missing.by_image(seen.links, seen.older)
    for wanted in new_versions.new_versions(fleet.graph, seen.upstream, seen.tags):
        urls = missing.makers_of(wanted.entry, links)
        yield from ((name, wanted) for name in map(github.name_of, urls) if name)


def _pull(repository: str, wanted: NewVersion, run: Run, *, dry_run: bool) -> Iterator[Step]:
    proposal = Proposal(
        branch=wanted.branch,
        title=wanted.title,
        body=wanted.body,
        edit=lambda files: _edited(files, wanted),
        unasked=True,
    )
    place = LanguagesPlace(github=repository)
    decide = partial(proposing.decide, proposal=proposal)
    result = apply(proposal.branch, decide, run.target_repository(place, PATHS), run.wait, dry_run=dry_run)
    yield Step(repository, result.step.state, result.step.detail)


def _edited(files: Files, wanted: NewVersion) -> Files:
    """Begin the version; what is not made FROM an older image, or not any more, stays as it is."""
    source = next((path for path in DOCKERFILES if files[path]), "")
    edited = {path: text and _begun(path, text, wanted) for path, text in files.items() if path in (source, *MANIFESTS)}
    return {**files, **edited} if source and edited[source] != files[source] else files


def _begun(path: str, text: str, wanted: NewVersion) -> str:
    if path in MANIFESTS:
        manifest = Manifest.parse(text.encode(), path)
        return revisions.retagged(manifest, wanted.tag).decode()
    dockerfile = Dockerfile.parse(text, path, {})
    return dockerfile.renamed(new_versions.renamed(dockerfile.bases, wanted.newer))


def _releases(repository: str, missed: UnreleasedTags, actions: GithubActions, *, dry_run: bool) -> Iterator[Step]:
    """Start the release of each tag, but where that is under way, or failed too often."""
    runs = actions.runs(repository, new_versions.WORKFLOW)
    for tag in missed.tags:
        why = new_versions.why_not_released(tag, runs)
        if why:
            yield Step(repository, StepState.UNCHANGED, f"{tag} is not released again: {why}")
            continue
        if not dry_run:
            actions.dispatch(repository, new_versions.WORKFLOW, {"tag": tag})
        yield Step(repository, StepState.PLANNED if dry_run else StepState.DONE, f"release of {tag}")
