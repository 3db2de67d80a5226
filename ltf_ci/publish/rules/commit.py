"""Files that the commit has not, or not as a checkout has them: what is released is what the commit has."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.layout import SETTINGS

START_FILE = "start-file-not-committed"
_MOST_NAMED = 5


class CommitFacts(NamedTuple):
    """Paths of files that are not the same in the commit.

    It lacks the settings and the start files in `lacking`. Other ones are there of the start files in `passed_over`,
    which git was told not to look at, and but pointers of those in `in_lfs`. `converted` are files that a checkout
    writes otherwise, and why.
    """

    lacking: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    in_lfs: tuple[str, ...] = ()
    converted: Mapping[str, str] = {}


def findings(facts: CommitFacts) -> Iterator[Finding]:
    """Find what a release would not see, or would refuse."""
    for path in facts.lacking:
        yield _settings() if path == SETTINGS else _uncommitted(path)
    yield from map(_passed_over, facts.passed_over)
    yield from map(_in_lfs, facts.in_lfs)
    for path, why in sorted(facts.converted.items())[:_MOST_NAMED]:
        yield _converted(path, why)


def _uncommitted(path: str) -> Finding:
    """Return the finding of a start file that the commit lacks, or whose link leads to one that it lacks."""
    found = f"{path} is a start file, and is not in the commit"
    cure = f"git add --force {shlex.quote(path)}, and commit it; of a link the file that it leads to"
    return _not_in_commit(path, found, cure)


def _passed_over(path: str) -> Finding:
    """Return the finding of a start file that is another one in the commit, though `git status` shows no change."""
    found = f"{path} is another one in the commit, and git was told to pass over that"
    name = shlex.quote(path)  # git takes the last of two such options alone
    looked = f"git update-index --no-skip-worktree {name}; git update-index --no-assume-unchanged {name}"
    cure = f"{looked}; then commit or restore it"
    return _not_in_commit(path, found, cure)


def _in_lfs(path: str) -> Finding:
    """Return the finding of a start file of which the commit has but a pointer."""
    found = f"{path} is in Git LFS: the commit has a pointer to it, and so would cyber-dojo"
    cure = f"git lfs untrack {shlex.quote(path)}; git add --renormalize {shlex.quote(path)}, and commit both files"
    return _not_in_commit(path, found, cure)


def _not_in_commit(path: str, found: str, cure: str) -> Finding:
    expected = "start files that the commit has: cyber-dojo takes them from there"
    return Finding(rule=START_FILE, place=Place(path), found=found, expected=expected, cure=cure)


def _converted(path: str, why: str) -> Finding:
    return Finding(
        rule="converted-file",
        place=Place(path),
        found=f"{path} {why}",
        expected="a file that a checkout has as the commit has it: the image is made of the commit",
        cure="commit it as it is to be in the image, and take the attribute out of .gitattributes",
    )


def _settings() -> Finding:
    return Finding(
        rule="not-committed",
        place=Place(SETTINGS),
        found=f"{SETTINGS} is not in the commit, so that a release does not see it",
        expected="all files of ltf-ci in the commit that is tagged",
        cure=f"git add {PurePosixPath(SETTINGS).parts[0]}, and commit it",
    )
