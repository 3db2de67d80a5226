"""The files of many repositories at GitHub, each one's at its default branch: one call for a score of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.http import parsed
from ltf_ci.clients.pull_requests import queries
from ltf_ci.clients.pull_requests.github_answers import ci_of
from ltf_ci.errors import LtfError
from ltf_ci.model.remote_repository import FilesAndCi

AT_ONCE = 20  # repositories: with twenty files each GitHub answers in a few seconds


def files_of_many(repositories: Sequence[str], paths: tuple[str, ...], api: GithubApi) -> Mapping[str, FilesAndCi]:
    """Return the files, and all workflows, of the repositories OWNER/NAME that answer so.

    Any other must be asked alone: one that is absent, archived or empty, or whose files are large, and all with it
    where a call fails.
    """
    found: dict[str, FilesAndCi] = {}
    for names in (repositories[at : at + AT_ONCE] for at in range(0, len(repositories), AT_ONCE)):
        given = {key: part for number, name in enumerate(names) for key, part in _named(number, name)}
        with suppress(LtfError):
            data = api.graphql(names[0], queries.texts_of_many(len(names), paths), given, writes=False)
            with parsed(names[0]):
                answers = ((name, data[f"repository{number}"]) for number, name in enumerate(names))
                found |= {name: files for name, answer in answers if (files := _files(answer, paths)) is not None}
    return found


def _named(number: int, name: str) -> Iterator[tuple[str, str]]:
    owner, _, short = name.partition("/")
    yield f"owner{number}", owner
    yield f"name{number}", short


def _files(answer: Mapping[str, Any] | None, paths: Sequence[str]) -> FilesAndCi | None:
    """Return the files of an answer; None where it does not have them all."""
    branch = answer and not answer["isArchived"] and answer["defaultBranchRef"]
    if not branch:
        return None
    blobs = [(branch["target"][f"file{number}"] or {}).get("object") for number, _ in enumerate(paths)]
    ci = {path: entry["object"] for path, entry in ci_of(branch["target"]).items()}
    if any(blob and (blob["isTruncated"] or blob["text"] is None) for blob in (*blobs, *ci.values())):
        return None
    files = {path: blob["text"] if blob else None for path, blob in zip(paths, blobs, strict=True)}
    return FilesAndCi(files, {path: blob["text"] for path, blob in ci.items()})
