"""All that the stand-in hosts, the names and node ids of it, and what was found wrong with requests and answers."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.github.actions import Actions
from tests.support.github.app import App, Grant
from tests.support.github.hosted import NO_ACCESS, HostedRepository, Pull, Refused

PREFIXES = {
    "Repository": "R",
    "Ref": "REF",
    "PullRequest": "PR",
    "Label": "LA",
    "Commit": "C",
    "Blob": "B",
    "Tree": "T",
}


class Violation(Exception):
    """A request or an answer that does not fit GitHub's schema, or that the stand-in does not model."""


@dataclass
class Site:
    """The hosted repositories; `lock` is held over each request and each change.

    `caller` is what the request's token may do: all, where it is the one that no App was given.
    """

    folder: Path
    lock: threading.RLock = field(default_factory=threading.RLock)
    repositories: dict[str, HostedRepository] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    mutations: list[str] = field(default_factory=list)
    dispatches: list[dict[str, Any]] = field(default_factory=list)
    actions: Actions = field(default_factory=Actions)
    app: App = field(default_factory=App)
    caller: Grant | None = None

    def create_repository(self, name: str, default_branch: str) -> HostedRepository:
        self.renamed.pop(name.lower(), None)  # who takes an older name ends its redirect
        place = self.folder / f"{name}.git"
        place = place.with_stem(f"{place.stem}-again") if place.exists() else place
        hosted = HostedRepository(name, place, default_branch, self.lock)
        hosted.number += len(self.repositories)
        self.repositories[name.lower()] = hosted
        return hosted

    def rename(self, old: str, new: str) -> None:
        """Rename or transfer a repository: REST redirects from its old name, GraphQL's queries follow it."""
        hosted = self.repositories.pop(old.lower())
        hosted.name = new
        self.repositories[new.lower()] = hosted
        self.renamed[old.lower()] = new

    def by_number(self, number: int) -> HostedRepository:
        return next(each for each in self.repositories.values() if each.number == number)

    def repository(self, name: str) -> HostedRepository:
        found = self.repositories.get(name.lower())
        if found is None or (self.caller and not self.caller.covers(found)):
            raise Refused(f"Could not resolve to a Repository with the name '{name}'.", "NOT_FOUND")
        return found

    def allow(self, hosted: HostedRepository, operation: str) -> None:
        """Raise Refused where the token may not do it."""
        hosted.allow(operation)
        if self.caller and not self.caller.may(operation):
            raise Refused(NO_ACCESS, "FORBIDDEN")

    def allow_files(self, paths: Iterable[str]) -> None:
        """Raise Refused where a token may not change a workflow."""
        workflows = [path for path in paths if path.startswith(".github/workflows/")]
        if workflows and self.caller and self.caller.permissions.get("workflows") != "write":
            found = f"refusing to allow a GitHub App to create or update workflow `{workflows[0]}`"
            raise Refused(f"{found} without `workflows` permission", "FORBIDDEN")


@dataclass(frozen=True)
class NodeId:
    """What a node's id says: its type, the repository, and what it is there."""

    type_name: str
    repository: str
    key: str = ""

    def __str__(self) -> str:
        text = f"{self.repository}\n{self.key}"
        return f"{PREFIXES[self.type_name]}_{base64.urlsafe_b64encode(text.encode()).decode()}"

    @classmethod
    def parse(cls, text: str) -> NodeId:
        types = {prefix: type_name for type_name, prefix in PREFIXES.items()}
        prefix, _, rest = text.partition("_")
        try:
            repository, key = base64.urlsafe_b64decode(rest).decode().split("\n")
            return cls(types[prefix], repository, key)
        except (ValueError, KeyError):
            raise no_node(text) from None


def no_node(text: str) -> Refused:
    return Refused(f"Could not resolve to a node with the global id of '{text}'", "NOT_FOUND")


def repository_id(hosted: HostedRepository) -> str:
    return str(NodeId("Repository", hosted.name))


def pull_id(hosted: HostedRepository, pull: Pull) -> str:
    return str(NodeId("PullRequest", hosted.name, str(pull.number)))


def label_id(hosted: HostedRepository, name: str) -> str:
    return str(NodeId("Label", hosted.name, name))
