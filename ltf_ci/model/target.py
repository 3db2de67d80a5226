"""One commit of one repository, which a line of a languages list names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ltf_ci.model.repository_url import RepositoryUrl


@dataclass(frozen=True, slots=True)
class Target:
    """A repository at a commit, which `ref` names; without a ref the commit may be short, as in `SHA7@URL`."""

    url: RepositoryUrl
    ref: str
    commit: str

    @property
    def key(self) -> str:
        """A file name for this repository at this commit, and for no other."""
        return f"{hashlib.sha256(self.url.key.encode()).hexdigest()[:20]}-{self.commit}"

    @staticmethod
    def commit_in(key: str) -> str:
        """Return the commit of a key."""
        return key.rpartition("-")[2]
