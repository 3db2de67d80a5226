"""What a checked repository would release: found by its tag, and by the commit that this names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import BadInput, Refused, UsageError
from ltf_ci.images.rules.tags import release_tags
from ltf_ci.manifest.ltf_repository import LtfRepository
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import files as manifest_files
from ltf_ci.manifest.rules import revisions
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import ReleaseTag, release_tag_in
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.publish.candidate import Candidate


def candidate_of(push_to: str, repository: LtfRepository, tag: ReleaseTag | None, git: Git) -> Candidate:
    """Return what would be released; `push_to` sends its image elsewhere.

    Raise UsageError without a tag, Refused where the folder is not at its commit.
    """
    if tag is None:
        raise _no_tag(git.tags_at_head())
    commit = expect_at_head(tag, git)
    git.expect_clean()  # the folder must hold the commit, and nothing else: the image is made of the folder
    if repository.manifest:
        _refuse_untracked_start_files(repository.manifest, git)
    return candidate_at(push_to, tag, commit, repository, git)


def commit_at_tag(tag: ReleaseTag | None, git: Git) -> Commit | None:
    """Return the tag's commit where the folder is as that has it: what is made there may be released; else None."""
    commit = git.commit_of(str(tag)) if tag else None
    return commit if commit and commit == git.head() and git.is_clean() else None


def expect_at_head(tag: ReleaseTag, git: Git) -> Commit:
    """Return a tag's commit; raise Refused where another one is checked out."""
    commit, head = tagged_commit(tag, git), git.head()
    if commit != head:
        raise Refused(
            f"HEAD is at {head.short}, and the tag {tag} is at {commit.short}",
            expected="the tag's own commit, checked out",
            cure=f"git switch --detach {tag}, then run it again",
        )
    return commit


def tagged_commit(tag: ReleaseTag, git: Git) -> Commit:
    """Return a tag's commit, or raise BadInput where this clone has no such tag."""
    commit, tags = git.commit_of(str(tag)), git.tags()
    if commit is None and str(tag) in tags:
        raise BadInput(
            f"the git tag {tag} is at no commit",
            expected="a tag of the commit that is to be released",
            cure=f"git tag -d {tag}, and tag the commit; where it is at origin, `ltf-ci next` makes the next one",
        )
    if commit is None:
        raise BadInput(
            f"there is no git tag {tag} here{_newest(tags)}",
            expected="the tag that is to be released",
            cure="git fetch --tags, if it is at origin; else `ltf-ci next` makes the next one",
        )
    return commit


def candidate_at(push_to: str, tag: ReleaseTag, commit: Commit, repository: LtfRepository, git: Git) -> Candidate:
    """Return what is released as this tag, if it is at this commit."""
    manifest, image = repository.manifest, repository.image_of(tag)
    return Candidate(
        tag=tag,
        commit=commit,
        image=image.under(push_to),
        source=_expect_address(git.public_origin()),
        title=(manifest.string("display_name") if manifest else None) or image.path.rpartition("/")[2],
        created=git.commit_time(commit),
        has_start_point=manifest is not None,
    )


def _expect_address(public: RepositoryUrl | None) -> RepositoryUrl | None:
    """Return the address that labels and lists name, or raise UsageError where only this machine's ssh knows it."""
    if public and public.ssh_host:
        raise UsageError(
            f"origin is {public}, and its https address is not known",
            expected="https://HOST/OWNER/NAME, which labels and the languages list name",
            cure=f"git remote set-url origin https://… && git remote set-url --push origin {public}",
        )
    return public


def _no_tag(others: Iterable[str]) -> UsageError:
    """Return the error that HEAD has no release tag, and what its tags are; one with a `v` too many has its cure."""
    others = tuple(others)
    nearly = next((tag for tag in others if tag[:1] in "vV" and release_tag_in(tag[1:])), None)
    if nearly:
        return UsageError(
            f"the tag at HEAD is {nearly}",
            expected=f"{nearly[1:]}: release tags begin with the number",
            cure=f"git tag -d {nearly} && ltf-ci next",
        )
    words = revisions.named(others)
    return UsageError(
        f"no release tag is at HEAD{f': {words}' if words else ''}",
        expected="a tag such as 3.7.4-18",
        cure="`ltf-ci next` makes it; or name one: --tag TAG",
    )


def _newest(tags: Iterable[str]) -> str:
    """Return the newest release tag in brackets, or nothing."""
    released = release_tags(tags)
    return f" (the newest is {released[0]})" if released else ""


def _refuse_untracked_start_files(manifest: Manifest, git: Git) -> None:
    """Refuse a start file that is in the folder and not in the commit, from which cyber-dojo takes it."""
    lacking = sorted(manifest_files.paths(manifest) & git.untracked(str(PurePosixPath(manifest.path).parent)))
    if lacking:
        raise Refused(
            f"the commit lacks {', '.join(lacking[:5])}, which is a start file",
            expected="start files that the commit has: cyber-dojo takes them from there",
            cure="commit them, and tag that commit",
        )
