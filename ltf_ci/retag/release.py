"""A version line's release: one that is tagged already, or a new one of which origin gets the tag before the image."""

from __future__ import annotations

from dataclasses import replace

from ltf_ci.clients.run import Run
from ltf_ci.errors import HeadMoved, LtfError, TagTaken
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.colours import with_colours
from ltf_ci.manifest.rules import revisions
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.publish.making import Made
from ltf_ci.publish.plan import Keep
from ltf_ci.publish.publish import make, publish
from ltf_ci.publish.published import Published
from ltf_ci.publish.pushing import push
from ltf_ci.retag.clone import Clone
from ltf_ci.retag.newest import Newest, release_request, taken_tags
from ltf_ci.retag.push import expect_push, push_tag
from ltf_ci.retag.request import Asked
from ltf_ci.retag.retagged import GitTag, Retagged
from ltf_ci.retag.rules import report, retagging
from ltf_ci.retag.rules.retagging import Method


def release(git_tag: GitTag, clone: Clone, asked: Asked, known: KnownReleases, run: Run) -> Retagged:
    """Publish a tag that is at origin already."""
    version, request = git_tag.tag.version, release_request(git_tag.tag, clone, run.options_for)
    try:
        published = with_colours(publish(request, run, known), request, asked.pull, run)
    except LtfError as error:
        return Retagged(version=version, git_tag=git_tag, error=error)
    return Retagged(version=version, git_tag=git_tag, published=published)


def revise(line: Newest, clone: Clone, asked: Asked, run: Run) -> Retagged | None:
    """Tag the next revision, and make its image; push the tag, then the image. None where another run was faster."""
    taken = (*clone.git.tags(), *run.git(asked.directory).tags(), *taken_tags(line, run.registry))
    git_tag = _committed(line, revisions.next_tag(line.tag.version, {*taken}), clone)
    clone.git.tag(str(git_tag.tag), retagging.message(git_tag.tag, asked.reason, asked.request))
    version = git_tag.tag.version
    try:
        expect_push(git_tag.tag, clone.git)
        made = _make(git_tag.tag, line.known, clone, run)
        if isinstance(made, Published):
            return Retagged(version=version, git_tag=git_tag, published=made)
        if made is None or isinstance(made.staged, Keep):
            return None
        refused = push_tag(clone.git, git_tag.tag, git_tag.branches)
        git_tag = replace(git_tag, pushed=True, refused=tuple(refused))
        run.show(report.tag_step(Retagged(version=version, git_tag=git_tag)))
        return Retagged(version=version, git_tag=git_tag, published=push(made, run))
    except HeadMoved:
        return None
    except LtfError as error:
        return Retagged(version=version, git_tag=git_tag, error=error)


def _committed(line: Newest, tag: ReleaseTag, clone: Clone) -> GitTag:
    """Commit in the clone what a tag changes, and return how it is to be pushed."""
    files, workflows_of = {**line.edits, **clone.retagged_manifest(tag)}, clone.workflows_of(line.commit)
    branches = clone.branches_after(line.tag, line.commit) if files or workflows_of else ()
    changed = clone.commit(files, tag, workflows_of)
    return GitTag(
        tag=tag, method=Method.REVISE, after=line.tag, files=changed, branches=branches, workflows_of=workflows_of
    )


def _make(tag: ReleaseTag, known: KnownReleases, clone: Clone, run: Run) -> Made | Published | None:
    """Make the image of a new tag; None where another run has released that tag since the clone was made."""
    try:
        return make(release_request(tag, clone, run.options_for), run, known, is_new=True)
    except TagTaken:
        if str(tag) in clone.git.remote_tags("origin"):
            return None
        raise
