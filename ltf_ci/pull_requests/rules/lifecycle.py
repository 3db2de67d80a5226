"""The life of a pull request: every state that it can be in, and what the next run does there.

Its branch has a fixed name. The branch is "ours" where its last commit bears the seal of a run (seal.py), and
"people's" where it does not. A change is "needed" until the default branch, or another open pull request, has it.

| change     | branch            | pull request | the next run                                             |
|------------|-------------------|--------------|----------------------------------------------------------|
| needed     | none              | not open     | commits the change, and opens a pull request             |
| needed     | ours              | not open     | the same: a run was killed, or it was merged or closed   |
| needed     | ours, with it     | open         | does nothing                                             |
| needed     | ours, without it  | open         | commits the change again, and updates title and text     |
| needed     | people's, with it | open         | does nothing                                             |
| needed     | people's          | any          | does nothing, and reports that these commits are there   |
| not needed | ours, or none     | open         | closes it with a comment that says why                   |
| not needed | any               | any other    | does nothing                                             |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ltf_ci.model.remote_repository import (
    ClosePullRequest,
    Files,
    LeaveAlone,
    Pull,
    PullRequestDecision,
    PullText,
    RepositoryState,
    UpsertPullRequest,
)
from ltf_ci.pull_requests.rules.seal import is_sealed, seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that is wanted: the files with it, the branch, and the text of its pull request.

    `scratch` is the branch that the commit is made on first. `is_in` says whether files, of people's commits, have it.
    """

    branch: str
    scratch: str
    files: Files
    text: PullText
    is_in: Callable[[Files], bool]


def is_ours(state: RepositoryState) -> bool:
    """Whether nobody but ltf-ci has commits on the branch: it is ours, or does not exist."""
    return state.branch is None or is_sealed(state.branch)


def wanted(state: RepositoryState, change: Change) -> PullRequestDecision:
    """Return what is to be done about a change that is wanted."""
    branch, pull = state.branch, state.pull
    if not is_ours(state):
        return left_to_people(state, change)
    if branch and pull and branch.files == change.files:
        return LeaveAlone(f"it is open already: {pull.url}", satisfied=True, pull=pull)
    return _upsert(state, change)


def not_needed(state: RepositoryState, *, close: str, leave: str, pull: Pull | None = None) -> PullRequestDecision:
    """Return what is to be done about a change that is not needed: `close` and `leave` are the reason for either.

    `pull` is another pull request that has it.
    """
    if state.pull and is_ours(state):
        return ClosePullRequest(state.pull, close)
    return LeaveAlone(leave, satisfied=True, pull=pull)


def left_to_people(state: RepositoryState, change: Change | None = None) -> LeaveAlone:
    """Leave a branch that has commits of people; that is all right where these have the change."""
    branch, pull = state.branch, state.pull
    if branch and pull and change and change.is_in(branch.files):
        return LeaveAlone(f"{pull.url} has it, with commits of other people", satisfied=True, pull=pull)
    which = f"{branch.name} has commits of other people ({branch.head[:7]})" if branch else "is gone"
    return LeaveAlone(f"the branch {which}, which are left as they are", satisfied=False, pull=pull)


def _upsert(state: RepositoryState, change: Change) -> UpsertPullRequest:
    """Return the commit of the change on the default branch, sealed, with its pull request."""
    files = {path: new for path, new in change.files.items() if new is not None and new != state.base.files[path]}
    text = change.text
    trailers = (*text.trailers, seal(state.base.head, change.files, len(files)))
    return UpsertPullRequest(
        branch=change.branch,
        scratch=change.scratch,
        base=state.base.head,
        replaces=state.branch.head if state.branch else None,
        files=files,
        text=PullText(title=text.title, body=text.body, trailers=trailers),
        pull=state.pull,
    )
