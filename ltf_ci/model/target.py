"""One commit of one repository, as a line of a languages list names it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ltf_ci.model.repository_url import RepositoryUrl


@dataclass(frozen=True, slots=True)
class Target:
    """A repository at a commit, which `ref` names; without a ref it may be a short one, as in `SHA7@URL`."""

    url: RepositoryUrl
    ref: str
    commit: str

    @property
    def key(self) -> str:
        """A file's name that belongs to this repository at this commit, and to nothing else."""
        return f"{hashlib.sha256(self.url.key.encode()).hexdigest()[:20]}-{self.commit}"

    @staticmethod
    def commit_in(key: str) -> str:
        """Return the commit of a key."""
        return key.rpartition("-")[2]
