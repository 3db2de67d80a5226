"""What became of a version line's re-tag."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.errors import LtfError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.publish.published import Published
from ltf_ci.retag.rules.retagging import NO_LABELS, Method
from ltf_ci.retag.stale_bases import StaleBase


@dataclass(frozen=True, slots=True, kw_only=True)
class GitTag:
    """The line's git tag; of a new one, the release that it comes after, and its commit.

    `files` are those that the commit changes, none where the tag names the release's own commit. `branches` are those
    that may take it, the first one whose rules do not refuse it: `refused` are those whose rules did. `workflows_of` is
    the branch whose workflow files it has. `pushed` says that this run pushed the tag.
    """

    tag: ReleaseTag
    method: Method
    after: ReleaseTag | None = None
    files: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    workflows_of: str = ""
    pushed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Retagged:
    """A line's git tag and its image, as far as they came; or the error that ended it.

    `before` are the labels of the release that was re-tagged. `unmatched` are the wanted bases that no image gave way
    to; `stale` are the bases below it that are made of an older image than their own base is now.
    """

    version: LanguageVersion
    before: ImageLabels = NO_LABELS
    unmatched: tuple[ImageName, ...] = ()
    stale: tuple[StaleBase, ...] = ()
    git_tag: GitTag | None = None
    published: Published | None = None
    error: LtfError | None = None

    @property
    def is_kept(self) -> bool:
        """Whether there was nothing to do: it would be made of the very same again."""
        return self.git_tag is not None and self.git_tag.method is Method.KEEP

    @property
    def labels(self) -> ImageLabels:
        """The labels of the image that the line has, or would have; those before where none was planned."""
        return self.published.plan.labels if self.published and self.published.plan else self.before

    @property
    def is_anothers(self) -> bool:
        """Whether the image was there when it was to be pushed: another run did that meanwhile."""
        return self.published is not None and self.published.digest is not None and not self.published.pushed
