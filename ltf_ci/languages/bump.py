"""Releases brought into the languages list: one pull request each, or one for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ltf_ci.clients import yaml_file
from ltf_ci.clients.pull_requests.repository import TargetRepository
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, UsageError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.languages.release import Release
from ltf_ci.languages.rename_finder import RenameFinder
from ltf_ci.languages.requests import PullRequest
from ltf_ci.languages.rules import branch_contents, bumping, capitals, list_files, other_pulls
from ltf_ci.languages.rules.list_form import ListSettings
from ltf_ci.languages.rules.pull_text import ImageFacts, ListChange
from ltf_ci.languages.rules.renames import Wanted
from ltf_ci.languages.rules.wanted_changes import Bump, all_changes
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.remote_repository import LeaveAlone, PullRequestDecision, RepositoryState, UpsertPullRequest
from ltf_ci.model.repository_place import NO_OPTIONS, LanguagesPlace, PullOptions
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.pull_requests.apply import STEP, PullRequestResult, apply, expect_room

HANDFUL = 5  # pull requests in one run: GitHub blocks accounts that open many


def bump(
    releases: Sequence[Release], request: PullRequest, run: Run, *, dry_run: bool, reason: str = ""
) -> tuple[PullRequestResult, ...]:
    """Open or update the pull requests: one for each release; one for all where asked for, or where they are many."""
    languages, finder = languages_at(request.languages, request.list, run), RenameFinder(run.git(Path()))
    group = request.group or ("releases" if len(releases) > HANDFUL else "")
    batches = [tuple(releases)] if group else [(release,) for release in releases]
    results: list[PullRequestResult] = []
    for batch in batches:
        if results:
            run.wait(1)
        wanted = replace(_bump_of(batch, group, request, reason), run_url=run.url)
        result = _carry_out(wanted, languages, run, finder, dry_run=dry_run, options=request.options)
        run.show(result.step)
        results += [result, *_renew_others(result, wanted, languages, run, finder, dry_run=dry_run)]
    return tuple(results)


def languages_at(place: LanguagesPlace | None, list_path: str, run: Run) -> TargetRepository:
    """Return the languages repository, or raise UsageError where none is named."""
    if place is None:
        raise UsageError(
            "no languages repository is named",
            expected="--languages OWNER/NAME, a path or a git URL",
            cure=f"write `languages: OWNER/NAME` into {SETTINGS}, or give --languages",
        )
    return run.target_repository(place, list_files.paths(list_path))


def expect_to_bump(
    request: PullRequest, source: RepositoryUrl, run: Run, *, tag: ReleaseTag | None = None
) -> KnownReleases:
    """Return the releases of the lock; raise what would keep a bump of this tag, or of a group, from being made.

    That is: no token or repository, no list, a file that cannot be read, a branch in the way. Releases of the
    repository `source` that an open pull request would lock are among them.
    """
    languages = languages_at(request.languages, request.list, run)
    entry = ListEntry(source, str(tag or ""))
    state = languages.state(branch_contents.branch_name(entry, request.group))
    expect_room(state)
    languages.expect_push(state.name)
    _settings(state)
    known = list_files.known_releases(state.base.files, request.list)
    capitals.expect_one_spelling([entry], state, request.list, run.github_host)
    key = source.key
    naming = other_pulls.branches_naming(state.other_pulls, lambda entry: entry.url.key == key)
    for each in (state, *map(languages.state, naming)):
        known = known.with_proposed(other_pulls.known(each, request.list))
    return known


def lacks_colours(release: Release, request: PullRequest, run: Run) -> bool:
    """Whether a bump of this release would list it without the colours that its start files gave."""
    wanted = _bump_of([release], request.group, request, "")
    return bumping.lacks_colours(languages_at(request.languages, request.list, run).state(wanted.branch), wanted)


def renew(branch: str, list_path: str, languages: TargetRepository, run: Run, *, dry_run: bool) -> PullRequestResult:
    """Make the commit of an open pull request again; an error is its result's."""
    wanted = Bump(changes=(), branch=branch, list_path=list_path, run_url=run.url)
    return _renewed(wanted, languages, run, RenameFinder(run.git(Path())), dry_run=dry_run)


