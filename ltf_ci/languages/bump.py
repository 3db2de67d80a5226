"""Releases brought into the languages list: one pull request each, or one for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from ltf_ci.clients.pull_requests.repository import Languages
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, UsageError
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.languages.release import Release
from ltf_ci.languages.requests import PullRequest
from ltf_ci.languages.rules import bumping, carrying
from ltf_ci.languages.rules.bumping import Bump
from ltf_ci.languages.rules.carrying import Carried
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.remote_repository import LanguagesState, LeaveAlone, PullRequestDecision, UpsertPullRequest
from ltf_ci.pull_requests.apply import STEP, PullRequestResult, apply

HANDFUL = 5  # pull requests at once: GitHub blocks who opens many


def bump(
    releases: Sequence[Release], request: PullRequest, run: Run, *, dry_run: bool, reason: str = ""
) -> tuple[PullRequestResult, ...]:
    """Open or update the pull requests: one for each release; one for all where asked for, or where they are many."""
    group = request.group or ("releases" if len(releases) > HANDFUL else "")
    batches = [tuple(releases)] if group else [(release,) for release in releases]
    done: list[PullRequestResult] = []
    for batch in batches:
        if done:
            run.wait(1)
        wanted = _wanted(batch, group, request, reason)
        settled = carry_out(wanted, request, run, dry_run=dry_run)
        done += [settled, *_given_up(settled, wanted, request, run, dry_run=dry_run)]
    return tuple(done)


def languages_of(request: PullRequest, run: Run) -> Languages:
    """Return the languages repository; raise what would keep any change from being made there."""
    if request.languages is None:
        raise UsageError("no languages repository is named", expected="--languages OWNER/NAME, a path or a git URL")
    return run.languages(request.languages, bumping.paths(request.list), request.options)


def _wanted(batch: Sequence[Release], group: str, request: PullRequest, reason: str) -> Bump:
    changes = tuple(_change(release) for release in batch)
    branch = carrying.branch_name(changes[0].entry, group)
    return Bump(changes=changes, branch=branch, list_path=request.list, reason=reason)


def _given_up(
    settled: PullRequestResult, wanted: Bump, request: PullRequest, run: Run, *, dry_run: bool
) -> Iterator[PullRequestResult]:
    """Have other pull requests give up what this one keeps; and this one what another run meanwhile put elsewhere."""
    ours = carrying.carried(settled.message, wanted.branch, settled.url)
    as_they_are = replace(request, label=(), reviewer=(), draft=False, auto_merge=False)
    for branch, kept in bumping.to_give_up(settled.neighbours, ours).items():
        yield replace(renewed(branch, as_they_are, run, dry_run=dry_run, kept=kept), pull=None)


def renewed(
    branch: str, request: PullRequest, run: Run, *, dry_run: bool, kept: tuple[Carried, ...] = ()
) -> PullRequestResult:
    """Make anew what an open pull request carries, but for what others keep; an error is that one's alone."""
    wanted = Bump(changes=(), branch=branch, list_path=request.list, kept=kept)
    try:
        settled = carry_out(wanted, request, run, dry_run=dry_run)
    except LtfError as error:
        settled = PullRequestResult(
            LeaveAlone(error.found, settled=False), Step(STEP, StepState.SKIPPED, error.found), error=error
        )
    return replace(settled, step=replace(settled.step, name=branch))


def carry_out(wanted: Bump, request: PullRequest, run: Run, *, dry_run: bool) -> PullRequestResult:
    """Bring a bump into the languages repository."""
    languages = languages_of(request, run)
    with run.timed(STEP):
        decide = partial(_decided, wanted=wanted, languages=languages, run=run)
        return apply(wanted.branch, decide, languages, run, dry_run=dry_run)


def _change(release: Release) -> ListChange:
    entry = ListEntry(release.url, str(release.tag))
    return ListChange(entry=entry, locked=LockEntry.of(release) if release.digest else None)


def _decided(state: LanguagesState, wanted: Bump, languages: Languages, run: Run) -> PullRequestDecision:
    """Decide, when what others keep was looked at; and again with the sizes that a pull request tells."""
    rivals = bumping.rivals(state, wanted)
    looked = [kept for rival in rivals for kept in bumping.kept_by(rival, languages.state(rival.branch), wanted)]
    wanted = replace(wanted, kept=(*wanted.kept, *looked))
    decision = bumping.decide(state, wanted)
    if not isinstance(decision, UpsertPullRequest) or not decision.images:
        return decision
    sizes = {image: run.registry.size(image) for image in decision.images}
    return bumping.decide(state, replace(wanted, sizes=sizes))
