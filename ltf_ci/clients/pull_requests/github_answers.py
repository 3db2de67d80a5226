"""What GitHub's GraphQL answers for a repository: its branches and pull requests as values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from ltf_ci.clients.github.http import items
from ltf_ci.model.layout import OTHER_CI, WORKFLOWS, is_ci
from ltf_ci.model.remote_repository import SCRATCH, Branch, Difference, Files, OtherPull, PastPull, Pull, RepositoryAt

ABANDONED = timedelta(hours=1)  # after which no run can be at work on its scratch branch
MANY = 100  # commits of a pull request: more are not looked at
_METHODS = {"mergeCommitAllowed": "MERGE", "squashMergeAllowed": "SQUASH", "rebaseMergeAllowed": "REBASE"}

Node: TypeAlias = Mapping[str, Any]
TextOf: TypeAlias = Callable[[Node | None, str], str | None]


def own_pull(repository: Node, base: str) -> Node | None:
    """Return the branch's open pull request: that into the default branch, else one into another; None if none is.

    Those of forks, whose branches may have the same name, are not the branch's own; one into another repository does
    not count.
    """
    own = items(repository["ref"]["associatedPullRequests"]) if repository["ref"] else ()
    pulls = [pull for pull in own if pull["repository"]["id"] == repository["id"]]
    return min(pulls, key=lambda pull: pull["baseRefName"] != base, default=None)


def pull_of(found: Node) -> Pull:
    """Return an open pull request."""
    asked = [each["totalCount"] for each in (found["reviewRequests"], found["reviews"]) if each]
    allowed = found["repository"]
    methods = [method for name, method in _METHODS.items() if allowed[name]] if allowed["autoMergeAllowed"] else []
    return Pull(
        url=found["url"],
        base=found["baseRefName"],
        is_draft=found["isDraft"],
        handle=found["id"],
        number=found["number"],
        labels=tuple(label["name"] for label in items(found["labels"])),
        was_asked=any(asked),
        merges_itself=found["autoMergeRequest"] is not None or found["isInMergeQueue"],
        merge_method=next(iter(methods), ""),
        is_queued=found["isInMergeQueue"],
    )


def past_of(repository: Node) -> tuple[PastPull, ...]:
    """Return the branch's pull requests that were merged or closed, the newest first."""
    return tuple(
        PastPull(pull["url"], pull["title"], pull["headRefOid"], is_merged=pull["state"] == "MERGED")
        for pull in items(repository["past"])
        if not pull["isCrossRepository"]
    )


def branch_of(name: str, head: Node, paths: Sequence[str], text_of: TextOf, pull: Node | None = None) -> Branch:
    """Return a branch with the texts of its files; with its open pull request also what that changes."""
    commit = _made(head, pull) if pull else head
    parents = commit["parents"]["nodes"]
    is_merge = len(parents) > 1
    commits = [node["commit"] for node in pull["commits"]["nodes"]] if pull else []
    return Branch(
        name=name,
        head=head["oid"],
        message=commits[0]["message"] if is_merge and commits else commit["message"],
        parents=tuple(parent["oid"] for parent in parents),
        files=_files(head, paths, text_of),
        changed=commit["changedFilesIfAvailable"],
        difference=_difference(pull, parents, paths, text_of) if pull else None,
        brings_more=any(parent["oid"] in {each["oid"] for each in commits} for parent in parents[-1:]),
    )


def _made(head: Node, pull: Node) -> Node:
    """Return a pull request's first commit where those on top of it change nothing, else its last."""
    first = (node["commit"] for node in pull["made"]["nodes"])
    return next((each for each in first if each["oid"] != head["oid"] and each["tree"] == head["tree"]), head)


def ci_of(commit: Node) -> Mapping[str, Node]:
    """Return the workflows of a commit by path, where these were asked for."""
    folder = (commit.get("workflows") or {}).get("object") or {}
    entries = {f"{WORKFLOWS}/{entry['name']}": entry for entry in folder.get("entries", ())}
    others = {path: commit.get(f"ci{number}") for number, path in enumerate(OTHER_CI)}
    return {path: entry for path, entry in {**entries, **others}.items() if entry and entry["object"] and is_ci(path)}


def at_of(repository: Node, branch: str) -> RepositoryAt:
    """Return how GitHub knows the repository."""
    folder = branch.partition("/")[0]
    below = [f"{branch}/{ref['name']}" for ref in items(repository["below"])]
    return RepositoryAt(
        node_id=repository["id"],
        full_name=repository["nameWithOwner"],
        in_the_way=folder if repository["folder"] else next(iter(below), ""),
        leftovers=tuple(_leftovers(repository, f"{branch}{SCRATCH}")),
    )


def other_pull_of(pull: Node) -> OtherPull:
    """Return another open pull request."""
    commits = [node["commit"] for node in items(pull["commits"])]  # GitHub lists a push's commits only later
    head = (pull["headRef"] or {}).get("target")
    message = "\n".join(commit["message"] for commit in (head, *commits) if commit)
    return OtherPull(pull["headRefName"], pull["url"], message)


def _files(commit: Node, paths: Sequence[str], text_of: TextOf) -> Files:
    return {path: text_of(commit[f"file{number}"], path) for number, path in enumerate(paths)}


def _difference(pull: Node, parents: Sequence[Node], paths: Sequence[str], text_of: TextOf) -> Difference | None:
    """Return what a pull request changes; None where the last of `parents`, those of its commit, is its own too."""
    commits = {node["commit"]["oid"] for node in pull["commits"]["nodes"]}
    is_known = 0 < pull["commits"]["totalCount"] <= MANY and 0 < len(parents) <= 2  # noqa: PLR2004 - of a merge
    if not is_known or parents[-1]["oid"] in commits:
        return None
    return Difference(_files(parents[-1], paths, text_of), pull["changedFiles"])


def _leftovers(repository: Node, prefix: str) -> Iterator[tuple[str, str]]:
    now = datetime.now(UTC)
    for ref in items(repository["scratch"]):
        if not ref["target"]:
            continue
        at = datetime.fromisoformat(ref["target"]["committedDate"])
        if ref["name"].startswith(prefix) and now - at > ABANDONED:
            yield ref["name"], ref["target"]["oid"]
