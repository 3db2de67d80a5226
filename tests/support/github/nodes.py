"""What GraphQL's types are made of here: a field's name in snake case is an attribute or a method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from tests.support.github.bare import HEADS
from tests.support.github.git_nodes import ObjectNode, RefNode, connection, object_node
from tests.support.github.hosted import BOT_LOGIN, HostedRepository, Pull
from tests.support.github.site import NodeId, Site, label_id, no_node, pull_id, repository_id

Order: TypeAlias = Mapping[str, str] | None
T = TypeVar("T")
NOW = "2026-01-01T00:00:00Z"


@dataclass(frozen=True)
class Query:
    """The root."""

    site: Site
    html: str

    @property
    def viewer(self) -> dict[str, str]:
        return {"login": BOT_LOGIN}

    @property
    def rate_limit(self) -> dict[str, object]:
        return {
            "cost": 1,
            "limit": 5000,
            "nodeCount": 1,
            "remaining": 4999,
            "used": 1,
            "resetAt": "2099-01-01T00:00:00Z",
        }

    def repository(self, owner: str, name: str) -> RepositoryNode:
        full_name = f"{owner}/{name}"
        return RepositoryNode(self.site.repository(self.site.renamed.get(full_name.lower(), full_name)), self.html)

    def repository_owner(self, login: str) -> OwnerNode | None:
        own = [each for each in self.site.repositories.values() if each.owner.lower() == login.lower()]
        return OwnerNode(tuple(sorted(own, key=lambda each: each.name)), self.html) if own else None

    def node(self, id: str) -> Any:  # noqa: A002
        return node(self.site, self.html, id)


@dataclass(frozen=True)
class OwnerNode:
    """An Organization with its repositories."""

    hosted: tuple[HostedRepository, ...]
    html: str
    type_name = "Organization"

    def repositories(
        self,
        *,
        first: int,
        after: str | None = None,
        owner_affiliations: Sequence[str] = (),
        is_archived: bool | None = None,
        is_fork: bool | None = None,
        order_by: Order = None,
    ) -> dict[str, Any]:
        """Return a page; nothing here is a fork, and all is in the order of names."""
        assert (list(owner_affiliations), is_fork, order_by) == (
            ["OWNER"],
            False,
            {"field": "NAME", "direction": "ASC"},
        )
        there = [each for each in self.hosted if is_archived in (None, each.archived)]
        return connection([RepositoryNode(each, self.html) for each in there], first, None, after)


@dataclass(frozen=True)
class RepositoryNode:
    """A Repository."""

    hosted: HostedRepository
    html: str
    type_name = "Repository"

    @property
    def id(self) -> str:
        return repository_id(self.hosted)

    @property
    def name(self) -> str:
        return self.hosted.name.partition("/")[2]

    @property
    def name_with_owner(self) -> str:
        return self.hosted.name

    @property
    def owner(self) -> dict[str, str]:
        return {"__typename": "Organization", "login": self.hosted.owner}

    @property
    def url(self) -> str:
        return f"{self.html}/{self.hosted.name}"

    @property
    def is_archived(self) -> bool:
        return self.hosted.archived

    @property
    def auto_merge_allowed(self) -> bool:
        return self.hosted.auto_merge_allowed

    @property
    def merge_commit_allowed(self) -> bool:
        return "MERGE" in self.hosted.merge_methods

    @property
    def squash_merge_allowed(self) -> bool:
        return "SQUASH" in self.hosted.merge_methods

    @property
    def rebase_merge_allowed(self) -> bool:
        return "REBASE" in self.hosted.merge_methods

    def refs(
        self, ref_prefix: str, query: str | None = None, first: int | None = None, last: int | None = None
    ) -> dict[str, Any]:
        names = self.hosted.bare.refs(ref_prefix.rstrip("/"))
        found = [name for name in names if name.startswith(ref_prefix) and (query or "") in name]
        nodes = [RefNode(self.hosted, self.html, name, ref_prefix) for name in found]
        return connection(nodes, first, last)

    @property
    def default_branch_ref(self) -> RefNode | None:
        return self.ref(self.hosted.default_branch)

    def ref(self, qualified_name: str) -> BranchNode | None:
        full = qualified_name if qualified_name.startswith("refs/") else HEADS + qualified_name
        return BranchNode(self.hosted, self.html, full) if self.hosted.bare.resolve_ref(full) else None

    def object(self, expression: str | None = None, oid: str | None = None) -> ObjectNode | None:
        found = self.hosted.bare.resolve(oid or expression or "")
        return object_node(self.hosted, self.html, found) if found else None

    def label(self, name: str) -> LabelNode | None:
        return LabelNode(self.hosted, name) if name in self.hosted.labels else None

    def pull_request(self, number: int) -> PullNode:
        return PullNode(self, self.hosted.pull(number))

    def pull_requests(
        self,
        *,
        states: Sequence[str] | None = None,
        head_ref_name: str | None = None,
        base_ref_name: str | None = None,
        labels: Sequence[str] | None = None,
        order_by: Order = None,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
    ) -> dict[str, Any]:
        found = [pull for pull in self.hosted.pulls if states is None or pull.state in states]
        found = [pull for pull in found if head_ref_name in (None, pull.head) and base_ref_name in (None, pull.base)]
        found = [pull for pull in found if not labels or set(labels) & set(pull.labels)]
        return connection([PullNode(self, pull) for pull in _ordered(found, order_by)], first, last, after)


class BranchNode(RefNode):
    """A Ref with the pull requests from it: those of forks are from branches of their own."""

    def associated_pull_requests(self, *, states: Sequence[str] | None = None, first: int) -> dict[str, Any]:
        branch, repository = self.full_name.removeprefix(HEADS), RepositoryNode(self.hosted, self.html)
        own = [pull for pull in self.hosted.pulls if (pull.head, pull.from_fork) == (branch, False)]
        found = [PullNode(repository, pull) for pull in own if states is None or pull.state in states]
        return connection(found, first, None)


@dataclass(frozen=True)
class LabelNode:
    """A Label."""

    hosted: HostedRepository
    name: str
    type_name = "Label"

    @property
    def id(self) -> str:
        return label_id(self.hosted, self.name)


@dataclass(frozen=True)
class PullNode:
    """A PullRequest."""

    repository: RepositoryNode
    pull: Pull
    type_name = "PullRequest"

    def __getattr__(self, name: str) -> Any:
        if name in ("number", "title", "body", "state"):
            return getattr(self.pull, name)
        raise AttributeError(name)

    @property
    def is_cross_repository(self) -> bool:
        return self.pull.from_fork

    @property
    def id(self) -> str:
        return pull_id(self.repository.hosted, self.pull)

    @property
    def url(self) -> str:
        return f"{self.repository.url}/pull/{self.pull.number}"

    @property
    def is_draft(self) -> bool:
        return self.pull.draft

    @property
    def closed(self) -> bool:
        return self.pull.state != "OPEN"

    @property
    def merged(self) -> bool:
        return self.pull.state == "MERGED"

    @property
    def mergeable(self) -> str:
        if self.closed:
            return "UNKNOWN"
        bare, hosted = self.repository.hosted.bare, self.repository.hosted
        fits = bare.merged_tree(hosted.head(self.pull.base), hosted.head(self.pull.head))
        return "MERGEABLE" if fits else "CONFLICTING"

    @property
    def author(self) -> dict[str, str]:
        return {"__typename": "Bot", "login": BOT_LOGIN}

    @property
    def created_at(self) -> str:
        return NOW

    @property
    def head_ref_name(self) -> str:
        return self.pull.head

    @property
    def base_ref_name(self) -> str:
        return self.pull.base

    @property
    def head_ref_oid(self) -> str:
        return self.pull.head_oid

    @property
    def base_ref_oid(self) -> str:
        return self.pull.base_seen

    @property
    def changed_files(self) -> int:
        bare, ends = self.repository.hosted.bare, (self.pull.base_seen, self.pull.head_oid)
        base = bare.asked("merge-base", *ends) or ends[0]  # none where the base's history was written anew
        return len(bare.always("diff", "--name-only", base, ends[1]).splitlines())

    @property
    def head_ref(self) -> RefNode | None:
        return None if self.pull.from_fork else self.repository.ref(self.pull.head)

    def commits(self, first: int | None = None, last: int | None = None) -> dict[str, Any]:
        hosted, html = self.repository.hosted, self.repository.html
        oids = hosted.bare.commits(self.pull.base_seen, self.pull.head_oid)
        return connection([{"commit": object_node(hosted, html, oid)} for oid in oids], first, last)

    @property
    def base_ref(self) -> RefNode | None:
        return self.repository.ref(self.pull.base)

    @property
    def is_in_merge_queue(self) -> bool:
        return self.pull.queued

    @property
    def merge_commit(self) -> ObjectNode | None:
        return self.repository.object(self.pull.merge_oid) if self.pull.merge_oid else None

    @property
    def auto_merge_request(self) -> dict[str, str] | None:
        return {"mergeMethod": self.pull.auto_merge} if self.pull.auto_merge else None

    def labels(self, first: int | None = None, last: int | None = None, order_by: Order = None) -> dict[str, Any]:
        return connection(
            [LabelNode(self.repository.hosted, name) for name in _ordered(self.pull.labels, order_by)], first, last
        )

    def review_requests(self, first: int | None = None, last: int | None = None) -> dict[str, Any]:
        return connection([{"id": login} for login in self.pull.reviewers], first, last)

    def reviews(self, first: int | None = None, last: int | None = None) -> dict[str, Any]:
        return connection([{"state": state} for state in self.pull.reviews], first, last)

    def comments(self, first: int | None = None, last: int | None = None) -> dict[str, Any]:
        return connection([{"body": body} for body in self.pull.comments], first, last)


def _ordered(found: Sequence[T], order_by: Order) -> Sequence[T]:
    return found[::-1] if order_by and order_by["direction"] == "DESC" else found


def node(site: Site, html: str, text: str) -> Any:
    """Return what a node id names, or raise Refused."""
    found = NodeId.parse(text)
    repository = RepositoryNode(site.repository(found.repository), html)
    if found.type_name == "Repository":
        return repository
    if found.type_name == "PullRequest":
        return repository.pull_request(int(found.key))
    other = {"Ref": repository.ref, "Label": repository.label}.get(found.type_name, repository.object)(found.key)
    if other is None:
        raise no_node(text)
    return other
