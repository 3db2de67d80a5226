"""What a run would release, as git and the manifest say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A release tag, its commit, and where its image goes.

    `source` is the repository's address where it has one; `title` the display name, or the image's own name;
    `created` the commit's time. An image repository bumps nothing: it has no start point.
    """

    tag: ReleaseTag
    commit: Commit
    image: ImageName
    source: RepositoryUrl | None
    title: str
    created: str
    has_start_point: bool

    def labels_of_build(self, spec: BuildSpec) -> ImageLabels:
        """Return the labels of an image that is built for it."""
        return self._of_release(ImageLabels.of_build(spec))

    def labels_over(self, source: ImageName, digest: Digest, theirs: ImageLabels) -> ImageLabels:
        """Return the labels of another repository's image that is released for it."""
        origin = str(theirs.revision or "")
        return self._of_release(
            ImageLabels(base_name=str(source), base_digest=str(digest), origin=origin, inputs=theirs.inputs)
        )

    def _of_release(self, made: ImageLabels) -> ImageLabels:
        return replace(
            made,
            revision=self.commit,
            version=self.tag,
            source=str(self.source or ""),
            title=self.title,
            created=self.created,
        )
