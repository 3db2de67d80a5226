"""What a repository's server has: its tags and branches, one commit of it, and the address that it has today."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from ltf_ci.model.commit import Commit
from ltf_ci.model.repository_url import RepositoryUrl, repository_in

_TAGS = "refs/tags/"


@dataclass(frozen=True, slots=True)
class RemoteRefs:
    """Which commit each tag and branch names, by its full name; `today` is the address where it was renamed."""

    commits: Mapping[str, Commit]
    today: RepositoryUrl | None = None

    @property
    def tags(self) -> Mapping[str, Commit]:
        """Which commit each tag names."""
        return {name.removeprefix(_TAGS): commit for name, commit in self.commits.items() if name.startswith(_TAGS)}


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


def today(named: RepositoryUrl, asked: str, led_to: str) -> RepositoryUrl | None:
    """Return the address of a repository that is named by one address, and whose server led to another.

    `asked` is where git asked, which differs from the name where the user's `insteadOf` leads elsewhere. None where the
    server led to another spelling of the same.
    """
    rest = _common_end(str(named), asked)
    name, place = str(named)[: len(str(named)) - rest], asked[: len(asked) - rest]
    there = led_to.rstrip("/")
    moved = repository_in(name + there.removeprefix(place) if there.startswith(place) else there)
    return moved.public if moved and moved.key != named.key else None


def _common_end(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their ends, from a `/` on."""
    ends = [at for at in range(1, min(len(one), len(other)) + 1) if one[-at:] == other[-at:]]
    whole = one == other
    return len(one) if whole else max((at for at in ends if one[-at] == "/"), default=0)
