"""The languages repository as a command sees it, wherever it is."""

from __future__ import annotations

from typing import Protocol

from ltf_ci.model.remote_repository import LanguagesState, Pull, UpsertPullRequest, Written


class Languages(Protocol):
    """A languages repository: what stands there, one commit on a branch, and its pull request."""

    def state(self, branch: str) -> LanguagesState:
        """Look at the default branch, at our branch and its pull request, and at its neighbours."""

    def open_branches(self, prefix: str) -> tuple[str, ...]:
        """Return the branches with this prefix whose pull requests are open, sorted."""

    def ready(self) -> None:
        """Raise what would keep any change from being made: no token, say."""

    def write(self, write: UpsertPullRequest, state: LanguagesState) -> Written:
        """Make the commit and open, or update, the pull request; raise HeadMoved where `state` is no longer so."""

    def complete(self, pull: Pull) -> None:
        """Return a pull request what the options say and it was not given yet."""

    def close(self, pull: Pull, why: str) -> None:
        """Close a pull request, and say there why."""
