"""What became of a version line's re-tag."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ltf_ci.errors import LtfError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.publish.published import Published

NO_LABELS = ImageLabels()


class Method(StrEnum):
    """Which release a re-tag makes: its own that it made before, another's that has no image, or a new one."""

    RESUME = "is this request's already"
    COMPLETE = "had no image yet"
    REVISE = "is new"


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

    `before` are the labels of the release that was re-tagged. `unchanged` names the image that a start point is made of
    where that is as it was: then there was nothing to do. `unmatched` are the wanted bases that no image gave way to.
    """

    version: LanguageVersion
    before: ImageLabels = NO_LABELS
    unchanged: str = ""
    unmatched: tuple[ImageName, ...] = ()
    git_tag: GitTag | None = None
    published: Published | None = None
    error: LtfError | None = None

    @property
    def is_anothers(self) -> bool:
        """Whether the image was there when it was to be pushed: another run did that meanwhile."""
        return self.published is not None and self.published.digest is not None and not self.published.pushed
