"""The stand-in answers PyGithub as GitHub does."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from github import Github, GithubException
from github.GithubException import BadCredentialsException, UnknownObjectException
from github.PullRequest import PullRequest
from github.Repository import Repository

from tests.support.github import GithubServer, HostedRepository, MergeConflict
from tests.support.github.asking import BUMP, STATE, Ask, asker, client_of, one

pytestmark = pytest.mark.machine

NAME = "cyber-dojo/languages"
BRANCH = "ltf-ci/python-unittest"
LIST = "start-points\n"
ZEROS = "0" * 40


@pytest.fixture
def hosted(github: GithubServer) -> HostedRepository:
    return github.create_repository(NAME, {"list.txt": LIST, "binary": b"\0\1"})


@pytest.fixture
def client(github: GithubServer) -> Iterator[Github]:
    with client_of(github) as found:
        yield found


@pytest.fixture
def ask(client: Github) -> Ask:
    return asker(client)


@pytest.fixture
def repository(client: Github) -> Repository:
    return client.get_repo(NAME)


def state(ask: Ask) -> dict[str, Any]:
    return ask(STATE, owner="cyber-dojo", name="languages", branch=BRANCH)


def commit_of(head: str, text: str = "one\n", branch: str = BRANCH) -> dict[str, Any]:
    additions = [{"path": "list.txt", "contents": base64.b64encode(text.encode()).decode()}]
    return {
        "branch": {"repositoryNameWithOwner": NAME, "branchName": branch},
        "expectedHeadOid": head,
        "message": {"headline": "Bump", "body": "By a run"},
        "fileChanges": {"additions": additions},
    }


def bump(ask: Ask, text: str = "one\n") -> dict[str, Any]:
    repository = state(ask)["repository"]
    head = repository["defaultBranchRef"]["target"]["oid"]
    here = {"repositoryId": repository["id"]}
    answer = ask(
        BUMP,
        ref={**here, "name": f"refs/heads/{BRANCH}", "oid": head},
        commit=commit_of(head, text),
        pull={**here, "title": "T", "body": "B", "baseRefName": "main", "headRefName": BRANCH},
    )
    pull: dict[str, Any] = answer["createPullRequest"]["pullRequest"]
    return pull


def errors_of(raised: pytest.ExceptionInfo[GithubException]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = raised.value.data["errors"]
    return found


def test_a_fresh_bump_makes_branch_commit_and_pull_request(
    github: GithubServer, hosted: HostedRepository, ask: Ask, repository: Repository
) -> None:
    begin = hosted.head()
    pull = bump(ask)
    repository.get_pull(pull["number"]).add_to_labels("bump")
    shown = state(ask)["repository"]
    assert shown["bump"]["target"] == {"oid": hosted.head(BRANCH), "message": "Bump\n\nBy a run"}
    assert shown["defaultBranchRef"]["compare"]["aheadBy"] == 1
    assert [node["labels"]["nodes"] for node in shown["pullRequests"]["nodes"]] == [[{"name": "bump"}]]
    assert (hosted.read("list.txt", BRANCH), hosted.read("list.txt"), hosted.head()) == ("one\n", LIST, begin)
    assert hosted.bare.git("show", "-s", "--format=%an %cn <%ce>", BRANCH) == (
        "github-actions[bot] GitHub <noreply@github.com>"
    )
    assert github.asked[0] == "POST /graphql"
    assert github.mutations == ["createRef", "createCommitOnBranch", "createPullRequest"]


def test_what_is_there_already_is_refused_field_by_field(hosted: HostedRepository, ask: Ask) -> None:
    bump(ask)
    with pytest.raises(GithubException) as raised:
        bump(ask, "two\n")
    assert [(error["path"], error["type"], error["message"]) for error in errors_of(raised)] == [
        (["createRef"], "UNPROCESSABLE", f'A ref named "refs/heads/{BRANCH}" already exists in the repository.'),
        (
            ["createCommitOnBranch"],
            "STALE_DATA",
            f'Expected branch to point to "{hosted.head()}" but it did not. Pull and try again.',
        ),
        (["createPullRequest"], "UNPROCESSABLE", f"A pull request already exists for cyber-dojo:{BRANCH}."),
    ]
    assert raised.value.data["data"]["createRef"] is None
    assert len(hosted.pulls) == 1


def test_the_fields_after_a_refused_one_still_run(hosted: HostedRepository, ask: Ask) -> None:
    hosted.push({"list.txt": "theirs\n"}, branch=BRANCH)
    with pytest.raises(GithubException) as raised:
        bump(ask)
    assert [error["type"] for error in errors_of(raised)] == ["UNPROCESSABLE", "STALE_DATA"]
    assert raised.value.data["data"]["createPullRequest"]["pullRequest"]["number"] == 1
    assert hosted.read("list.txt", BRANCH) == "theirs\n"


def test_a_pull_request_needs_commits(hosted: HostedRepository, repository: Repository) -> None:
    hosted.bare.git("branch", BRANCH, "main")
    with pytest.raises(GithubException) as raised:
        repository.create_pull(base="main", head=BRANCH, title="T")
    assert raised.value.status == 422
    assert errors_of(raised)[0]["message"] == f"No commits between main and {BRANCH}"


@pytest.mark.parametrize("before", ["now", "other", None])
def test_refs_move_all_together_and_only_from_where_they_should_be(
    hosted: HostedRepository, ask: Ask, before: str | None
) -> None:
    begin, person = hosted.head(), hosted.push({"list.txt": "p\n"}, branch="a")
    known = {"now": person, "other": begin, None: None}[before]
    updates = [
        {"name": "refs/heads/new", "afterOid": begin, "beforeOid": ZEROS},
        {"name": "refs/heads/a", "afterOid": begin, "beforeOid": known, "force": before == "now"},
    ]
    given = {"repositoryId": state(ask)["repository"]["id"], "refUpdates": updates}
    if before == "now":
        ask(one("updateRefs", "clientMutationId"), given=given)
        assert (hosted.branches(), hosted.head("a")) == (["a", "main", "new"], begin)
    else:
        with pytest.raises(GithubException, match="refs/heads/a"):
            ask(one("updateRefs", "clientMutationId"), given=given)
        assert (hosted.branches(), hosted.head("a")) == (["a", "main"], person)


def test_a_ref_is_not_made_twice_and_is_deleted_by_zeros(hosted: HostedRepository, ask: Ask) -> None:
    bump(ask)
    for after, before, left in ((hosted.head(), ZEROS, 2), (ZEROS, hosted.head(BRANCH), 1)):
        update = {"name": f"refs/heads/{BRANCH}", "afterOid": after, "beforeOid": before}
        given = {"repositoryId": state(ask)["repository"]["id"], "refUpdates": [update]}
        if left == 2:
            with pytest.raises(GithubException):
                ask(one("updateRefs", "clientMutationId"), given=given)
        else:
            ask(one("updateRefs", "clientMutationId"), given=given)
        assert len(hosted.branches()) == left
    assert [pull.state for pull in hosted.pulls] == ["CLOSED"]


def test_a_pull_request_ends_as_its_branch_does(hosted: HostedRepository, ask: Ask) -> None:
    bump(ask)
    hosted.merge(1)
    assert (hosted.pulls[0].state, hosted.read("list.txt")) == ("MERGED", "one\n")
    hosted.push({"list.txt": "two\n"}, branch="second")
    hosted.open_pull("second", "main", "T", "", draft=False)
    hosted.bare.git("branch", "--force", "second", "main")
    assert hosted.pulls[1].state == "CLOSED"
    hosted.push({"list.txt": "three\n"}, branch="third")
    hosted.open_pull("third", "main", "T", "", draft=False)
    hosted.push({"list.txt": "four\n"})
    with pytest.raises(MergeConflict):
        hosted.merge(3)
    hosted.bare.git("branch", "--force", "main", "third")
    assert hosted.pulls[2].state == "MERGED"
    hosted.push({"list.txt": "five\n"}, branch="fourth")
    hosted.open_pull("fourth", "main", "T", "", draft=False)
    hosted.delete_branch("fourth")
    assert hosted.pulls[3].state == "CLOSED"


def test_every_other_mutation_of_a_pull_request(hosted: HostedRepository, ask: Ask) -> None:
    pull = {"pullRequestId": bump(ask)["id"]}
    hosted.labels.append("bump")
    label = ask('{ repository(owner: "cyber-dojo", name: "languages") { label(name: "bump") { id } } }')
    ask(one("convertPullRequestToDraft", "pullRequest { isDraft }"), given=pull)
    assert hosted.pulls[0].draft
    ask(one("markPullRequestReadyForReview", "pullRequest { isDraft }"), given=pull)
    ask(one("enablePullRequestAutoMerge", "pullRequest { autoMergeRequest { mergeMethod } }"), given=pull)
    ask(one("updatePullRequest", "pullRequest { title body }"), given={**pull, "title": "T2", "body": "B2"})
    ids = {"labelableId": pull["pullRequestId"], "labelIds": [label["repository"]["label"]["id"]]}
    ask(one("addLabelsToLabelable", "clientMutationId"), given=ids)
    ask(one("addComment", "commentEdge { node { body } }"), given={"subjectId": pull["pullRequestId"], "body": "Hi"})
    ask(one("closePullRequest", "pullRequest { state closed mergeable }"), given=pull)
    found = hosted.pulls[0]
    assert (found.title, found.body, found.labels, found.comments) == ("T2", "B2", ["bump"], ["Hi"])
    assert (found.state, found.draft, found.auto_merge) == ("CLOSED", False, "MERGE")


def test_update_and_delete_of_one_ref(hosted: HostedRepository, ask: Ask) -> None:
    bump(ask)
    ref = {"refId": state(ask)["repository"]["bump"]["id"]}
    with pytest.raises(GithubException, match="not a fast forward"):
        ask(one("updateRef", "ref { name }"), given={**ref, "oid": hosted.head()})
    ask(one("updateRef", "ref { name }"), given={**ref, "oid": hosted.head(), "force": True})
    assert hosted.head(BRANCH) == hosted.head()
    ask(one("deleteRef", "clientMutationId"), given=ref)
    assert hosted.branches() == ["main"]


def test_the_rest_operations(github: GithubServer, hosted: HostedRepository, ask: Ask, repository: Repository) -> None:
    bump(ask)
    hosted.strangers.add("stranger")
    pulls = list(repository.get_pulls(state="open", head=f"cyber-dojo:{BRANCH}", base="main"))
    assert [pull.number for pull in pulls] == [1]
    pull: PullRequest = pulls[0]
    pull.create_review_request(reviewers=["keeper"])
    with pytest.raises(GithubException) as raised:
        pull.create_review_request(reviewers=["stranger"])
    assert raised.value.status == 422
    pull.create_issue_comment("Hi")
    pull.edit(title="T2", state="closed")
    assert (repository.default_branch, repository.get_pull(1).state) == ("main", "closed")
    assert (hosted.pulls[0].reviewers, hosted.pulls[0].comments, hosted.pulls[0].title) == (["keeper"], ["Hi"], "T2")
    assert list(repository.get_pulls(state="open")) == []
    assert github.asked[-1] == f"GET /repos/{NAME}/pulls"


def test_issues(hosted: HostedRepository, ask: Ask, repository: Repository) -> None:
    bump(ask)
    issue = repository.create_issue("T", "B", labels=["found"])
    assert (issue.number, issue.state, [label.name for label in issue.labels]) == (2, "open", ["found"])
    issue.edit(body="B2", state="closed")
    issue.create_comment("Done")
    hosted.open_issue("Other", "", [], author="someone")
    assert [found.title for found in repository.get_issues(state="all", labels=["found"])] == ["T"]
    assert [found.number for found in repository.get_issues(state="open")] == [3, 1]  # a pull request is one, too
    (ours, _) = hosted.issues
    assert (ours.body, ours.state, ours.comments) == ("B2", "closed", ["Done"])


def test_pages_of_pull_requests(hosted: HostedRepository, client: Github) -> None:
    for number in range(3):
        hosted.push({"list.txt": f"{number}\n"}, branch=f"b{number}")
        hosted.open_pull(f"b{number}", "main", "T", "", draft=False)
    client.per_page = 2
    assert [pull.number for pull in client.get_repo(NAME).get_pulls()] == [3, 2, 1]


def test_a_dispatch_is_noted(github: GithubServer, hosted: HostedRepository, client: Github) -> None:
    hosted.push({".github/workflows/ltf-ci-release.yml": "on: workflow_dispatch\n"})
    path = f"/repos/{NAME}/actions/workflows/ltf-ci-release.yml/dispatches"
    client.requester.requestJsonAndCheck("POST", path, input={"ref": "main", "inputs": {"tag": "1-1"}})
    noted = {"repository": NAME, "workflow": "ltf-ci-release.yml", "ref": "main", "inputs": {"tag": "1-1"}}
    assert github.dispatches == [noted]


def test_a_token_may_be_refused_an_operation(hosted: HostedRepository, ask: Ask) -> None:
    hosted.forbidden.add("createPullRequest")
    with pytest.raises(GithubException) as raised:
        bump(ask)
    assert [(error["type"], error["path"]) for error in errors_of(raised)] == [("FORBIDDEN", ["createPullRequest"])]
    assert BRANCH in hosted.branches()


def test_a_wrong_token_is_refused_everywhere(github: GithubServer) -> None:
    with client_of(github, token="ghs_wrong") as client:
        with pytest.raises(BadCredentialsException):
            asker(client)("{ viewer { login } }")
        with pytest.raises(BadCredentialsException):
            client.get_repo(NAME).get_pull(1).title  # noqa: B018


def test_what_is_not_there_is_not_found(hosted: HostedRepository, ask: Ask, client: Github) -> None:
    with pytest.raises(UnknownObjectException, match="Could not resolve to a Repository with the name 'a/b'"):
        ask('{ repository(owner: "a", name: "b") { id } }')
    with pytest.raises(UnknownObjectException):
        client.get_repo("a/b").default_branch  # noqa: B018


def test_enterprise_has_the_same_under_api(github: GithubServer, hosted: HostedRepository) -> None:
    with client_of(github, prefix="/api/v3") as client:
        bump(asker(client))
        assert client.get_repo(NAME).get_pulls()[0].url.startswith(f"{github.api}/api/v3/repos/")
    assert github.asked[0] == "POST /api/graphql"


def test_two_commits_at_once_on_one_head_give_one(github: GithubServer, hosted: HostedRepository) -> None:
    def commit(text: str) -> bool:
        with client_of(github) as client, suppress(GithubException):
            asker(client)(one("createCommitOnBranch", "commit { oid }"), given=commit_of(begin, text, "main"))
            return True
        return False

    begin = hosted.head()
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(commit, "abcd"))
    assert done.count(True) == 1
    assert hosted.bare.commits(begin, hosted.head()) == [hosted.head()]


def test_the_repositories_are_real(hosted: HostedRepository, tmp_path: Path) -> None:
    hosted.push({"more/binary": b"\0\2"}, message="More")
    subprocess.run(["git", "clone", "--quiet", str(hosted.directory), str(tmp_path / "clone")], check=True)
    assert (tmp_path / "clone/list.txt").read_text() == LIST
    assert (tmp_path / "clone/more/binary").read_bytes() == b"\0\2"
