"""Whether a release can be committed, tagged and pushed where git is now."""

from __future__ import annotations

import shlex

from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import Refused

_BEGUN = {"MERGE_HEAD": "merge", "CHERRY_PICK_HEAD": "cherry-pick", "REVERT_HEAD": "revert"}


def branch_to_tag(git: Git) -> str:
    """Return the branch that HEAD is on; raise Refused where a commit there would be no release's alone."""
    git.head()  # raises NoRepository where there is no commit
    branch = git.branch()
    if branch is None:
        raise Refused("HEAD is detached", expected="a branch", cure="git switch BRANCH, then run it again")
    git.expect_clean()
    _expect_finished(git)
    return branch


def expect_pushable(branch: str, git: Git, *, push: bool) -> None:
    """Raise Refused where nothing can be pushed, or where the push would fail after the tag."""
    if not git.has_origin():
        if push:
            raise Refused("there is no remote origin", expected="where to push to", cure="git remote add origin URL")
        return
    there = git.commit_at_origin(f"refs/heads/{branch}")
    is_here = there is None or git.attempt("cat-file", "-e", f"{there}^{{commit}}").status == 0
    if there and not (is_here and git.is_ancestor(str(there), "HEAD")):
        raise Refused(
            f"{branch} has commits at origin that are not here: it is at {there.short} there",
            expected=f"a branch that has all of origin's {branch}",
            cure=f"git pull --rebase origin {shlex.quote(branch)}, then run it again",
        )


def _expect_finished(git: Git) -> None:
    """Raise Refused where a merge or its like is not finished, though no file differs: the commit would end it."""
    for name, what in _BEGUN.items():
        if git.attempt("rev-parse", "--quiet", "--verify", name).status == 0:
            cure = f"git {what} --continue, or git {what} --abort; then run it again"
            raise Refused(f"a {what} is not finished", expected="a branch as its last commit left it", cure=cure)
