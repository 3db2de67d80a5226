"""A pull request opened, updated or closed, as a rule decides, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from ltf_ci.clients.concurrency import reported_at_an_interrupt
from ltf_ci.clients.pull_requests.repository import TargetRepository
from ltf_ci.errors import GithubFailed, HeadMoved, LtfError, Refused
from ltf_ci.model.finding import Finding
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, StepState, together
from ltf_ci.model.remote_repository import (
    ClosePullRequest,
    LeaveAlone,
    OtherPull,
    PastPull,
    Pull,
    PullRequestDecision,
    RepositoryState,
    UpsertPullRequest,
)
from ltf_ci.model.repository_place import NO_OPTIONS, PullOptions
from ltf_ci.pull_requests.rules import lifecycle
from ltf_ci.pull_requests.rules.lifecycle import Standing

STEP = "list"
ROUNDS = 50  # as many other runs may be faster at the same moment
PATIENCE = 5  # refusals of the same state: then no other run was faster, and GitHub means it
_CONCLUSIONS = {
    StepState.DONE: Conclusion.DONE,
    StepState.PLANNED: Conclusion.PLANNED,
    StepState.SKIPPED: Conclusion.DID_NOTHING,
    StepState.UNCHANGED: Conclusion.NOTHING_TO_DO,
}

Decide: TypeAlias = Callable[[RepositoryState], PullRequestDecision]


@dataclass(frozen=True, slots=True)
class PullRequestResult:
    """What became of a pull request: the decision that was carried out (or planned), and the pull request.

    `message` is that of our commit in it (or of the one that is planned), empty where there is none; `other_pulls` were
    open then too.
    """

    branch: str
    decision: PullRequestDecision
    step: Step
    pull: Pull | None = None
    error: LtfError | None = None
    message: str = ""
    other_pulls: tuple[OtherPull, ...] = ()

    @property
    def url(self) -> str:
        """The pull request's address."""
        return self.pull.url if self.pull else ""

    @property
    def ending(self) -> Ending:
        """How it ended, and why where it failed or nothing was done."""
        if self.error:
            return Ending(Conclusion.FAILED, self.error.found)
        conclusion = _CONCLUSIONS[self.step.state]
        return Ending(conclusion, self.decision.why if isinstance(self.decision, LeaveAlone) else "")


def apply(
    branch: str,
    decide: Decide,
    repository: TargetRepository,
    wait: Callable[[float], None],
    *,
    dry_run: bool,
    options: PullOptions = NO_OPTIONS,
) -> PullRequestResult:
    """Read the state, decide, act; and again where another run was faster, or the default branch moved meanwhile.

    `wait` waits so many times as long as before a call that is made again.
    """
    refusals: list[tuple[RepositoryState, str]] = []
    done: PullRequestResult | None = None
    for turn in range(ROUNDS):
        state, decision = _decided(branch, decide, repository)
        if dry_run or isinstance(decision, LeaveAlone):
            left = _left(decision, state)
            if not isinstance(decision, LeaveAlone):
                repository.expect_push(state.name)
            return done or (left if dry_run else _completed(left, repository, state.pull, options))
        try:
            done, base = _done(decision, state, repository, options)
        except HeadMoved as error:
            refusals.append((state, error.found))
            if refusals[-PATIENCE:] == refusals[-1:] * PATIENCE:
                raise GithubFailed(error.found, expected=error.expected, cure=error.cure) from error
            wait(min(turn + 1, 5))
        else:
            with reported_at_an_interrupt(steps=partial(_steps, done)):
                done = _completed(done, repository, done.pull, options)
            if base == state.base.head:
                return done
    found = f"{branch} is changed by other runs or people all the time"
    raise GithubFailed(found, expected="a branch that is as it was read", cure="run it again when they have ended")


def _steps(result: PullRequestResult) -> tuple[Step, ...]:
    return (result.step,)


def outcome_of(results: Sequence[PullRequestResult]) -> Outcome:
    """Return the outcome of a command, or of its part, that opens, updates or closes pull requests."""
    ending = together(each.ending for each in results)
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason,
        steps=tuple(each.step for each in results),
        findings=tuple(found for each in results for found in _findings(each.decision)),
        outputs={"pull-request": "\n".join(each.url for each in results if each.url)},
        plan={"languages": [each.decision.as_data() for each in results]},
        error=next((each.error for each in results if each.error), None),
    )


