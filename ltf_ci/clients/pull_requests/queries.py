"""The GraphQL documents that are sent to GitHub; the fields of a mutation are carried out in order."""

from __future__ import annotations

import json
from collections.abc import Sequence

_PULL = """
fragment pull on PullRequest {
  id
  number
  url
  labels(first: 100) { nodes { name } }
  reviewRequests(first: 1) { totalCount }
  reviews(first: 1) { totalCount }
  autoMergeRequest { mergeMethod }
  baseRef { target { oid } }
}
"""

_OPEN = """
fragment open on Repository {
  open: pullRequests(states: OPEN, first: 100, after: $after) {
    nodes {
      url
      headRefName
      isCrossRepository
      headRef { target { ... on Commit { message } } }
      commits(first: 1) { nodes { commit { message } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

_STATE = (
    """
query($owner: String!, $name: String!, $branch: String!, $ref: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    id
    ...open
    defaultBranchRef { name target { ...files } }
    ref(qualifiedName: $ref) { target { ...files } }
    pullRequests(states: OPEN, headRefName: $branch, first: 100) { nodes { ...pull isCrossRepository } }
    closed: pullRequests(
      states: CLOSED, headRefName: $branch, first: 10, orderBy: { field: CREATED_AT, direction: DESC }
    ) { nodes { url title isCrossRepository } }
  }
}
"""
    + _PULL
    + _OPEN
)

_FILES = """
fragment blob on TreeEntry { object { ... on Blob { oid text isTruncated } } }
fragment files on Commit { oid message changedFilesIfAvailable parents(first: 2) { nodes { oid } } %s }
"""

OPEN = (
    """
query($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) { ...open }
}
"""
    + _OPEN
)

COMMIT_BESIDE = """
mutation($refs: UpdateRefsInput!, $commit: CreateCommitOnBranchInput!) {
  updateRefs(input: $refs) { clientMutationId }
  createCommitOnBranch(input: $commit) { commit { oid } }
}
"""

MOVE_AND_OPEN = (
    """
mutation($refs: UpdateRefsInput!, $pull: CreatePullRequestInput!, $after: String) {
  updateRefs(input: $refs) { clientMutationId }
  createPullRequest(input: $pull) { pullRequest { ...pull repository { ...open } } }
}
"""
    + _PULL
    + _OPEN
)

MOVE_AND_UPDATE = (
    """
mutation($refs: UpdateRefsInput!, $pull: UpdatePullRequestInput!, $after: String) {
  updateRefs(input: $refs) { clientMutationId }
  updatePullRequest(input: $pull) { pullRequest { ...pull repository { ...open } } }
}
"""
    + _PULL
    + _OPEN
)

CLOSE = """
mutation($comment: AddCommentInput!, $pull: ClosePullRequestInput!) {
  addComment(input: $comment) { clientMutationId }
  closePullRequest(input: $pull) { pullRequest { id } }
}
"""

AUTO_MERGE = """
mutation($pull: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $pull) { pullRequest { id } }
}
"""


def state(paths: Sequence[str]) -> str:
    """Return the query for a default branch, a branch and its pull request; each path's file is `fileNUMBER`."""
    files = (f"file{number}: file(path: {json.dumps(path)}) {{ ...blob }}" for number, path in enumerate(paths))
    return _STATE + _FILES % " ".join(files)
