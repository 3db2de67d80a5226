"""`ltf-ci retag`: new revisions of version lines, built again on what their bases are now, and one pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from ltf_ci.clients.files import expect_folder
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, UsageError
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.languages.bump import bump, expect_to_bump
from ltf_ci.languages.release import Release
from ltf_ci.languages.released import address_of, release_of
from ltf_ci.languages.requests import PullRequest
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.options.folder import InFolder
from ltf_ci.options.shared import SeveralAtOnce, Why
from ltf_ci.publish.requests import Rebuild
from ltf_ci.pull_requests import apply
from ltf_ci.retag.line import retag_line
from ltf_ci.retag.request import Asked, Once, RetagOptions
from ltf_ci.retag.retagged import Retagged
from ltf_ci.retag.rules import report, retagging

SECURITY = "security"  # the pull request's label, and its group where none is named


class Request(InFolder, RetagOptions, Rebuild, Why, PullRequest, SeveralAtOnce):
    """Which version lines, why, on which bases, and which request it is; all else as each line's own settings say."""


def execute(request: Request, run: Run) -> Outcome:
    """Re-tag each line, whatever became of the others; then list all that are released."""
    expect_folder(request.directory)
    versions = _versions(request, run)
    if not versions:
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason="no git tag at origin is a release")
    asked = Asked(
        directory=request.directory,
        reason=request.reason,
        request=request.request or retagging.default_request(request.reason, request.base),
        is_named=bool(request.request),
        bases=request.base,
        rebuild=request.rebuild,
        pull=_pull(request),
        known=Once(partial(_expect_to_bump, request, run)),
    )
    lines = [retag_line(version, asked, run) for version in versions]
    return report.outcome_of(lines).then(_listed(lines, request, run))


def _pull(request: Request) -> PullRequest:
    labels = (*dict.fromkeys((*request.label, SECURITY)),)
    return replace(request, label=labels, group=request.group or SECURITY)


def _expect_to_bump(request: Request, run: Run) -> KnownReleases:
    if not request.languages:
        return NOTHING_LOCKED
    with run.timed("login"):
        origin = address_of(run.git(request.directory).public_origin())
        return expect_to_bump(_pull(request), origin, run)


def _versions(request: Request, run: Run) -> tuple[LanguageVersion, ...]:
    if request.lines is None:
        raise UsageError("no version line is named", expected="--lines 3.7.4,3.7.5, or --lines all")
    git = run.git(request.directory)
    address_of(git.public_origin())
    return request.lines.versions or retagging.lines(git.remote_tags("origin"))


def _listed(lines: Sequence[Retagged], request: Request, run: Run) -> Outcome:
    """Open one pull request for every line that is released; what is released stays so where that fails."""
    releases = [*_releases(lines)]
    if not releases:
        return apply.not_wanted("no start point was released")
    if not request.languages:
        return apply.not_wanted("no languages repository is named (--languages)")
    try:
        return apply.outcome_of(bump(releases, _pull(request), run, dry_run=request.dry_run, reason=request.reason))
    except LtfError as error:
        return apply.not_wanted(error.found)._replace(conclusion=Conclusion.FAILED, reason=error.found, error=error)


def _releases(lines: Sequence[Retagged]) -> Iterator[Release]:
    for published in (line.published for line in lines if report.is_released(line)):
        plan = published.plan if published else None
        if published and plan and plan.candidate.has_start_point:
            yield release_of(plan.candidate, published.digest, plan.labels, published.tested.colours)
