"""Asks the stand-in by PyGithub, at once and once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from github import Auth, Github

from tests.support.github.server import GithubServer

Ask: TypeAlias = Callable[..., dict[str, Any]]

STATE = """
query($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    id
    nameWithOwner
    defaultBranchRef {
      name
      target { oid }
      compare(headRef: $branch) { aheadBy behindBy commits(first: 9) { nodes { message } } }
    }
    list: object(expression: "main:list.txt") { ... on Blob { text oid isTruncated isBinary byteSize } }
    bump: ref(qualifiedName: $branch) { id target { oid ... on Commit { message } } }
    pullRequests(states: [OPEN], headRefName: $branch, first: 10) {
      nodes {
        id number url title body isDraft state headRefName baseRefName headRefOid
        headRef { target { oid } }
        labels(first: 9) { nodes { name } }
      }
    }
  }
  rateLimit { remaining cost resetAt }
  viewer { login }
}
"""
BUMP = """
mutation($ref: CreateRefInput!, $commit: CreateCommitOnBranchInput!, $pull: CreatePullRequestInput!) {
  createRef(input: $ref) { ref { name } }
  createCommitOnBranch(input: $commit) { commit { oid } }
  createPullRequest(input: $pull) { pullRequest { id number url } }
}
"""


def one(name: str, answer: str) -> str:
    """Return the document of one mutation, whose input is `given`."""
    return f"mutation($given: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $given) {{ {answer} }} }}"


def client_of(server: GithubServer, token: str = "", prefix: str = "") -> Github:
    auth = Auth.Token(token or server.token)
    base = server.api + prefix
    return Github(auth=auth, base_url=base, lazy=True, retry=None, seconds_between_requests=0, seconds_between_writes=0)


def asker(client: Github) -> Ask:
    def ask(document: str, **variables: Any) -> dict[str, Any]:
        data: dict[str, Any] = client.requester.graphql_query(document, variables)[1]["data"]
        return data

    return ask
