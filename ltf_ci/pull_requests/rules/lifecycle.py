"""The life of a pull request: every state that runs, people and GitHub's buttons make, and what the next run does.

Its branch has a fixed name. The state of branch and pull request:

| branch and pull request                                                                 | standing   |
|-----------------------------------------------------------------------------------------|------------|
| no branch: there never was one, or it was deleted or renamed                              | FREE       |
| its head is that of a pull request that was merged (squashed, rebased) or closed          | FREE       |
| its head is in the default branch                                                         | FREE       |
| the commit of a run that was killed before it opened the pull request                     | FREE       |
| other commits, which no pull request has                                                  | TAKEN      |
| open, into another branch than the default one: it was retargeted                         | RETARGETED |
| open, in the merge queue: GitHub lets nobody change its branch                            | QUEUED     |
| open, with a run's commit: untouched, rebased, merged with the default branch, or with    | OURS       |
| commits on top that change nothing in the end (an empty one, which starts checks again)   |            |
| open, with anything else: commits on top, an amended commit, a conflict that was resolved | PEOPLES    |

What the next run does, where the change is needed, and where the default branch or another open pull request has it:

| standing   | the change is needed                                         | it is not needed                 |
|------------|--------------------------------------------------------------|----------------------------------|
| FREE       | commits it on the branch, and opens a pull request           | nothing                          |
| OURS       | updates commit, title and text where they lack it, or the    | closes it with a comment why     |
|            | default branch has lost what they are made on                |                                  |
| PEOPLES    | nothing, and reports it, unless their files have the change  | nothing                          |
| RETARGETED | nothing, and reports it                                      | nothing                          |
| QUEUED     | as PEOPLES; what comes once: the same on the next name       | nothing                          |
| TAKEN      | the same on the next name: BRANCH-2, BRANCH-3 … (apply.py)   | the same on the next name        |

A draft stays a draft. What was merged or closed is history: GitHub keeps its commits. No state is for ever: PEOPLES,
RETARGETED and QUEUED end when their pull request is merged or closed, which is FREE. A release comes once; what the
watch proposes comes again the next day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from ltf_ci.model.remote_repository import (
    SCRATCH,
    Branch,
    ClosePullRequest,
    Files,
    LeaveAlone,
    Pull,
    PullRequestDecision,
    PullText,
    RepositoryState,
    UpsertPullRequest,
)
from ltf_ci.pull_requests.rules.seal import SEAL, is_moved, is_sealed, trailers

NAMES = 9  # names that are tried for a branch


class Standing(Enum):
    """The state of a branch and its pull request: the table says when."""

    FREE = auto()
    OURS = auto()
    PEOPLES = auto()
    RETARGETED = auto()
    QUEUED = auto()
    TAKEN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that is needed: the files with it, and the text of its pull request.

    `key` distinguishes runs that want something else. `is_in` says whether files, of people's commits, have the change.
    `repeated` are files outside those of the state, whose change follows from that of `files`. `comes_once` is so where
    no later run wants it by itself.
    """

    key: str
    files: Files
    text: PullText
    is_in: Callable[[Files], bool]
    repeated: Files = field(default_factory=dict)
    comes_once: bool = False


def names(branch: str) -> Iterator[str]:
    """Return the names for a branch, the first one first."""
    yield branch
    yield from (f"{branch}-{number}" for number in range(2, NAMES + 1))


def standing(state: RepositoryState) -> Standing:
    """Return the state of the branch and its pull request."""
    branch, pull = state.branch, state.pull
    if branch is None:
        return Standing.FREE
    if pull is None:
        is_history = branch.head == state.base.head or branch.head in {past.head for past in state.past}
        return Standing.FREE if is_history or is_sealed(branch) else Standing.TAKEN
    if pull.base != state.base.name:
        return Standing.RETARGETED
    if pull.is_queued:
        return Standing.QUEUED
    return Standing.OURS if is_sealed(branch) or is_moved(branch) else Standing.PEOPLES


def wanted(state: RepositoryState, change: Change) -> PullRequestDecision:
    """Return what is to be done about a change that is needed."""
    branch, pull = state.branch, state.pull
    match standing(state):
        case Standing.FREE:
            return _upsert(state, change)
        case Standing.OURS:
            if branch and pull and branch.files == change.files and not _is_outdated(state, branch):
                return LeaveAlone(f"the pull request is open already: {pull.url}", satisfied=True, pull=pull)
            return _upsert(state, change)
        case Standing.PEOPLES if branch and pull and change.is_in(branch.files):
            return LeaveAlone(f"{pull.url} has it, with commits of other people", satisfied=True, pull=pull)
        case Standing.QUEUED if branch and pull and change.is_in(branch.files):
            return LeaveAlone(f"{pull.url} has it, and is in the merge queue", satisfied=True, pull=pull)
        case _:
            return replace(left(state), elsewhere=change.comes_once and standing(state) is Standing.QUEUED)


def not_needed(state: RepositoryState, *, close: str, leave: str, pull: Pull | None = None) -> PullRequestDecision:
    """Return what is to be done about a change that is not needed: `close` and `leave` are the reason for either.

    `pull` is another pull request that has it.
    """
    if state.pull and standing(state) is Standing.OURS:
        return ClosePullRequest(state.pull, close)
    return LeaveAlone(leave, satisfied=True, pull=pull)


def left(state: RepositoryState) -> LeaveAlone:
    """Leave a pull request, or a branch, to people; the reason says what is in the way, and how it ends."""
    pull = state.pull
    if pull and standing(state) is Standing.RETARGETED:
        why = f"{pull.url} goes to {pull.base}, not to {state.base.name}: edit its base, or close it"
        return LeaveAlone(why, satisfied=False, pull=pull)
    if pull and standing(state) is Standing.QUEUED:
        why = f"{pull.url} is in the merge queue, and cannot be changed until it is merged, or taken out of it"
        return LeaveAlone(why, satisfied=False, pull=pull)
    head = f" ({state.branch.head[:7]})" if state.branch else ""
    then = f"merge or close {pull.url}" if pull else "delete or rename it"
    whose = "commits of other people"
    if state.branch and SEAL in state.branch.message:
        whose = "commits that were not made so by this version of ltf-ci for this list"
    why = f"the branch {state.name} has {whose}{head}, which are left as they are: {then}"
    return LeaveAlone(why, satisfied=False, pull=pull)


def _is_outdated(state: RepositoryState, branch: Branch) -> bool:
    """Whether the default branch has changed meanwhile what a pull request changes, or lost what that is made on.

    The two would conflict, or the pull request would bring back what was lost.
    """
    overtaken = branch.difference is not None and branch.difference.base != state.base.files
    return overtaken or branch.brings_more


def _upsert(state: RepositoryState, change: Change) -> UpsertPullRequest:
    """Return the commit of the change on the default branch, with its trailers, and its pull request."""
    own = {path: new for path, new in change.files.items() if new != state.base.files[path]}
    files = {**own, **change.repeated}
    text = change.text
    marks = trailers(state.base, change.files, len(files))
    return UpsertPullRequest(
        branch=state.name,
        scratch=f"{state.name}{SCRATCH}{change.key}",
        base=state.base.head,
        replaces=state.branch.head if state.branch else None,
        files=files,
        text=PullText(title=text.title, body=text.body, trailers=(*text.trailers, *marks)),
        pull=state.pull,
    )
