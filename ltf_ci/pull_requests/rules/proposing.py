"""A change that is proposed by one pull request: of any files, on a branch of ours by a fixed name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from ltf_ci.model.remote_repository import (
    Branch,
    ClosePullRequest,
    Files,
    LanguagesState,
    LeaveAlone,
    PullRequestDecision,
    PullText,
    UpsertPullRequest,
)

SEAL = "Ltf-Ci-Seal: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A branch, what the pull request says, and the edit: the files as they are in, as they are wanted out.

    One that is made `unasked`, day by day, stays closed where somebody closed it.
    """

    branch: str
    title: str
    body: str
    edit: Callable[[Files], Files]
    unasked: bool = False

    @property
    def beside(self) -> str:
        """The branch beside it that the commit is made on: another one for each thing that is wanted."""
        return f"{self.branch}.next-{hashlib.sha256(self.title.encode()).hexdigest()[:8]}"


def decide(state: LanguagesState, proposal: Proposal) -> PullRequestDecision:
    """Return what is to be done, given what stands there; commits of other people are left as they are."""
    wanted = proposal.edit(state.base.files)
    ours = state.branch is None or is_ours(state.branch)
    if wanted == state.base.files:
        return _nothing_left(state, ours=ours)
    if proposal.unasked and state.pull is None and state.closed and state.closed.title == proposal.title:
        return LeaveAlone(f"{state.closed.url} was closed; who wants it after all opens that again", settled=True)
    text = PullText(title=proposal.title, body=proposal.body)
    return left(state, wanted) or write(state, proposal.branch, proposal.beside, wanted, text)


def left(state: LanguagesState, files: Files) -> LeaveAlone | None:
    """Leave a branch that has commits of other people, or these very files in an open pull request; else give None."""
    branch = state.branch
    if branch and not is_ours(branch):
        why = f"the branch {branch.name} has commits of other people ({branch.head[:7]}), which are left as they are"
        return LeaveAlone(why, settled=False, pull=state.pull)
    if branch and state.pull and branch.files == files:
        return LeaveAlone(f"it is open already: {state.pull.url}", settled=True, pull=state.pull)
    return None


def write(state: LanguagesState, branch: str, beside: str, files: Files, text: PullText) -> UpsertPullRequest:
    """Return the commit of these files on the default branch, sealed, with its pull request."""
    changed = {path: new for path, new in files.items() if new is not None and new != state.base.files[path]}
    mark = seal(state.base.head, files, len(changed))
    sealed = PullText(title=text.title, body=text.body, trailers=(*text.trailers, mark))
    return UpsertPullRequest(
        branch=branch,
        beside=beside,
        base=state.base.head,
        before=state.branch.head if state.branch else None,
        files=changed,
        text=sealed,
        pull=state.pull,
    )


def seal(parent: str, files: Files, changed: int | None) -> str:
    """Return the trailer by which a commit of ours is known: whoever amends or rebases it breaks it.

    Another file that was added to it shows in how many are `changed`.
    """
    there = [f"{path}\0{text}" for path, text in sorted(files.items()) if text is not None]
    content = "\0".join([parent, str(changed), *there])
    return f"{SEAL}{hashlib.sha256(content.encode()).hexdigest()}"


def is_ours(branch: Branch) -> bool:
    """Whether a branch's commit is as a run of ours made it."""
    if len(branch.parents) != 1:
        return False
    return seal(branch.parents[0], branch.files, branch.changed) in branch.message.splitlines()


def _nothing_left(state: LanguagesState, *, ours: bool) -> PullRequestDecision:
    if state.pull and ours:
        return ClosePullRequest(state.pull, f"what it carries is in {state.base.name} already")
    return LeaveAlone(f"{state.base.name} has it already", settled=True)
