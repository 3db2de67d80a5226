"""`ltf-ci release`: from a git tag to a released image and a pull request in the languages list."""

from __future__ import annotations

from dataclasses import replace

from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.languages.bump import bump, expect_to_bump
from ltf_ci.languages.colours import with_colours
from ltf_ci.languages.released import address_of, release_of
from ltf_ci.languages.requests import ReleaseRequest
from ltf_ci.manifest.check import tag_at_head
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.publish.plan import Plan
from ltf_ci.publish.publish import publish
from ltf_ci.publish.published import Published
from ltf_ci.publish.rules.report import outcome_of
from ltf_ci.pull_requests import apply

Request = ReleaseRequest


def execute(request: Request, run: Run) -> Outcome:
    """Publish, then bump; an image that is released stays released where the pull request fails."""
    pull = replace(request, languages=None) if request.allow_unpushed else request  # a list names what others can fetch
    published = with_colours(publish(request, run, _expect_to_bump(pull, run)), request, pull, run)
    outcome = outcome_of(published)
    if published.plan is None or outcome.conclusion is Conclusion.FAILED:
        return outcome
    return outcome.then(_listed(request, published, published.plan, run))


def _expect_to_bump(request: Request, run: Run) -> KnownReleases:
    """Return the lock's releases; raise what would keep the pull request from being opened, while nothing is done."""
    manifest = read_repository(request.directory).manifest
    if not request.languages or manifest is None:
        return NOTHING_LOCKED
    git = run.git(request.directory)
    origin, tag = address_of(git.public_origin()), request.tag or tag_at_head(manifest, git)
    with run.timed("login"):
        return expect_to_bump(request, origin, run, tag=tag)


def _listed(request: Request, published: Published, plan: Plan, run: Run) -> Outcome:
    """Return what became of the pull request."""
    if not plan.candidate.has_start_point:
        return apply.not_wanted("an image's own repository is not in the languages list")
    if not request.languages:
        return apply.not_wanted("no languages repository is named (--languages)")
    if request.allow_unpushed:
        return apply.not_wanted("a rehearsal (--allow-unpushed): a list names only what others can fetch")
    release = release_of(plan.candidate, published.digest, plan.labels, published.tested.colours)
    try:
        return apply.outcome_of(bump([release], request, run, dry_run=request.dry_run))
    except LtfError as error:
        return Outcome(conclusion=Conclusion.FAILED, reason=error.found, error=error)
