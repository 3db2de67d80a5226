"""Git's objects and refs as GraphQL's types: a field's name in snake case is an attribute or a method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.github.hosted import HostedRepository, Refused
from tests.support.github.site import NodeId

TRUNCATED_AT = 512_000


def connection(
    nodes: Sequence[Any], first: int | None, last: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """Return a page of nodes, or refuse as GitHub does where its size is not told."""
    if first is None and last is None:
        raise Refused("You must provide a `first` or `last` value to properly paginate the connection.")
    start = int(after) if after else 0
    end = start + first if first is not None else len(nodes)
    page = nodes[start:end] if first is not None else nodes[-(last or 0) :]
    info = {"hasNextPage": len(nodes) > end, "hasPreviousPage": start > 0, "endCursor": str(min(end, len(nodes)))}
    return {"nodes": list(page), "totalCount": len(nodes), "pageInfo": info}


@dataclass(frozen=True)
class RefNode:
    """A Ref."""

    hosted: HostedRepository
    html: str
    full_name: str
    within: str = ""
    type_name = "Ref"

    @property
    def id(self) -> str:
        return str(NodeId("Ref", self.hosted.name, self.full_name))

    @property
    def prefix(self) -> str:
        return self.within or "/".join(self.full_name.split("/")[:2]) + "/"

    @property
    def name(self) -> str:
        return self.full_name.removeprefix(self.prefix)

    @property
    def target(self) -> ObjectNode:
        return object_node(self.hosted, self.html, self.hosted.bare.resolve_ref(self.full_name) or "")

    def compare(self, head_ref: str) -> ComparisonNode | None:
        head = self.hosted.bare.resolve(head_ref)
        return ComparisonNode(self.hosted, self.html, self.target.oid, head) if head else None


@dataclass(frozen=True)
class ComparisonNode:
    """What `head` has more and less than `base`."""

    hosted: HostedRepository
    html: str
    base: str
    head: str

    @property
    def ahead_by(self) -> int:
        return len(self.hosted.bare.commits(self.base, self.head))

    @property
    def behind_by(self) -> int:
        return len(self.hosted.bare.commits(self.head, self.base))

    @property
    def status(self) -> str:
        names = {(False, False): "IDENTICAL", (True, False): "AHEAD", (False, True): "BEHIND", (True, True): "DIVERGED"}
        return names[self.ahead_by > 0, self.behind_by > 0]

    def commits(self, first: int | None = None, last: int | None = None) -> dict[str, Any]:
        oids = self.hosted.bare.commits(self.base, self.head)
        return connection([object_node(self.hosted, self.html, oid) for oid in oids], first, last)


@dataclass(frozen=True)
class ObjectNode:
    """A git object: what all of its kinds have."""

    hosted: HostedRepository
    html: str
    oid: str
    type_name = "Tree"

    @property
    def id(self) -> str:
        return str(NodeId(self.type_name, self.hosted.name, self.oid))

    @property
    def abbreviated_oid(self) -> str:
        return self.oid[:7]


class CommitNode(ObjectNode):
    """A Commit."""

    type_name = "Commit"

    @property
    def message(self) -> str:
        return self.hosted.bare.message(self.oid)

    @property
    def tree(self) -> ObjectNode:
        return object_node(self.hosted, self.html, self.hosted.bare.resolve(f"{self.oid}^{{tree}}") or "")

    @property
    def message_headline(self) -> str:
        return self._shown("%s")

    @property
    def changed_files_if_available(self) -> int:
        objects = self.hosted.bare.objects
        parents = objects.parents(self.oid)
        if len(parents) > 1:
            return 0  # as diff-tree tells of a merge
        return len([*objects.differing(parents[0] if parents else None, self.oid)])

    @property
    def committed_date(self) -> str:
        return self._shown("%cI")

    @property
    def author(self) -> dict[str, str]:
        return {"name": self._shown("%an"), "email": self._shown("%ae")}

    @property
    def url(self) -> str:
        return f"{self.html}/{self.hosted.name}/commit/{self.oid}"

    def parents(self, first: int | None = None, last: int | None = None) -> dict[str, Any]:
        oids = self.hosted.bare.objects.parents(self.oid)
        return connection([object_node(self.hosted, self.html, oid) for oid in oids], first, last)

    def file(self, path: str) -> dict[str, Any] | None:
        oid = self.hosted.bare.resolve(f"{self.oid}:{path}")
        name = path.rpartition("/")[2]
        return {"object": object_node(self.hosted, self.html, oid), "path": path, "name": name} if oid else None

    def _shown(self, form: str) -> str:
        return self.hosted.bare.always("show", "--no-patch", f"--format={form}", self.oid)


class BlobNode(ObjectNode):
    """A Blob."""

    type_name = "Blob"

    @property
    def data(self) -> bytes:
        return self.hosted.bare.blob(self.oid)

    @property
    def byte_size(self) -> int:
        return len(self.data)

    @property
    def is_binary(self) -> bool:
        return b"\0" in self.data

    @property
    def is_truncated(self) -> bool:
        return self.byte_size > TRUNCATED_AT

    @property
    def text(self) -> str | None:
        return None if self.is_binary else self.data[:TRUNCATED_AT].decode(errors="replace")


@dataclass(frozen=True)
class TreeNode(ObjectNode):
    """A Tree."""

    @property
    def entries(self) -> list[dict[str, Any]]:
        lines = self.hosted.bare.always("ls-tree", self.oid).splitlines()
        found = ((line.split()[2], line.partition("\t")[2]) for line in lines)
        return [{"object": object_node(self.hosted, self.html, oid), "name": name} for oid, name in found]


def object_node(hosted: HostedRepository, html: str, oid: str) -> ObjectNode:
    kinds = {"commit": CommitNode, "blob": BlobNode, "tree": TreeNode}
    return kinds.get(hosted.bare.kind(oid) or "", ObjectNode)(hosted, html, oid)
