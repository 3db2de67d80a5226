"""Pull requests, opened, updated or closed: what became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ltf_ci.clients.pull_requests.repository import Languages
from ltf_ci.clients.run import Run
from ltf_ci.errors import GithubFailed, HeadMoved, LtfError
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, StepState, together
from ltf_ci.model.remote_repository import (
    ClosePullRequest,
    LanguagesState,
    LeaveAlone,
    Neighbour,
    Pull,
    PullRequestDecision,
    UpsertPullRequest,
)
from ltf_ci.pull_requests.rules import proposing

STEP = "list"
ROUNDS = 50  # as many may be faster at the same moment
_CONCLUSIONS = {
    StepState.DONE: Conclusion.DONE,
    StepState.PLANNED: Conclusion.PLANNED,
    StepState.SKIPPED: Conclusion.DID_NOTHING,
    StepState.UNCHANGED: Conclusion.NOTHING_TO_DO,
}
PATIENCE = 5  # refusals with nothing moved in between: then nobody was faster, and GitHub means it


@dataclass(frozen=True, slots=True)
class PullRequestResult:
    """What became of a pull request: the decision that was carried out (or planned), and the pull request.

    An `error` says what it could not be given, though it is open. `message` is what our commit in it says now (or would
    say), nothing where there is none; `neighbours` are those that were open beside it then.
    """

    decision: PullRequestDecision
    step: Step
    pull: Pull | None = None
    error: LtfError | None = None
    message: str = ""
    neighbours: tuple[Neighbour, ...] = ()

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
    decide: Callable[[LanguagesState], PullRequestDecision],
    languages: Languages,
    run: Run,
    *,
    dry_run: bool,
) -> PullRequestResult:
    """Look, decide, act; and again where somebody was faster, or the default branch moved meanwhile."""
    refusals: list[tuple[LanguagesState, str]] = []
    done: PullRequestResult | None = None
    for turn in range(ROUNDS):
        state = languages.state(branch)
        decision = decide(state)
        if dry_run or isinstance(decision, LeaveAlone):
            left = _left(decision, state)
            return done or (left if dry_run else _completed(left, languages, state.pull))
        try:
            done, base = _done(decision, state, languages)
        except HeadMoved as error:
            refusals.append((state, error.found))
            if refusals[-PATIENCE:] == refusals[-1:] * PATIENCE:
                raise GithubFailed(error.found, expected=error.expected, cure=error.cure) from error
            run.wait(min(turn + 1, 5))
        else:
            done = _completed(done, languages, done.pull)
            if base == state.base.head:
                return done
    raise GithubFailed(f"{branch} is changed by others all the time", cure="run it again when it is quiet")


def outcome_of(settled: Sequence[PullRequestResult]) -> Outcome:
    """Return a command's outcome, of which pull requests are all."""
    ending = together(each.ending for each in settled)
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason,
        steps=tuple(each.step for each in settled),
        outputs={"pull-request": "\n".join(each.url for each in settled if each.url)},
        plan={"languages": [each.decision.as_data() for each in settled]},
        error=next((each.error for each in settled if each.error), None),
    )


def not_wanted(why: str) -> Outcome:
    """Return the outcome of a command's part that opens no pull request: why."""
    return Outcome(
        conclusion=Conclusion.NOTHING_TO_DO, steps=(Step(STEP, StepState.SKIPPED, why),), outputs={"pull-request": ""}
    )


def _left(decision: PullRequestDecision, seen: LanguagesState) -> PullRequestResult:
    """Return what is left as it is, or planned."""
    near = seen.neighbours
    if isinstance(decision, LeaveAlone):
        state = StepState.UNCHANGED if decision.settled else StepState.SKIPPED
        message = seen.branch.message if seen.pull and seen.branch and proposing.is_ours(seen.branch) else ""
        return PullRequestResult(
            decision, Step(STEP, state, decision.why), decision.pull, message=message, neighbours=near
        )
    message = decision.text.message if isinstance(decision, UpsertPullRequest) else ""
    step = Step(STEP, StepState.PLANNED, decision.as_data()["what"])
    return PullRequestResult(decision, step, message=message, neighbours=near)


def _done(
    decision: UpsertPullRequest | ClosePullRequest, state: LanguagesState, languages: Languages
) -> tuple[PullRequestResult, str]:
    """Carry a decision out, and say where the default branch was then."""
    if isinstance(decision, ClosePullRequest):
        languages.close(decision.pull, decision.why)
        step = Step(STEP, StepState.DONE, f"closed {decision.pull.url}: {decision.why}")
        return PullRequestResult(decision, step, decision.pull), state.base.head
    written = languages.write(decision, state)
    verb = "updated" if decision.pull else "opened"
    step = Step(STEP, StepState.DONE, f"{verb} {written.pull.url}: {decision.text.title}")
    message = decision.text.message
    return PullRequestResult(decision, step, written.pull, message=message, neighbours=written.neighbours), written.base


def _completed(settled: PullRequestResult, languages: Languages, own: Pull | None) -> PullRequestResult:
    """Return the pull request what a run that was killed may not have given it; it is open even where that fails."""
    closed = isinstance(settled.decision, ClosePullRequest) or settled.step.state is StepState.SKIPPED
    if settled.pull is None or settled.pull != own or closed:
        return settled
    try:
        languages.complete(settled.pull)
    except LtfError as error:
        return replace(settled, error=error)
    return settled
