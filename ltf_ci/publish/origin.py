"""Is a tag where others can fetch it? What the image's label and the languages list name must be there."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import Refused
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import ReleaseTag


def tags_at_origin(git: Git) -> Mapping[str, Commit]:
    """Return the commit of each tag at origin; none where the clone has no origin."""
    return git.remote_tags("origin") if git.has_origin() else {}


def expect_at_origin(
    tag: ReleaseTag, commit: Commit, tags: Mapping[str, Commit], git: Git, *, rehearses: bool = False
) -> None:
    """Raise Refused where origin, which has these tags, has not this tag at this commit.

    `rehearses` is whether the image goes to another registry, as in a rehearsal.
    """
    expected = "a tag that others can fetch: the image's label and the languages list name its commit"
    rehearsal = "for a rehearsal: --allow-unpushed; else " if rehearses else ""
    if not git.has_origin():
        cure = f"{rehearsal}git remote add origin URL, and push the tag"
        raise Refused(f"{tag} is in this clone alone: it has no remote origin", expected=expected, cure=cure)
    found = tags.get(str(tag))
    if found is None:
        branch = git.branch()
        words = f"--atomic origin {shlex.quote(branch)} {tag}" if branch else f"origin {tag}"
        raise Refused(f"the tag {tag} is not at origin", expected=expected, cure=f"{rehearsal}git push {words}")
    if found != commit:
        raise Refused(
            f"the tag {tag} is {found.short} at origin, and {commit.short} here",
            expected="one commit: a release tag never moves",
            cure="find out who moved it; git fetch --tags --force takes origin's",
        )
