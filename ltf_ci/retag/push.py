"""A re-tag's way to origin: its tag, and its commit on a branch that may take it."""

from __future__ import annotations

from collections.abc import Sequence

from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import AccessDenied, GitFailed, HeadMoved, LtfError
from ltf_ci.manifest.tagging import Tagging
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.retag.rules import retagging


def expect_push(tag: ReleaseTag, git: Git) -> None:
    """Raise what origin refuses of a push of HEAD's tag by this login, before anything is made of it."""
    try:
        Tagging(git, "", tag).rehearse(push=True)
    except (GitFailed, AccessDenied) as error:
        if str(tag) in git.remote_tags("origin"):
            raise _faster("", tag) from error
        raise


def push_tag(git: Git, tag: ReleaseTag, branches: Sequence[str]) -> Sequence[str]:
    """Push HEAD and its tag, both or neither, and return the branches whose rules refused them.

    The first branch takes the commit whose rules do not refuse it, else no branch: the tag alone keeps it. Raise
    HeadMoved where another commit was faster.
    """
    refused = list[str]()
    for branch in (*branches, ""):
        try:
            git.push(branch, str(tag))
        except (GitFailed, AccessDenied) as error:
            if not _rules_refuse(branch, tag, error, git):
                raise
            refused.append(branch)
        else:
            return refused
    raise AssertionError("the tag alone is pushed, or is an error")


def _rules_refuse(branch: str, tag: ReleaseTag, error: LtfError, git: Git) -> bool:
    """Whether it was the branch's rules that refused a push; raise where more than that is known of another cause."""
    if _has_moved(branch, git) or str(tag) in git.remote_tags("origin"):
        raise _faster(branch, tag) from error
    if retagging.lacks_workflows(error.found):
        raise _other_workflows(tag, error, git) from error
    rules = retagging.refused_by_rules(error.found)
    if f"refs/tags/{tag}" in rules:
        raise _protected_tags(tag, error) from error
    return f"refs/heads/{branch}" in rules


def _faster(branch: str, tag: ReleaseTag) -> HeadMoved:
    return HeadMoved(
        f"{' or '.join(filter(None, (branch, str(tag))))} was pushed by another run or person meanwhile",
        expected="no change since this run read them",
        cure="run it again",
    )


def _has_moved(branch: str | None, git: Git) -> bool:
    return git.commit_at_origin(f"refs/heads/{branch}") != git.branch_at_origin(branch) if branch else False


def _other_workflows(tag: ReleaseTag, error: LtfError, git: Git) -> AccessDenied | HeadMoved:
    """Return how a commit may be pushed whose workflow files no branch has; they may have been there until now."""
    default = git.default_branch()
    if _has_moved(default, git):
        return HeadMoved(
            f"{default} has moved, and its {retagging.WORKFLOWS}/ with it",
            expected="no change since this run read it",
            cure="run it again",
        )
    branch = f"{retagging.PREFIX}{tag.version}"
    return AccessDenied(
        error.found,
        expected=f"a branch whose {retagging.WORKFLOWS}/ is the line's own, or a token that may change workflows",
        cure=f"once, by hand: git push origin TAG^{{}}:refs/heads/{branch} (TAG: its newest release)",
    )


def _protected_tags(tag: ReleaseTag, error: LtfError) -> AccessDenied:
    return AccessDenied(
        error.found,
        expected=f"rules that let this token push the tag {tag}",
        cure="leave release tags out of the rule for tags, or let this token bypass it; then run it again",
    )
