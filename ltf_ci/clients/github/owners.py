"""The repositories of an owner at GitHub."""

from __future__ import annotations

from collections.abc import Iterator

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.http import items, next_page, parsed
from ltf_ci.errors import BadInput

_REPOSITORIES = """
query($owner: String!, $after: String) {
  repositoryOwner(login: $owner) {
    repositories(
      first: 100, after: $after, ownerAffiliations: [OWNER], isArchived: false, isFork: false
      orderBy: { field: NAME, direction: ASC }
    ) {
      nodes { nameWithOwner defaultBranchRef { name } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""


def repositories_of(owner: str, api: GithubApi, seen_from: str) -> Iterator[str]:
    """Return an owner's repositories that have a commit, are not archived and are no forks: one call for each hundred.

    An App lists them with its token for the repository `seen_from`: those that everybody may see.
    """
    after = None
    while True:
        answer = api.graphql(seen_from, _REPOSITORIES, {"owner": owner, "after": after}, writes=False)
        with parsed(owner):
            found = answer["repositoryOwner"]
            if found is None:
                raise BadInput(
                    f"GitHub has no owner {owner}", expected="a user or an organization", cure="look at the name"
                )
            page = found["repositories"]
            yield from (node["nameWithOwner"] for node in items(page) if node["defaultBranchRef"])
            after = next_page(page)
        if not after:
            return
