"""The stand-in notes what GitHub's own schemas do not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from github import GithubException

from tests.support.github import running_github
from tests.support.github.asking import client_of, one
from tests.support.github.openapi import Operation
from tests.support.github.site import Violation

pytestmark = pytest.mark.machine

NAME = "cyber-dojo/languages"
COMMIT = {
    "branch": {"repositoryNameWithOwner": NAME, "branchName": "main"},
    "expectedHeadOid": "0" * 40,
    "message": {"headline": "Bump"},
}
REF = {"repositoryId": "R", "name": "refs/heads/a"}


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ viewer { no } }", {}),
        ("{ viewer ", {}),
        ("{ viewer { bio } }", {}),
        (one("deleteRef", "clientMutationId"), {"given": {}}),
        (one("createRef", "ref { id }"), {"given": {**REF, "oid": "abc"}}),
        (one("createCommitOnBranch", "commit { oid }"), {"given": {**COMMIT, "author": "me"}}),
    ],
)
def test_what_graphql_does_not_know_is_a_violation(tmp_path: Path, document: str, variables: dict[str, Any]) -> None:
    with running_github(tmp_path) as server, client_of(server) as client:
        with pytest.raises(GithubException) as raised:
            client.requester.graphql_query(document, variables)
        assert (raised.value.status, len(server.violations)) == (599, 1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/issues/1/labels", {"labels": [1]}),
        ("POST", "/issues/one/labels", {"labels": ["a"]}),
        ("PATCH", "/pulls/1", {"state": "merged"}),
        ("PATCH", "/pulls/1", {"titel": "T"}),
        ("POST", "/issues/1/comments", None),
        ("GET", "/pulls?sate=open", None),
        ("GET", "/pulls?state=merged", None),
        ("GET", "/issues?state=any", None),
        ("POST", "/issues", {"body": "B"}),
        ("PATCH", "/issues/1", {"state": "merged"}),
        ("GET", "/stargazers", None),
    ],
)
def test_what_rest_does_not_know_is_a_violation(tmp_path: Path, method: str, path: str, body: object) -> None:
    with running_github(tmp_path) as server, client_of(server) as client:
        server.create_repository(NAME, {"list.txt": ""})
        with pytest.raises(GithubException) as raised:
            client.requester.requestJsonAndCheck(method, f"/repos/{NAME}{path}", input=body)
        assert (raised.value.status, len(server.violations)) == (599, 1)


def test_an_answer_that_github_would_not_give_is_a_violation() -> None:
    with pytest.raises(Violation, match="'archive_url' is a required property"):
        Operation("GET", "/repos/{owner}/{repo}").check_answer(200, {})
    with pytest.raises(Violation, match="201"):
        Operation("GET", "/repos/{owner}/{repo}").check_answer(201, {})
