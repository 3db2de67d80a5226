"""GraphQL's mutations: the method's name is the field's in snake case."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from tests.support.github.bare import ABSENT, HEADS, RefUpdate
from tests.support.github.git_nodes import RefNode, object_node
from tests.support.github.hosted import HostedRepository, Pull, Refused
from tests.support.github.nodes import PullNode, RepositoryNode
from tests.support.github.site import NodeId, Site, Violation, no_node

TARGETS = ("repositoryId", "refId", "pullRequestId", "subjectId", "labelableId")
NOT_MODELLED = {"assigneeIds", "labelIds", "milestoneId", "projectIds", "headRepositoryId"}
LONGEST_BODY = 65_536  # characters

Given = Mapping[str, Any]
Payload = dict[str, Any]


@dataclass(frozen=True)
class Mutation:
    """The root."""

    site: Site
    html: str

    def run(self, name: str, method: str, given: Given) -> Payload:
        """Do what the field asks for, or raise Refused."""
        hosted = self.target(given)
        self.site.allow(hosted, name)
        self.site.mutations.append(name)
        payload: Payload = getattr(self, method)(hosted, given)
        return {"clientMutationId": given.get("clientMutationId"), **payload}

    def target(self, given: Given) -> HostedRepository:
        branch = given.get("branch", {})
        if name := branch.get("repositoryNameWithOwner"):
            return self.site.repository(name)
        ids = [given[key] for key in TARGETS if key in given] or [branch.get("id") or ""]
        return self.site.repository(NodeId.parse(ids[0]).repository)

    def create_ref(self, hosted: HostedRepository, given: Given) -> Payload:
        name = given["name"]
        if not name.startswith(("refs/heads/", "refs/tags/")) or not hosted.bare.legal(name):
            raise Refused(f"{name} is not a valid ref name.")
        if hosted.bare.resolve_ref(name):
            raise Refused(f'A ref named "{name}" already exists in the repository.')
        _move(hosted, [RefUpdate(name, given["oid"], ABSENT)])
        return {"ref": self._ref(hosted, name)}

    def update_ref(self, hosted: HostedRepository, given: Given) -> Payload:
        name = _ref_name(hosted, given["refId"])
        _move(hosted, [RefUpdate(name, given["oid"], force=given.get("force") or False)])
        return {"ref": self._ref(hosted, name)}

    def update_refs(self, hosted: HostedRepository, given: Given) -> Payload:
        updates = [
            RefUpdate(update["name"], update["afterOid"], update.get("beforeOid"), update.get("force") or False)
            for update in given["refUpdates"]
        ]
        _move(hosted, updates)
        return {}

    def delete_ref(self, hosted: HostedRepository, given: Given) -> Payload:
        _move(hosted, [RefUpdate(_ref_name(hosted, given["refId"]), ABSENT)])
        return {}

    def create_commit_on_branch(self, hosted: HostedRepository, given: Given) -> Payload:
        branch = _branch(hosted, given["branch"])
        if hosted.branch_oid(branch) != given["expectedHeadOid"]:
            expected = f'Expected branch to point to "{given["expectedHeadOid"]}" but it did not.'
            raise Refused(f"{expected} Pull and try again.", "STALE_DATA")
        changes = given.get("fileChanges") or {}
        deletions = [deletion["path"] for deletion in changes.get("deletions") or ()]
        _must_be_there(hosted, branch, deletions)
        additions = {addition["path"]: addition["contents"] for addition in changes.get("additions") or ()}
        self.site.allow_files((*additions, *deletions))
        message = given["message"]["headline"] + "\n\n" + (given["message"].get("body") or "")
        oid = hosted.commit(branch, additions, deletions, message.strip() + "\n")
        return {"commit": object_node(hosted, self.html, oid), "ref": self._ref(hosted, HEADS + branch)}

    def create_pull_request(self, hosted: HostedRepository, given: Given) -> Payload:
        _modelled(given)
        head = given["headRefName"].removeprefix(f"{hosted.owner}:")
        draft = given.get("draft") or False
        pull = hosted.open_pull(head, given["baseRefName"], given["title"], given.get("body") or "", draft=draft)
        return {"pullRequest": self._pull_node(hosted, pull)}

    def update_pull_request(self, hosted: HostedRepository, given: Given) -> Payload:
        _modelled(given)
        pull = _pull(hosted, given["pullRequestId"])
        if given.get("state"):
            hosted.set_state(pull, given["state"])
        for key, value in (
            ("title", given.get("title")),
            ("body", given.get("body")),
            ("base", given.get("baseRefName")),
        ):
            setattr(pull, key, getattr(pull, key) if value is None else value)
        return {"pullRequest": self._pull_node(hosted, pull)}

    def close_pull_request(self, hosted: HostedRepository, given: Given) -> Payload:
        pull = _pull(hosted, given["pullRequestId"])
        hosted.set_state(pull, "CLOSED")
        return {"pullRequest": self._pull_node(hosted, pull)}

    def convert_pull_request_to_draft(self, hosted: HostedRepository, given: Given) -> Payload:
        return self._drafted(hosted, given, draft=True)

    def mark_pull_request_ready_for_review(self, hosted: HostedRepository, given: Given) -> Payload:
        return self._drafted(hosted, given, draft=False)

    def enable_pull_request_auto_merge(self, hosted: HostedRepository, given: Given) -> Payload:
        pull = _pull(hosted, given["pullRequestId"])
        if not hosted.auto_merge_allowed:
            raise Refused("Pull request Auto merge is not allowed for this repository")
        if pull.draft or pull.state != "OPEN":
            raise Refused("Pull request is in draft state" if pull.draft else "Pull request is closed")
        if not hosted.has_required_checks:
            raise Refused("Pull request Pull request is in clean status")
        method = given.get("mergeMethod") or "MERGE"
        if method not in hosted.merge_methods:
            names = {"MERGE": "merge commits", "SQUASH": "squash merging", "REBASE": "rebase merging"}
            raise Refused(f"Merge method {names[method]} are not allowed on this repository")
        pull.auto_merge = method
        return {"pullRequest": self._pull_node(hosted, pull), "actor": None}

    def add_comment(self, hosted: HostedRepository, given: Given) -> Payload:
        pull = _pull(hosted, given["subjectId"])
        if pull.locked:
            raise Refused("Unable to create comment because issue is locked.", "FORBIDDEN")
        pull.comments.append(given["body"])
        return {"subject": self._pull_node(hosted, pull), "commentEdge": {"node": {"body": given["body"]}}}

    def add_labels_to_labelable(self, hosted: HostedRepository, given: Given) -> Payload:
        pull = _pull(hosted, given["labelableId"])
        names = [_key(hosted, text, "Label") for text in given["labelIds"]]
        hosted.add_labels(pull, names)
        return {"labelable": self._pull_node(hosted, pull)}

    def _drafted(self, hosted: HostedRepository, given: Given, *, draft: bool) -> Payload:
        pull = _pull(hosted, given["pullRequestId"])
        pull.draft = draft
        return {"pullRequest": self._pull_node(hosted, pull)}

    def _ref(self, hosted: HostedRepository, name: str) -> RefNode:
        return RefNode(hosted, self.html, name)

    def _pull_node(self, hosted: HostedRepository, pull: Pull) -> PullNode:
        return PullNode(RepositoryNode(hosted, self.html), pull)


def _modelled(given: Given) -> None:
    if unknown := NOT_MODELLED.intersection(given):
        raise Violation(f"not modelled by the stand-in: {sorted(unknown)}")
    if len(given.get("body") or "") > LONGEST_BODY:
        raise Refused(f"Body is too long (maximum is {LONGEST_BODY} characters)")


def _key(hosted: HostedRepository, text: str, type_name: str) -> str:
    found = NodeId.parse(text)
    if (found.type_name, found.repository) != (type_name, hosted.name):
        raise no_node(text)
    return found.key


def _pull(hosted: HostedRepository, text: str) -> Pull:
    return hosted.pull(int(_key(hosted, text, "PullRequest")))


def _ref_name(hosted: HostedRepository, text: str) -> str:
    name = _key(hosted, text, "Ref")
    if not hosted.bare.resolve_ref(name):
        raise no_node(text)
    return name


def _branch(hosted: HostedRepository, given: Given) -> str:
    full = _ref_name(hosted, given["id"]) if given.get("id") else given.get("branchName") or ""
    branch = full.removeprefix(HEADS)
    if hosted.branch_oid(branch) is None:
        raise Refused(f"Could not resolve to a Ref with the name '{branch}'.", "NOT_FOUND")
    return branch


def _must_be_there(hosted: HostedRepository, branch: str, paths: list[str]) -> None:
    oid = hosted.head(branch)
    if any(hosted.bare.resolve(f"{oid}:{path}") is None for path in paths):
        raise Refused(f"A path was requested for deletion which does not exist as of commit oid `{oid}`")


def _move(hosted: HostedRepository, updates: list[RefUpdate]) -> None:
    """Move all of the refs, or raise Refused."""
    for update in updates:
        _check_update(hosted, update, hosted.bare.resolve_ref(update.name) or ABSENT)
    try:
        hosted.move(updates)
    except subprocess.CalledProcessError as error:
        raise Refused(f"The refs cannot be updated: {error.stderr.decode().strip()}") from error


def _check_update(hosted: HostedRepository, update: RefUpdate, now: str) -> None:
    if update.before is not None and update.before != now:
        raise Refused(f"Expected {update.name} to point to {update.before} but it points to {now}.")
    if any(fnmatch(update.name.removeprefix(HEADS), pattern) for pattern in hosted.protected):
        raise Refused(f"Repository rule violations found\n\nCannot update this protected ref {update.name}.")
    if update.name.removeprefix(HEADS) in {pull.head for pull in hosted.pulls if pull.queued and pull.state == "OPEN"}:
        raise Refused(
            f"GH006: Protected branch update failed for {update.name}.\nA pull request for this branch has been "
            "added to a merge queue. Branches that are queued for merging cannot be updated."
        )
    if update.after == ABSENT:
        if update.name == HEADS + hosted.default_branch:
            raise Refused("Cannot delete the default branch.")
        return
    if hosted.bare.kind(update.after) not in ("commit", "tag"):
        raise Refused(f"No commit {update.after} in the repository.")
    if now != ABSENT and not update.force and not hosted.bare.is_ancestor(now, update.after):
        raise Refused(f"Update of {update.name} is not a fast forward.")
