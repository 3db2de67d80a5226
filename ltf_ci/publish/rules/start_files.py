"""Start files that the commit has not as they are here: cyber-dojo takes them from the commit."""

from __future__ import annotations

import shlex

from ltf_ci.model.finding import Finding, Place

RULE = "start-file-not-committed"


def uncommitted(path: str) -> Finding:
    """Return the finding of a start file that the commit lacks, or whose link leads to one that it lacks."""
    found = f"{path} is a start file, and is not in the commit"
    cure = f"git add --force {shlex.quote(path)}, and commit it; of a link the file that it leads to"
    return _not_in_commit(path, found, cure)


def passed_over(path: str) -> Finding:
    """Return the finding of a start file that is another one in the commit, though `git status` shows no change."""
    found = f"{path} is another one in the commit, and git was told to pass over that"
    name = shlex.quote(path)  # git takes the last of two such options alone
    looked = f"git update-index --no-skip-worktree {name}; git update-index --no-assume-unchanged {name}"
    cure = f"{looked}; then commit or restore it"
    return _not_in_commit(path, found, cure)


def in_lfs(path: str) -> Finding:
    """Return the finding of a start file of which the commit has but a pointer."""
    found = f"{path} is in Git LFS: the commit has a pointer to it, and so would cyber-dojo"
    cure = f"git lfs untrack {shlex.quote(path)}; git add --renormalize {shlex.quote(path)}, and commit both files"
    return _not_in_commit(path, found, cure)


def _not_in_commit(path: str, found: str, cure: str) -> Finding:
    expected = "start files that the commit has: cyber-dojo takes them from there"
    return Finding(rule=RULE, place=Place(path), found=found, expected=expected, cure=cure)
