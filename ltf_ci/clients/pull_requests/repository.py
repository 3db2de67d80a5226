"""The repository in which a pull request is opened, whether it is at GitHub or is plain git."""

from __future__ import annotations

from typing import Protocol

from ltf_ci.model.remote_repository import Files, Pull, RepositoryState, UpsertPullRequest, Written
from ltf_ci.model.repository_place import PullOptions


class TargetRepository(Protocol):
    """A repository: its state, one commit on a branch, and the pull request of that."""

    def state(self, branch: str) -> RepositoryState:
        """Return the state of the default branch, of this branch and its pull request, and the other pull requests."""

    def texts(self, state: RepositoryState, paths: tuple[str, ...]) -> Files:
        """Return the texts of more files at the default branch's commit; None where one is not there."""

    def open_branches(self, prefix: str) -> tuple[str, ...]:
        """Return the branches with this prefix whose pull requests are open, sorted."""

    def ready(self) -> None:
        """Raise what would keep any change from being made: no token, say."""

    def expect_push(self, branch: str) -> None:
        """Raise what is known to keep this login from pushing a branch; GitHub says it of a change alone."""

    def write(self, write: UpsertPullRequest, state: RepositoryState) -> Written:
        """Make the commit and open, or update, the pull request; raise HeadMoved where `state` has changed."""

    def complete(self, pull: Pull, options: PullOptions) -> tuple[str, ...]:
        """Add the labels, reviewers and automatic merge that a pull request lacks; return what could not be added."""

    def close(self, pull: Pull, why: str) -> tuple[str, ...]:
        """Close a pull request with a comment that says why; return what could not be added."""
