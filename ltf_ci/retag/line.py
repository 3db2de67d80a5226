"""One version line's re-tag: its newest release, built again as the next revision, in a clone of its own.

The image is built and tested first. Then git's branch and tag are pushed, both or neither: that decides who is first.
Then the image. Who was not first looks again; a re-tag's tag that was left without its image gets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import GitFailed, HeadMoved, LtfError, TagTaken
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.latest import LatestPolicy
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.languages.colours import with_colours
from ltf_ci.languages.requests import PullRequest, ReleaseRequest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.rules import revisions
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import Absent
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.publish.making import Made
from ltf_ci.publish.methods import labels_today
from ltf_ci.publish.options import build_args
from ltf_ci.publish.plan import Keep
from ltf_ci.publish.publish import make, publish
from ltf_ci.publish.published import Published
from ltf_ci.publish.pushing import push
from ltf_ci.retag.base_edits import base_edits, base_names
from ltf_ci.retag.clone import Clone
from ltf_ci.retag.push import push_tag
from ltf_ci.retag.retagged import GitTag, Method, Retagged
from ltf_ci.retag.rules import bases as rules
from ltf_ci.retag.rules import report, retagging
from ltf_ci.retag.rules.retagging import NO_LABELS, TRAILER
from ltf_ci.retag.stale_bases import stale_bases

ROUNDS = 10  # far more than there are re-tags of one line at the same moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of each line of the repository in a folder; `pull` is the pull request that then lists it.

    `known` returns the lock's releases, or raises what would keep a start point from being listed. `is_named` says that
    a user or a workflow named the request: then it is carried out once, whatever changes later.
    """

    directory: Path
    reason: str
    request: str
    is_named: bool
    bases: tuple[ImageName, ...]
    rebuild: bool
    pull: PullRequest
    known: Callable[[], KnownReleases]


def retag_line(version: LanguageVersion, asked: Asked, run: Run) -> Retagged:
    """Re-tag a line; an error is its own, and stops no other line."""
    try:
        for _ in range(ROUNDS):
            name = str(version)
            with run.timed(name), run.part(name), temporary_folder("retag") as folder:
                clone = Clone.of_origin(run.git(asked.directory), folder)
                done = _retagged(version, asked, clone, run)
            if done:
                return replace(done, stale=tuple(stale_bases(done.labels, run.registry, run.log)))
    except LtfError as error:
        return Retagged(version=version, error=error)
    crowded = GitFailed(
        f"{version} is re-tagged by other runs all the time",
        expected="no other run at the same moment",
        cure="run it again when they have ended",
    )
    return Retagged(version=version, error=crowded)


def _retagged(version: LanguageVersion, asked: Asked, clone: Clone, run: Run) -> Retagged | None:
    """Look, decide, act; None where another run was faster."""
    requests = clone.git.tag_trailers(TRAILER)
    mine = retagging.made_by(asked.request, version, requests)
    if mine and asked.is_named:
        clone.switch(mine)
        return _released(GitTag(tag=mine, method=Method.RESUME), clone, asked, _known(clone, asked), run)
    newest = retagging.newest(version, requests)
    commit = clone.switch(newest)
    known = _known(clone, asked)
    release = _request(newest, clone, run)
    image = _image(newest, clone, release)
    retagging.expect_as_locked(image, commit, known)
    arguments = build_args(release.build_arg)
    edits = base_edits(clone.directory, asked.bases, arguments)
    before = retagging.labels_before(image, image_under(run.registry, image), known)
    unmatched = rules.unmatched(base_names(clone.directory, arguments), asked.bases)
    is_same = not edits and before != NO_LABELS and retagging.is_same(before, labels_today(release, run))
    if is_same and newest == mine:
        return _released(GitTag(tag=newest, method=Method.RESUME), clone, asked, known, run)
    if is_same and not _is_built_anyway(asked, clone):
        return Retagged(version=version, before=before, unchanged=newest, unmatched=unmatched)
    if requests[str(newest)] and not edits and isinstance(run.registry.resolve(image), Absent):
        done = _released(GitTag(tag=newest, method=Method.COMPLETE), clone, asked, known, run)
        return None if done.is_anothers else done
    taken = (*run.git(asked.directory).tags(), *_image_tags(image, release, run.registry))
    new = _new_tag(newest, commit, taken, edits, clone)
    clone.git.tag(str(new.tag), retagging.message(new.tag, asked.reason, asked.request))
    revised = _revised(new, clone, known, run)
    return revised and replace(revised, before=before, unmatched=unmatched)


def _known(clone: Clone, asked: Asked) -> KnownReleases:
    """Return the lock's releases; nothing is asked of what no list has: an image's own repository."""
    return asked.known() if read_repository(clone.directory).manifest else NOTHING_LOCKED


def _request(tag: ReleaseTag, clone: Clone, run: Run) -> ReleaseRequest:
    """Return how the line is released: by its own settings, with nothing that an earlier build left."""
    return replace(run.options_for(ReleaseRequest, clone.directory), tag=tag, no_cache=True)


def _new_tag(
    newest: ReleaseTag, commit: Commit, taken: tuple[str, ...], edits: Mapping[str, bytes], clone: Clone
) -> GitTag:
    """Commit the next revision in the clone, and return its tag; `taken` are other tags that are not free."""
    tag = revisions.next_tag(newest.version, {*clone.git.tags(), *taken})
    files, workflows_of = {**edits, **clone.retagged_manifest(tag)}, clone.workflows_of(commit)
    branches = clone.branches_after(newest, commit) if files or workflows_of else ()
    changed = clone.commit(files, tag, workflows_of)
    return GitTag(
        tag=tag, method=Method.REVISE, after=newest, files=changed, branches=branches, workflows_of=workflows_of
    )


def _released(git_tag: GitTag, clone: Clone, asked: Asked, known: KnownReleases, run: Run) -> Retagged:
    """Publish a tag that is at origin already."""
    version, request = git_tag.tag.version, _request(git_tag.tag, clone, run)
    try:
        published = with_colours(publish(request, run, known), request, asked.pull, run)
    except LtfError as error:
        return Retagged(version=version, git_tag=git_tag, error=error)
    return Retagged(version=version, git_tag=git_tag, published=published)


def _revised(git_tag: GitTag, clone: Clone, known: KnownReleases, run: Run) -> Retagged | None:
    """Make the image of a new tag; push the tag to git, then the image. None where another run was faster."""
    version = git_tag.tag.version
    try:
        made = _make(git_tag.tag, clone, known, run)
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


def _make(tag: ReleaseTag, clone: Clone, known: KnownReleases, run: Run) -> Made | Published | None:
    """Make the image of a new tag; None where another run has released that tag since the clone was made."""
    try:
        return make(_request(tag, clone, run), run, known, is_new=True)
    except TagTaken:
        if str(tag) in clone.git.remote_tags("origin"):
            return None
        raise


def _image(tag: ReleaseTag, clone: Clone, release: ReleaseRequest) -> ImageName:
    return read_repository(clone.directory).image_of(tag).under(release.push_to)


def _image_tags(image: ImageName, release: ReleaseRequest, registry: Registry) -> tuple[str, ...]:
    """Return the image's tags: a revision that the registry has and git lacks is not free."""
    never = release.latest is LatestPolicy.NEVER  # the registry may be one that cannot list them
    return () if never else registry.tags(image)


def _is_built_anyway(asked: Asked, clone: Clone) -> bool:
    """Whether a build is wanted also of what has not changed; a start point builds nothing."""
    return asked.rebuild and read_repository(clone.directory).builds_image
