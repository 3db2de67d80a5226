"""`ltf-ci release`: from a git tag to a released image and a pull request in the languages list."""

from __future__ import annotations

from dataclasses import replace

from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.languages.bump import bump, languages_of
from ltf_ci.languages.released import address_of, release_of
from ltf_ci.languages.requests import ReleaseRequest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.publish.plan import Plan
from ltf_ci.publish.publish import Published, publish
from ltf_ci.pull_requests.apply import STEP, PullRequestResult, conclusion_of, error_of, outputs_of, plan_of

Request = ReleaseRequest


def execute(request: Request, run: Run) -> Outcome:
    """Publish, then bump; an image that is released stays released where the pull request fails."""
    _expect_to_bump(request, run)
    published = publish(request, run)
    plan = published.plan
    if plan is None or published.outcome.error:
        return published.outcome
    why_not = _why_not(request, plan)
    if why_not:
        return _with_step(published.outcome, Step(STEP, StepState.SKIPPED, why_not))
    try:
        bumped = bump(
            [release_of(plan.candidate, published.digest, published.colours)], request, run, dry_run=request.dry_run
        )
    except LtfError as error:
        return replace(published.outcome, conclusion=Conclusion.FAILED, reason=error.found, error=error)
    return _together(published, bumped)


def _expect_to_bump(request: Request, run: Run) -> None:
    """Raise what would keep the pull request from being opened while nothing is released yet."""
    if request.languages and read_repository(request.directory).manifest:
        languages_of(request, run).ready()
        address_of(run.git(request.directory).origin())


def _why_not(request: Request, plan: Plan) -> str:
    """Return why no pull request is wanted."""
    if not plan.candidate.has_start_point:
        return "an image's own repository is not in the languages list"
    return "" if request.languages else "no languages repository is named (--languages)"


def _with_step(outcome: Outcome, step: Step) -> Outcome:
    return replace(outcome, steps=(*outcome.steps, step), outputs={**outcome.outputs, "pull-request": ""})


def _together(published: Published, bumped: tuple[PullRequestResult, ...]) -> Outcome:
    """Done where either did something; where neither did, the list says why."""
    outcome = published.outcome
    conclusion, reason = conclusion_of(bumped)
    if conclusion is not Conclusion.FAILED and outcome.conclusion in (Conclusion.DONE, Conclusion.PLANNED):
        conclusion, reason = outcome.conclusion, ""
    elif conclusion is Conclusion.NOTHING_TO_DO:
        reason = f"{outcome.reason}, and {reason}"
    return replace(
        outcome,
        conclusion=conclusion,
        reason=reason,
        steps=(*outcome.steps, *(each.step for each in bumped)),
        outputs={**outcome.outputs, **outputs_of(bumped)},
        plan={**outcome.plan, **plan_of(bumped)},
        error=error_of(bumped),
    )
