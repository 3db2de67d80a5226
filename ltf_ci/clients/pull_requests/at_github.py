"""A repository at GitHub: its branches and pull requests.

A commit is made by createCommitOnBranch, so that GitHub signs it, on a scratch branch that this run alone uses. Then
updateRefs moves our branch there in one step: it must still be at the commit that was seen, or not exist. A commit that
another run or a person pushed meanwhile makes that fail, and is never lost.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.pull_requests import queries
from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.errors import BadInput, GithubFailed, HeadMoved
from ltf_ci.model.file_text import text_of
from ltf_ci.model.remote_repository import (
    Branch,
    ClosedPull,
    OtherPull,
    Pull,
    RepositoryState,
    UpsertPullRequest,
    Written,
)
from ltf_ci.model.repository_place import PullOptions

_NOWHERE = "0" * 40  # what updateRefs calls a branch that is not there
_RETRIES = 2


class GithubRepository:
    """A repository OWNER/NAME; `paths` are the files whose texts its state has."""

    def __init__(self, repository: str, paths: tuple[str, ...], api: GithubApi) -> None:
        self._repository = repository
        self._paths = paths
        self._api = api.with_rights("contents", "pull_requests")

    def state(self, branch: str) -> RepositoryState:
        """Return the state of both branches and the pull requests: one call for each hundred of these."""
        given = {"branch": branch, "ref": f"refs/heads/{branch}"}
        found = self._look(queries.state(self._paths), given)
        base, ours = found["defaultBranchRef"], found["ref"]
        if base is None:
            raise BadInput(f"{self._repository} has no commit yet", expected="a languages list")
        pulls, closed = (
            [pull for pull in found[which]["nodes"] if not pull["isCrossRepository"]]
            for which in ("pullRequests", "closed")
        )
        return RepositoryState(
            handle=found["id"],
            base=self._branch(base["name"], base["target"]),
            branch=self._branch(branch, ours["target"]) if ours else None,
            pull=_pull(pulls[0]) if pulls else None,
            closed=ClosedPull(closed[0]["url"], closed[0]["title"]) if closed else None,
            other_pulls=self._other_pulls(found, branch),
        )

    def open_branches(self, prefix: str) -> tuple[str, ...]:
        """Return the branches with this prefix whose pull requests are open: one call for each hundred."""
        branches = (pull["headRefName"] for pull in self._open(self._look(queries.OPEN, {})))
        return tuple(sorted({branch for branch in branches if branch.startswith(prefix)}))

    def ready(self) -> None:
        """Raise AccessDenied where there is no token for it."""
        self._api.ready(self._repository)

    def write(self, write: UpsertPullRequest, state: RepositoryState) -> Written:
        """Make the commit and open, or update, the pull request: two calls."""
        refs = {"repositoryId": state.handle, "refUpdates": self._committed(write, state)}
        if write.pull is None:
            done = self._ask(queries.MOVE_AND_OPEN, {"refs": refs, "pull": self._new_pull(write, state)})
            return self._written(done["createPullRequest"]["pullRequest"], write)
        text = {"pullRequestId": write.pull.handle, "title": write.text.title, "body": write.text.body}
        done = self._ask(queries.MOVE_AND_UPDATE, {"refs": refs, "pull": text})
        return self._written(done["updatePullRequest"]["pullRequest"], write)

    def complete(self, pull: Pull, options: PullOptions) -> None:
        """Add the labels, reviewers and automatic merge that a pull request lacks: one call for each kind."""
        labels = [label for label in options.labels if label not in pull.labels]
        if labels:
            self._send(pull, f"/issues/{pull.number}/labels", {"labels": labels})
        if options.reviewers and not pull.was_asked:
            self._send(pull, f"/pulls/{pull.number}/requested_reviewers", {"reviewers": list(options.reviewers)})
        if options.auto_merge and not pull.merges_itself:
            given = {"pull": {"pullRequestId": pull.handle}}
            self._complete(pull, lambda: self._ask(queries.AUTO_MERGE, given))

    def close(self, pull: Pull, why: str) -> None:
        """Close a pull request with a comment that says why."""
        comment = {"subjectId": pull.handle, "body": f"Closed by ltf-ci: {why}."}
        self._ask(queries.CLOSE, {"comment": comment, "pull": {"pullRequestId": pull.handle}})

    def _committed(self, write: UpsertPullRequest, state: RepositoryState) -> list[dict[str, Any]]:
        """Make the commit on the scratch branch; return the moves that put it on the pull request's branch."""
        name = f"refs/heads/{write.scratch}"
        refs = {"repositoryId": state.handle, "refUpdates": [{"name": name, "afterOid": write.base, "force": True}]}
        done = self._ask(queries.COMMIT_BESIDE, {"refs": refs, "commit": self._commit(write)})
        head = done["createCommitOnBranch"]["commit"]["oid"]
        before = write.replaces or _NOWHERE
        move = {"name": f"refs/heads/{write.branch}", "beforeOid": before, "afterOid": head, "force": True}
        return [move, {"name": name, "beforeOid": head, "afterOid": _NOWHERE}]

    def _send(self, pull: Pull, path: str, given: Mapping[str, Any]) -> None:
        self._complete(pull, lambda: self._api.send("POST", self._repository, path, given))

    def _complete(self, pull: Pull, call: Callable[[], object]) -> None:
        """Call, and again: for a moment after it was made GitHub may not know a pull request everywhere."""
        try:
            patience = Patience(retries=_RETRIES, pause=self._api.pause)
            with_retries(call, patience, lambda error: isinstance(error, HeadMoved))
        except HeadMoved as error:
            found = f"{pull.url} is open, but was not given all that was asked for: {error.found}"
            raise GithubFailed(found, cure="look at the options, and do it by hand there") from error

    def _branch(self, name: str, commit: Mapping[str, Any]) -> Branch:
        files = {path: self._text(commit[f"file{number}"], path) for number, path in enumerate(self._paths)}
        parents = tuple(parent["oid"] for parent in commit["parents"]["nodes"])
        changed = commit["changedFilesIfAvailable"]
        return Branch(
            name=name, head=commit["oid"], message=commit["message"], parents=parents, files=files, changed=changed
        )

    def _text(self, entry: Mapping[str, Any] | None, path: str) -> str | None:
        blob = entry["object"] if entry else None
        if not blob:
            return None
        if blob["isTruncated"] or blob["text"] is None:
            return self._whole(blob["oid"], path)
        return str(blob["text"])

    def _whole(self, oid: str, path: str) -> str:
        """Fetch a file that is too large for a query's answer."""
        data = self._api.get(self._repository, f"/git/blobs/{oid}")
        return text_of(b64decode(data["content"]), path)

    def _commit(self, write: UpsertPullRequest) -> dict[str, Any]:
        headline, _, body = write.text.message.partition("\n\n")
        files = [{"path": path, "contents": b64encode(text.encode()).decode()} for path, text in write.files.items()]
        return {
            "branch": {"repositoryNameWithOwner": self._repository, "branchName": write.scratch},
            "expectedHeadOid": write.base,
            "message": {"headline": headline, "body": body},
            "fileChanges": {"additions": files},
        }

    def _new_pull(self, write: UpsertPullRequest, state: RepositoryState) -> dict[str, Any]:
        return {
            "repositoryId": state.handle,
            "baseRefName": state.base.name,
            "headRefName": write.branch,
            "title": write.text.title,
            "body": write.text.body,
            "draft": write.draft,
        }

    def _written(self, found: Mapping[str, Any], write: UpsertPullRequest) -> Written:
        base = found["baseRef"]
        others = self._other_pulls(found["repository"], write.branch)
        return Written(_pull(found), base["target"]["oid"] if base else "", others)

    def _other_pulls(self, repository: Mapping[str, Any], branch: str) -> tuple[OtherPull, ...]:
        folder = branch[: branch.rfind("/") + 1]
        pulls = ((pull["headRefName"], pull) for pull in self._open(repository))
        others = ((name, pull) for name, pull in pulls if name != branch and name.startswith(folder))
        return tuple(OtherPull(name, pull["url"], _message(pull)) for name, pull in others)

    def _open(self, repository: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Return the open pull requests but those of forks: the hundred that came with an answer, and the rest."""
        page = repository["open"]
        while True:
            yield from (pull for pull in page["nodes"] if not pull["isCrossRepository"])
            if not page["pageInfo"]["hasNextPage"]:
                return
            page = self._look(queries.OPEN, {"after": page["pageInfo"]["endCursor"]})["open"]

    def _look(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        owner, _, name = self._repository.partition("/")
        found: dict[str, Any] = self._ask(query, {"owner": owner, "name": name, **variables}, writes=False)
        return dict(found["repository"])

    def _ask(self, query: str, variables: Mapping[str, Any], *, writes: bool = True) -> dict[str, Any]:
        return self._api.graphql(self._repository, query, variables, writes=writes)


def _pull(found: Mapping[str, Any]) -> Pull:
    asked = found["reviewRequests"]["totalCount"] + found["reviews"]["totalCount"]
    return Pull(
        url=found["url"],
        handle=found["id"],
        number=found["number"],
        labels=tuple(label["name"] for label in found["labels"]["nodes"]),
        was_asked=asked > 0,
        merges_itself=found["autoMergeRequest"] is not None,
    )


def _message(pull: Mapping[str, Any]) -> str:
    """Return the messages of the branch's commit and of its first one: GitHub lists a push's commits only later."""
    commits = [node["commit"] for node in pull["commits"]["nodes"]]
    head = [pull["headRef"]["target"]] if pull["headRef"] else []
    return "\n".join(commit["message"] for commit in (*head, *commits))