def _findings(decision: PullRequestDecision) -> tuple[Finding, ...]:
    return decision.findings if isinstance(decision, UpsertPullRequest) else ()


def not_wanted(why: str) -> Outcome:
    """Return the outcome of a command's part that opens no pull request, and why."""
    return Outcome(
        conclusion=Conclusion.NOTHING_TO_DO, steps=(Step(STEP, StepState.SKIPPED, why),), outputs={"pull-request": ""}
    )


def _decided(branch: str, decide: Decide, repository: TargetRepository) -> tuple[RepositoryState, PullRequestDecision]:
    """Decide about the branch; or about its first other name, where other people's commits or a merge queue have it.

    What people did with the pull requests of the names before it counts for that one too.
    """
    past: tuple[PastPull, ...] = ()
    for name in lifecycle.names(branch):
        state = repository.state(name)
        state = replace(state, past=(*state.past, *past))
        if lifecycle.standing(state) is Standing.TAKEN:
            past = state.past
            continue
        decision = decide(state)
        if not (isinstance(decision, LeaveAlone) and decision.elsewhere):
            if isinstance(decision, UpsertPullRequest):
                expect_room(state)
            return state, decision
    return state, decide(state)


def expect_room(state: RepositoryState) -> None:
    """Raise Refused where git cannot have the branch next to another one, by its name."""
    other = state.at.in_the_way
    if other and state.branch is None:
        raise Refused(
            f"{state.at.full_name} has the branch {other}: git cannot have {state.name} next to it",
            expected="no branch of that name",
            cure=f"rename or delete {other} there",
        )


def _left(decision: PullRequestDecision, state: RepositoryState) -> PullRequestResult:
    """Return the result of a decision to change nothing, or of one that is only planned."""
    if isinstance(decision, LeaveAlone):
        step = Step(STEP, StepState.UNCHANGED if decision.satisfied else StepState.SKIPPED, decision.why)
        is_ours = lifecycle.standing(state) is Standing.OURS
        message = state.branch.message if state.branch and is_ours else ""
    else:
        step = Step(STEP, StepState.PLANNED, decision.as_data()["what"])
        message = decision.text.message if isinstance(decision, UpsertPullRequest) else ""
    pull = decision.pull if isinstance(decision, LeaveAlone) else None
    return PullRequestResult(state.name, decision, step, pull, message=message, other_pulls=state.other_pulls)


def _done(
    decision: UpsertPullRequest | ClosePullRequest,
    state: RepositoryState,
    repository: TargetRepository,
    options: PullOptions,
) -> tuple[PullRequestResult, str]:
    """Carry a decision out; return the result, and the SHA of the default branch's commit then."""
    if isinstance(decision, ClosePullRequest):
        missing = repository.close(decision.pull, decision.why)
        step = Step(STEP, StepState.DONE, f"closed {decision.pull.url}: {decision.why}")
        result = PullRequestResult(state.name, decision, step, decision.pull)
        return _without(missing, result), state.base.head
    written = repository.write(replace(decision, draft=options.draft), state)
    verb = "updated" if decision.pull else "opened"
    step = Step(STEP, StepState.DONE, f"{verb} {written.pull.url}: {decision.text.title}")
    message = decision.text.message
    result = PullRequestResult(
        state.name, decision, step, written.pull, message=message, other_pulls=written.other_pulls
    )
    return result, written.base


def _completed(
    result: PullRequestResult, repository: TargetRepository, own: Pull | None, options: PullOptions
) -> PullRequestResult:
    """Add what the pull request lacks, after a run that was killed too; the step says what it could not be given."""
    closed = isinstance(result.decision, ClosePullRequest) or result.step.state is StepState.SKIPPED
    if result.pull is None or result.pull != own or closed:
        return result
    return _without(repository.complete(result.pull, options), result)


def _without(missing: Sequence[str], result: PullRequestResult) -> PullRequestResult:
    """Have the step say what the pull request was not given."""
    if not missing:
        return result
    detail = f"{result.step.detail}; it was not given: {'; '.join(missing)}"
    return replace(result, step=result.step._replace(detail=detail))
