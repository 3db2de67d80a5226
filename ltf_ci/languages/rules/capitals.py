"""Addresses that capitals alone tell apart: neither one repository nor two, where the server is not known to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.rules import list_files
from ltf_ci.languages.rules.branch_contents import releases_in
from ltf_ci.languages.rules.lines import differ_by_capitals
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.remote_repository import RepositoryState
from ltf_ci.model.repository_url import RepositoryUrl


def expect_one_spelling(
    wanted: Sequence[ListEntry], state: RepositoryState, list_path: str, github: GithubHost
) -> None:
    """Raise Refused where capitals alone tell a release's repository from one of the list, lock or a pull request."""
    for entry in wanted:
        places = (*_in_files(entry, state, list_path), *_in_pulls(state), *((each.url, "this bump") for each in wanted))
        for there, where in places:
            if there.key == entry.url.key and github.key_of(there) != github.key_of(entry.url):
                raise differ_by_capitals(entry.url, there, where)


def _in_files(entry: ListEntry, state: RepositoryState, list_path: str) -> Iterator[tuple[RepositoryUrl, str]]:
    files = state.base.files
    for line in list_files.list_in(files, list_path).of(entry.url):
        yield line.entry.url, list_path
    lock = list_files.lock(files, list_path)
    if lock and (key := lock.find(entry)):
        yield RepositoryUrl(key.partition("?tag=")[0]), "the lock"


def _in_pulls(state: RepositoryState) -> Iterator[tuple[RepositoryUrl, str]]:
    for other in state.other_pulls:
        for each in releases_in(other.message, other.branch):
            yield each.entry.url, f"the pull request of {other.branch}"
