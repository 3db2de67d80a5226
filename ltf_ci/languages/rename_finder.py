"""Which repositories a list has by an older address: their servers are asked, each once, and only where need be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import LtfError
from ltf_ci.languages.rules import other_pulls, renames
from ltf_ci.languages.rules.renames import Renames, Wanted
from ltf_ci.model.remote_refs import RemoteRefs
from ltf_ci.model.remote_repository import RepositoryState
from ltf_ci.model.repository_url import RepositoryUrl


class RenameFinder:
    """Asks, and keeps the answers of a run; `known` is what was found so far."""

    def __init__(self, git: Git) -> None:
        self.known = Renames()
        self._git = git
        self._answers: dict[RepositoryUrl, RemoteRefs | LtfError] = {}

    def find(self, state: RepositoryState, list_path: str, wanted: Iterable[Wanted]) -> Renames:
        """Return the renames that matter for these releases; no server is asked where each repository has its line."""
        new, may_be = other_pulls.may_be_older(state, list_path, wanted)
        if may_be:
            self._ask([*(each.entry.url for each in new), *(each.entry.url for each in may_be)])
            self.known |= renames.renames(new, may_be, self._answers)
        return self.known

    def _ask(self, urls: list[RepositoryUrl]) -> None:
        others = [url for url in urls if url not in self._answers]
        self._answers |= concurrently(lambda url: self._git.remote_refs(url.absolute(Path())), others)
