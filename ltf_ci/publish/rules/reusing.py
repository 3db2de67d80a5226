"""Which earlier release may lend its layers, and whether it may: decided from tags and labels."""

from __future__ import annotations

from collections.abc import Iterable

from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.tags import release_tags
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import ReleaseTag


def earlier(mine: ReleaseTag, tags: Iterable[str]) -> list[ReleaseTag]:
    """Return the releases of the same version line below mine, newest first."""
    return [tag for tag in release_tags(tags) if tag.version == mine.version and tag < mine]


def is_of_same_build(wanted: ImageLabels, tag: ReleaseTag, commit: Commit | None, there: ImageLabels) -> bool:
    """Whether an image is that release, made of this commit, and was built of what a build with these labels would be.

    Labels that came down from a base name another release, or another commit: git has the last word.
    """
    labels = (there.version, there.revision, there.inputs, there.base_name, there.base_digest)
    return commit is not None and labels == (tag, commit, wanted.inputs, wanted.base_name, wanted.base_digest)
