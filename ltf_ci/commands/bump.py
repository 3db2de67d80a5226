"""`ltf-ci bump`: a release's line in the languages list, by one pull request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from ltf_ci.clients.languages import Languages
from ltf_ci.commands.outside import Outside
from ltf_ci.commands.pull_requests import STEP, Settled, conclusion_of, error_of, outputs_of, plan_of, settle
from ltf_ci.commands.released import release_at, release_in
from ltf_ci.commands.requests import BumpRequest, PullRequest
from ltf_ci.errors import UsageError
from ltf_ci.model.languages_list import ListEntry
from ltf_ci.model.languages_state import Decision, LanguagesState, Write
from ltf_ci.model.lock import LockEntry
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.model.release import Release
from ltf_ci.rules import bumping
from ltf_ci.rules.bumping import Bump
from ltf_ci.rules.pull_text import Change

Request = BumpRequest
HANDFUL = 5  # pull requests at once: GitHub blocks who opens many


def run(request: Request, outside: Outside) -> Outcome:
    """Bump the releases that are named, or the one in the folder."""
    with outside.timed("find"):
        releases = _releases(request, outside)
    if not releases:
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason="an image's own repository is not in the list")
    bumped = bump(releases, request, outside, dry_run=request.dry_run)
    conclusion, reason = conclusion_of(bumped)
    return Outcome(
        conclusion=conclusion,
        reason=reason,
        steps=tuple(each.step for each in bumped),
        outputs=outputs_of(bumped),
        plan=plan_of(bumped),
        error=error_of(bumped),
    )


def bump(
    releases: Sequence[Release], request: PullRequest, outside: Outside, *, dry_run: bool, reason: str = ""
) -> tuple[Settled, ...]:
    """Open or update the pull requests: one for each release; one for all where asked for, or where they are many."""
    group = request.group or ("releases" if len(releases) > HANDFUL else "")
    batches = [tuple(releases)] if group else [(release,) for release in releases]
    done: list[Settled] = []
    for batch in batches:
        if done:
            outside.wait(1)
        done.append(carry_out(_wanted(batch, group, request, reason), request, outside, dry_run=dry_run))
    return tuple(done)


def _releases(request: Request, outside: Outside) -> list[Release]:
    if request.release:
        found = [release_at(entry, request, outside) for entry in request.release]
    else:
        found = [release_in(request.directory, request.tag, request, outside)]
    return [release for release in found if release]


def languages_of(request: PullRequest, outside: Outside) -> Languages:
    """Give the languages repository; raise what would keep any change from being made there."""
    if request.languages is None:
        raise UsageError("no languages repository is named", expected="--languages OWNER/NAME, a path or a git URL")
    return outside.languages(request.languages, bumping.paths(request.list), request.options)


def _wanted(batch: Sequence[Release], group: str, request: PullRequest, reason: str) -> Bump:
    changes = tuple(_change(release) for release in batch)
    branch = bumping.branch_name(changes[0].entry, group)
    return Bump(changes=changes, branch=branch, list_path=request.list, reason=reason)


def carry_out(wanted: Bump, request: PullRequest, outside: Outside, *, dry_run: bool) -> Settled:
    """Bring a bump into the languages repository."""
    languages = languages_of(request, outside)
    with outside.timed(STEP):
        decide = partial(_decided, wanted=wanted, outside=outside)
        return settle(wanted.branch, decide, languages, outside, dry_run=dry_run)


def _change(release: Release) -> Change:
    entry = ListEntry(release.url, str(release.tag))
    return Change(entry=entry, locked=LockEntry.of(release) if release.digest else None)


def _decided(state: LanguagesState, wanted: Bump, outside: Outside) -> Decision:
    """Decide, and again with the sizes that a pull request tells."""
    decision = bumping.decide(state, wanted)
    if not isinstance(decision, Write) or not decision.images:
        return decision
    sizes = {image: outside.registry.size(image) for image in decision.images}
    return bumping.decide(state, replace(wanted, sizes=sizes))
