"""The GraphQL documents that are sent to GitHub; the fields of a mutation are carried out in order."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ltf_ci.model.layout import OTHER_CI, WORKFLOWS, is_workflow

_PULL = """
fragment pull on PullRequest {
  id
  number
  url
  isDraft
  baseRefName
  labels(first: 100) { nodes { name } }
  reviewRequests(first: 1) { totalCount }
  reviews(first: 1) { totalCount }
  autoMergeRequest { mergeMethod }
  isInMergeQueue
  baseRef { target { oid } }
  repository { id autoMergeAllowed mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed }
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
query(
  $owner: String!, $name: String!, $branch: String!, $ref: String!, $folder: String!, $below: String!,
  $scratch: String!, $after: String
) {
  repository(owner: $owner, name: $name) {
    id
    nameWithOwner
    isArchived
    ...open
    defaultBranchRef { name target { ...files ...ci } }
    ref(qualifiedName: $ref) {
      target { ...files ...parents }
      associatedPullRequests(states: OPEN, first: 20) {
        nodes {
          ...pull
          changedFiles
          commits(first: 100) { totalCount nodes { commit { oid message } } }
          made: commits(first: 1) { nodes { commit { ...commit ...parents } } }
        }
      }
    }
    folder: ref(qualifiedName: $folder) { name }
    below: refs(refPrefix: $below, first: 1) { nodes { name } }
    scratch: refs(refPrefix: "refs/heads/", query: $scratch, first: 20) {
      nodes { name target { oid ... on Commit { committedDate } } }
    }
    past: pullRequests(
      states: [CLOSED, MERGED], headRefName: $branch, first: 100, orderBy: { field: CREATED_AT, direction: DESC }
    ) { nodes { url title state headRefOid isCrossRepository } }
  }
}
"""
    + _PULL
    + _OPEN
)

_BLOBS = """
fragment blob on TreeEntry { object { ... on Blob { oid text isTruncated } } }
fragment texts on Commit { %s }
"""

_FILES = """
fragment commit on Commit { oid message changedFilesIfAvailable tree { oid } parents(first: 3) { nodes { oid } } }
fragment files on Commit { ...commit ...texts }
fragment parents on Commit { parents(first: 3) { nodes { oid ...texts } } }
"""

_CI = """
fragment ci on Commit {
  workflows: file(path: %s) { object { ... on Tree { entries { name ...blob } } } }
  %s
}
"""

READY = """
query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { isArchived }
}
"""

_TEXTS = """
query($owner: String!, $name: String!, $oid: GitObjectID!) {
  repository(owner: $owner, name: $name) { object(oid: $oid) { ...texts } }
}
"""

OPEN = (
    """
query($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) { ...open }
}
"""
    + _OPEN
)

COMMIT_ON_SCRATCH = """
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

CLOSE_SILENTLY = """
mutation($pull: UpdatePullRequestInput!) {
  updatePullRequest(input: $pull) { pullRequest { id } }
}
"""

AUTO_MERGE = """
mutation($pull: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $pull) { pullRequest { id } }
}
"""


def state(paths: Sequence[str]) -> str:
    """Return the query for a default branch, a branch and its pull requests; each path's file is `fileNUMBER`."""
    return _STATE + _FILES + _blobs(paths) + _ci(paths)


def texts(paths: Sequence[str]) -> str:
    """Return the query for files at a commit; each path's file is `fileNUMBER`."""
    return _TEXTS + _blobs(paths)


def texts_of_many(number: int, paths: Sequence[str]) -> str:
    """Return the query for files at the default branches of so many repositories, `repositoryNUMBER`."""
    given = ", ".join(f"$owner{each}: String!, $name{each}: String!" for each in range(number))
    asked = "".join(
        f"repository{each}: repository(owner: $owner{each}, name: $name{each}) "
        "{ isArchived defaultBranchRef { target { ...texts ...ci } } }\n"
        for each in range(number)
    )
    return f"query({given}) {{\n{asked}}}\n" + _blobs(paths) + _ci(paths)


def _ci(paths: Sequence[str]) -> str:
    """Return the fragment for all workflows, where some are among the files; else for next to nothing."""
    if not any(map(is_workflow, paths)):
        return "fragment ci on Commit { oid }\n"
    others = (f"ci{number}: file(path: {json.dumps(path)}) {{ ...blob }}" for number, path in enumerate(OTHER_CI))
    return _CI % (json.dumps(WORKFLOWS), " ".join(others))


def _blobs(paths: Sequence[str]) -> str:
    files = (f"file{number}: file(path: {json.dumps(path)}) {{ ...blob }}" for number, path in enumerate(paths))
    return _BLOBS % " ".join(files)
