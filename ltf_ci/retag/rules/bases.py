"""Which images that a repository names give way to a base's new release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ltf_ci.images.rules.tags import release_tags
from ltf_ci.model.image import ImageName, image_in, is_commit


def successors(named: Iterable[str], bases: Sequence[ImageName]) -> Mapping[str, str]:
    """Return for each image that gives way the one that takes its place, as they are written.

    That is an older release of the same version line, or one that is named by a commit: it is older than any release.
    """
    found: dict[str, str] = {}
    for text in named:
        image = image_in(text)
        taken = [base for base in bases if image and _gives_way(image, base)]
        if image and taken:
            found[text] = str(image.tagged(taken[-1].tag))
    return found


def unmatched(named: Iterable[str], bases: Sequence[ImageName]) -> tuple[ImageName, ...]:
    """Return the bases that take no image's place, and that no image is already."""
    images = [image for text in named if (image := image_in(text))]
    there = {(image.repository, image.tag) for image in images}
    return tuple(
        base
        for base in bases
        if (base.repository, base.tag) not in there and not any(_gives_way(image, base) for image in images)
    )


def _gives_way(image: ImageName, base: ImageName) -> bool:
    if image.repository != base.repository or image.tag == base.tag:
        return False
    old, new = ([] if is_commit(tag) else release_tags([tag]) for tag in (image.tag, base.tag))
    if old and new:
        return old[0].version == new[0].version and old[0] < new[0]
    return is_commit(image.tag) and bool(is_commit(base.tag) or new)
