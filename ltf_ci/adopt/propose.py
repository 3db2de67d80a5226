"""The one pull request of a repository's adoption, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.adopt.rules.text import BRANCH, changes
from ltf_ci.clients.pull_requests.repository import TargetRepository
from ltf_ci.clients.run import Run
from ltf_ci.model.outcome import StepState
from ltf_ci.model.remote_repository import Files, LeaveAlone, PullRequestDecision, PullText, RepositoryState
from ltf_ci.model.repository_place import PullOptions
from ltf_ci.pull_requests.apply import PullRequestResult, apply
from ltf_ci.pull_requests.rules import proposing
from ltf_ci.pull_requests.rules.proposing import Proposal

_STAGES = {
    StepState.DONE: Stage.OPENED,
    StepState.PLANNED: Stage.PLANNED,
    StepState.UNCHANGED: Stage.OPEN,
    StepState.SKIPPED: Stage.LEFT,
}
_UNASKED = PullOptions(unasked=True)


def propose(
    about: Adoption,
    repository: TargetRepository,
    edit: Callable[[Files], Files],
    text: Callable[[Files, Files], PullText],
    run: Run,
    *,
    dry_run: bool,
) -> Adoption:
    """Open, update or leave the pull request that makes an edit; `text` is made of the files before and after it."""
    seen: list[Files] = []

    def decide(state: RepositoryState) -> PullRequestDecision:
        before, after = state.base.files, edit(state.base.files)
        seen[:] = [before, after]
        words = text(before, after)
        proposal = Proposal(branch=BRANCH, title=words.title, body=words.body, edit=lambda _files: after, unasked=True)
        return proposing.decide(state, proposal)

    result = apply(BRANCH, decide, repository, run.wait, dry_run=dry_run, options=_UNASKED)
    return replace(_of_result(about, result), changes=(*changes(*seen),))


def _of_result(about: Adoption, result: PullRequestResult) -> Adoption:
    is_closed = isinstance(result.decision, LeaveAlone) and result.decision.satisfied and result.pull is None
    stage = Stage.CLOSED if is_closed else _STAGES[result.step.state]
    return replace(about, stage=stage, why=result.step.detail, pull_request=result.url)