def _renewed(
    wanted: Bump, languages: TargetRepository, run: Run, finder: RenameFinder, *, dry_run: bool
) -> PullRequestResult:
    try:
        result = _carry_out(wanted, languages, run, finder, dry_run=dry_run, options=NO_OPTIONS)
    except LtfError as error:
        step = Step(STEP, StepState.SKIPPED, error.found)
        result = PullRequestResult(wanted.branch, LeaveAlone(error.found, satisfied=False), step, error=error)
    return replace(result, step=result.step._replace(name=wanted.branch))


def _bump_of(batch: Sequence[Release], group: str, request: PullRequest, reason: str) -> Bump:
    changes = tuple(_change(release) for release in batch)
    branch = branch_contents.branch_name(changes[0].entry, group)
    return Bump(changes=changes, branch=branch, list_path=request.list, reason=reason)


def _change(release: Release) -> ListChange:
    entry = ListEntry(release.url, str(release.tag))
    locked = LockEntry.of(release) if release.digest else None
    return ListChange(entry=entry, locked=locked, bases=(release.base,) if release.base else ())


def _renew_others(
    result: PullRequestResult,
    wanted: Bump,
    languages: TargetRepository,
    run: Run,
    finder: RenameFinder,
    *,
    dry_run: bool,
) -> Iterator[PullRequestResult]:
    """Renew each pull request that lists what another one wins: others, and ours where one was opened meanwhile."""
    ours = branch_contents.releases_in(result.message, result.branch, result.url)
    for branch, elsewhere in other_pulls.branches_to_renew(result.other_pulls, ours, finder.known).items():
        others = replace(wanted, changes=(), branch=branch, reason="", elsewhere=elsewhere)
        renewed = _renewed(others, languages, run, finder, dry_run=dry_run)
        run.show(renewed.step)
        yield replace(renewed, pull=None)


def _carry_out(
    wanted: Bump,
    languages: TargetRepository,
    run: Run,
    finder: RenameFinder,
    *,
    dry_run: bool,
    options: PullOptions,
) -> PullRequestResult:
    """Bring a bump into the languages repository."""
    decide = partial(_decide, wanted=wanted, languages=languages, run=run, finder=finder)
    with run.timed(STEP):
        return apply(wanted.branch, decide, languages, run.wait, dry_run=dry_run, options=options)


def _decide(
    state: RepositoryState, wanted: Bump, languages: TargetRepository, run: Run, finder: RenameFinder
) -> PullRequestDecision:
    """Decide, knowing what competing pull requests list; and again with the facts that the text has."""
    changes = all_changes(state, wanted)
    capitals.expect_one_spelling([each.entry for each in changes], state, wanted.list_path, run.github_host)
    releases = [Wanted(each.entry, each.image) for each in changes]
    wanted = replace(wanted, renames=finder.find(state, wanted.list_path, releases))
    competing = other_pulls.competing(state, wanted)
    naming = other_pulls.naming(state, wanted)
    states = {branch: languages.state(branch) for branch in {*(each.branch for each in competing), *naming}}
    listed = [each for other in competing for each in other_pulls.listed_by(other, states[other.branch], wanted)]
    wanted = replace(wanted, elsewhere=(*wanted.elsewhere, *listed), settings=_settings(state))
    for branch in naming:
        known = other_pulls.known(states[branch], wanted.list_path)
        wanted = replace(wanted, proposed=wanted.proposed.with_proposed(known))
    decision = bumping.decide(state, wanted)
    places = bumping.repeating(state, wanted)
    if not isinstance(decision, UpsertPullRequest) or not (decision.images or places):
        return decision
    facts = {image: _facts_of(image, run.registry) for image in decision.images}
    texts = languages.texts(state, places) if places else {}
    return bumping.decide(state, replace(wanted, facts=facts, places=texts))


def _settings(state: RepositoryState) -> ListSettings:
    text = state.base.files[SETTINGS]
    return ListSettings.of(yaml_file.read(text.encode(), SETTINGS)[1]) if text else ListSettings()


def _facts_of(image: ImageName, registry: Registry) -> ImageFacts:
    """Return what the registry says of an image; nothing where it does not answer: it is extra information."""
    size = registry.size(image)
    if size is None:
        return ImageFacts()
    try:
        labels = ImageLabels.from_labels(registry.labels(image))
    except LtfError:
        return ImageFacts(size)
    digest = f"@{labels.base_digest[:19]}" if labels.base_digest else ""
    base = f"{labels.base_name}{digest}" if labels.base_name else ""
    return ImageFacts(size, base, str(labels.revision or ""), labels.title)
