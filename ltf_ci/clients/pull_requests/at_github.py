"""A repository at GitHub: its branches and pull requests.

A commit is made by createCommitOnBranch, so that GitHub signs it, on a scratch branch that this run alone uses. Then
updateRefs moves our branch there in one step: it must still be at the commit that was seen, or not exist. A commit that
another run or a person pushed meanwhile makes that fail, and is never lost.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.errors import no_repository
from ltf_ci.clients.github.http import items, next_page, parsed
from ltf_ci.clients.pull_requests import github_answers, queries
from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.errors import BadInput, GithubFailed, HeadMoved, LtfError
from ltf_ci.model.file_text import text_of
from ltf_ci.model.layout import is_workflow
from ltf_ci.model.remote_repository import SCRATCH, Files, OtherPull, Pull, RepositoryState, UpsertPullRequest, Written
from ltf_ci.model.repository_place import PullOptions

_NOWHERE = "0" * 40  # what updateRefs calls a branch that is not there
_RETRIES = 2
_RIGHTS = ("contents", "pull_requests")
_TO_WRITE_WORKFLOWS = ("workflows",)


class GithubRepository:
    """A repository OWNER/NAME; `paths` are the files whose texts its state has."""

    def __init__(self, repository: str, paths: tuple[str, ...], api: GithubApi) -> None:
        self._repository = repository
        self._paths = paths
        self._api = api.with_rights(*_RIGHTS, *(_TO_WRITE_WORKFLOWS if any(map(is_workflow, paths)) else ()))

    def state(self, branch: str) -> RepositoryState:
        """Return the state of both branches and the pull requests: one call for each hundred of these."""
        given = {
            "branch": branch,
            "ref": f"refs/heads/{branch}",
            "folder": f"refs/heads/{branch.partition('/')[0]}",
            "below": f"refs/heads/{branch}/",
            "scratch": f"{branch}{SCRATCH}",
        }
        found = self._look(queries.state(self._paths), given)
        with parsed(self._repository):
            return self._state(branch, found)

    def texts(self, state: RepositoryState, paths: tuple[str, ...]) -> Files:
        """Return the texts of more files at the default branch's commit: one call."""
        found = self._look(queries.texts(paths), {"oid": state.base.head})
        with parsed(self._repository):
            entries = {path: found["object"][f"file{number}"] for number, path in enumerate(paths)}
            return {path: self._text(entry, path) for path, entry in entries.items()}

    def open_branches(self, prefix: str) -> tuple[str, ...]:
        """Return the branches with this prefix whose pull requests are open: one call for each hundred."""
        found = self._look(queries.OPEN, {})
        with parsed(self._repository):
            branches = {pull["headRefName"] for pull in self._open(found)}
            return tuple(sorted(branch for branch in branches if branch.startswith(prefix)))

    def ready(self) -> None:
        """Raise what would keep any change from being made: no token, no such repository, one that is archived."""
        self._look(queries.READY, {})

    def expect_push(self, branch: str) -> None:
        """Expect nothing: what a token may do is known from a refusal alone."""

    def write(self, write: UpsertPullRequest, state: RepositoryState) -> Written:
        """Make the commit and open, or update, the pull request: two calls."""
        refs = {"repositoryId": state.at.node_id, "refUpdates": self._committed(write, state)}
        if write.pull is None:
            field, document, pull = "createPullRequest", queries.MOVE_AND_OPEN, _new_pull(write, state)
        else:
            field, document = "updatePullRequest", queries.MOVE_AND_UPDATE
            pull = {"pullRequestId": write.pull.handle, "title": write.text.title, "body": write.text.body}
        done = self._ask(document, {"refs": refs, "pull": pull})
        with parsed(self._repository):
            return self._written(done[field]["pullRequest"], write)

    def complete(self, pull: Pull, options: PullOptions) -> tuple[str, ...]:
        """Add the labels, reviewers and automatic merge that a pull request lacks; return what could not be added."""
        return tuple(filter(None, (self._tried(what, add) for what, add in self._lacking(pull, options))))

    def close(self, pull: Pull, why: str) -> tuple[str, ...]:
        """Close a pull request with a comment that says why: one call; return what could not be added."""
        comment = {"subjectId": pull.handle, "body": f"Closed by ltf-ci: {why}."}
        try:
            self._ask(queries.CLOSE, {"comment": comment, "pull": {"pullRequestId": pull.handle}})
        except LtfError as error:
            if error.again_after is not None:
                raise
            # its conversation is locked, say; what is closed by then stays so
            self._ask(queries.CLOSE_SILENTLY, {"pull": {"pullRequestId": pull.handle, "state": "CLOSED"}})
            return (f"a comment ({error.found})",)
        return ()

    def _lacking(self, pull: Pull, options: PullOptions) -> Iterator[tuple[str, Callable[[], object]]]:
        """Return what a pull request lacks of what is wanted for it, and the call that adds each."""
        labels = [label for label in options.labels if label not in pull.labels]
        if labels:
            path, given = f"/issues/{pull.number}/labels", {"labels": labels}
            yield f"labels {', '.join(labels)}", partial(self._send, path, given)
        for each in options.reviewers if not pull.was_asked else ():
            path, given = f"/pulls/{pull.number}/requested_reviewers", {"reviewers": [each]}
            yield f"reviewer {each}", partial(self._send, path, given)
        if options.auto_merge and not pull.merges_itself:
            yield "auto-merge", partial(self._merge_itself, pull)

    def _merge_itself(self, pull: Pull) -> None:
        if pull.is_draft:
            raise GithubFailed(
                "it is a draft", expected="a pull request that is ready for review", cure="mark it as ready for review"
            )
        if not pull.merge_method:
            raise GithubFailed(
                "the repository's settings do not allow it",
                expected="the setting Allow auto-merge",
                cure="allow it in the repository's settings",
            )
        given = {"pullRequestId": pull.handle, "mergeMethod": pull.merge_method}
        self._ask(queries.AUTO_MERGE, {"pull": given})

    def _tried(self, what: str, add: Callable[[], object]) -> str:
        """Call, and again: for a moment after it was made GitHub may not know a pull request everywhere."""
        patience = Patience(retries=_RETRIES, pause=self._api.pause)
        try:
            with_retries(add, patience, lambda error: isinstance(error, HeadMoved))
        except LtfError as error:
            return f"{what} ({error.found})"
        return ""

    def _committed(self, write: UpsertPullRequest, state: RepositoryState) -> list[dict[str, Any]]:
        """Make the commit on the scratch branch; return the moves that put it on the pull request's branch."""
        name = f"refs/heads/{write.scratch}"
        refs = {"repositoryId": state.at.node_id, "refUpdates": [{"name": name, "afterOid": write.base, "force": True}]}
        done = self._ask(queries.COMMIT_ON_SCRATCH, {"refs": refs, "commit": _commit(write, state)})
        with parsed(self._repository):
            head = done["createCommitOnBranch"]["commit"]["oid"]
        before = write.replaces or _NOWHERE
        move = {"name": f"refs/heads/{write.branch}", "beforeOid": before, "afterOid": head, "force": True}
        gone = [(write.scratch, head), *(left for left in state.at.leftovers if left[0] != write.scratch)]
        return [move, *({"name": f"refs/heads/{one}", "beforeOid": oid, "afterOid": _NOWHERE} for one, oid in gone)]

    def _send(self, path: str, given: Mapping[str, Any]) -> None:
        self._api.send("POST", self._repository, path, given)

    def _state(self, branch: str, found: Mapping[str, Any]) -> RepositoryState:
        base, own = found["defaultBranchRef"], found["ref"]
        if base is None or base["target"] is None:
            raise BadInput(
                f"{self._repository} has no commit yet",
                expected="a languages list",
                cure="commit a list there, if it is an empty one; or correct the name",
            ).of(self._repository)
        pull = github_answers.own_pull(found, base["name"])
        return RepositoryState(
            name=branch,
            base=github_answers.branch_of(base["name"], base["target"], self._paths, self._text),
            branch=github_answers.branch_of(branch, own["target"], self._paths, self._text, pull) if own else None,
            pull=github_answers.pull_of(pull) if pull else None,
            past=github_answers.past_of(found),
            other_pulls=self._other_pulls(found, branch),
            at=github_answers.at_of(found, branch),
            ci={path: self._text(each, path) for path, each in github_answers.ci_of(base["target"]).items()},
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

    def _written(self, found: Mapping[str, Any], write: UpsertPullRequest) -> Written:
        base = (found["baseRef"] or {}).get("target")
        others = self._other_pulls(found["repository"], write.branch)
        return Written(github_answers.pull_of(found), base["oid"] if base else "", others)

    def _other_pulls(self, repository: Mapping[str, Any], branch: str) -> tuple[OtherPull, ...]:
        others = (pull for pull in self._open(repository) if pull["headRefName"] != branch)
        return tuple(map(github_answers.other_pull_of, others))

    def _open(self, repository: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Return the open pull requests but those of forks: the hundred that came with an answer, and the rest."""
        page = repository["open"]
        while True:
            yield from (pull for pull in items(page) if not pull["isCrossRepository"])
            if not (after := next_page(page)):
                return
            page = self._look(queries.OPEN, {"after": after})["open"]

    def _look(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        owner, _, name = self._repository.partition("/")
        answer = self._ask(query, {"owner": owner, "name": name, **variables}, writes=False)
        with parsed(self._repository):
            found = answer["repository"]
            if found is None:
                raise no_repository(self._repository)
            found = dict(found)
        if found.get("isArchived"):
            raise GithubFailed(
                f"{self._repository} is archived: nothing can be changed there",
                expected="a repository that can be changed",
                cure="unarchive it, or name another repository",
            ).of(self._repository)
        return found

    def _ask(self, query: str, variables: Mapping[str, Any], *, writes: bool = True) -> dict[str, Any]:
        return self._api.graphql(self._repository, query, variables, writes=writes)


def _commit(write: UpsertPullRequest, state: RepositoryState) -> dict[str, Any]:
    headline, _, body = write.text.message.partition("\n\n")
    texts = [(path, text) for path, text in write.files.items() if text is not None]
    added = [{"path": path, "contents": b64encode(text.encode()).decode()} for path, text in texts]
    removed = [{"path": path} for path, text in write.files.items() if text is None]
    return {
        "branch": {"repositoryNameWithOwner": state.at.full_name, "branchName": write.scratch},
        "expectedHeadOid": write.base,
        "message": {"headline": headline, "body": body},
        "fileChanges": {"additions": added, "deletions": removed},
    }


def _new_pull(write: UpsertPullRequest, state: RepositoryState) -> dict[str, Any]:
    return {
        "repositoryId": state.at.node_id,
        "baseRefName": state.base.name,
        "headRefName": write.branch,
        "title": write.text.title,
        "body": write.text.body,
        "draft": write.draft,
    }
