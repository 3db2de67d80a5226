"""A change of any files that is proposed by one pull request, on a branch by a fixed name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from ltf_ci.model.remote_repository import Files, LeaveAlone, PullRequestDecision, PullText, RepositoryState
from ltf_ci.pull_requests.rules import lifecycle
from ltf_ci.pull_requests.rules.lifecycle import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A branch, what the pull request says, and the edit: the files as they are in, as they are wanted out.

    One that is made `unasked`, day by day, stays closed where a maintainer closed it.
    """

    branch: str
    title: str
    body: str
    edit: Callable[[Files], Files]
    unasked: bool = False

    def change(self, files: Files) -> Change:
        """Return the change that makes these files."""
        return Change(
            key=hashlib.sha256(self.title.encode()).hexdigest()[:8],
            files=files,
            text=PullText(title=self.title, body=self.body),
            is_in=lambda of_people: of_people == files,
        )


def decide(state: RepositoryState, proposal: Proposal) -> PullRequestDecision:
    """Return what is to be done, given the state of the repository."""
    files = proposal.edit(state.base.files)
    name = state.base.name
    if files == state.base.files:
        return lifecycle.not_needed(
            state,
            close=f"what it carries is in {name} already, or something newer is",
            leave=f"{name} has it already, or something newer",
        )
    same = next((other for other in state.other_pulls if other.message.split("\n")[0] == proposal.title), None)
    if same and state.pull is None:
        return LeaveAlone(
            f"the pull request is open already, from the branch {same.branch}: {same.url}", satisfied=True
        )
    if proposal.unasked and state.pull is None and state.closed and state.closed.title == proposal.title:
        return LeaveAlone(f"{state.closed.url} was closed; who wants it after all opens that again", satisfied=True)
    return lifecycle.wanted(state, proposal.change(files))
