"""Which images that a repository names give way to a base's new release."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ltf_ci.images.rules.tags import release_tags
from ltf_ci.model.image import ImageName, image_in

_COMMIT = re.compile(r"[0-9a-f]{7,40}")


def successors(named: Iterable[str], bases: Sequence[ImageName]) -> Mapping[str, str]:
    """Return for each image that gives way the one that takes its place, as they are written.

    That is an older release of the same version line, or one that is named by a commit where the new one is, too.
    """
    found: dict[str, str] = {}
    for text in named:
        image = image_in(text)
        taken = [base for base in bases if image and _gives_way(image, base)]
        if image and taken:
            found[text] = str(image.tagged(taken[-1].tag))
    return found


def _gives_way(image: ImageName, base: ImageName) -> bool:
    if image.repository != base.repository or image.tag == base.tag:
        return False
    old, new = release_tags([image.tag]), release_tags([base.tag])
    if old and new:
        return old[0].version == new[0].version and old[0] < new[0]
    return all(_COMMIT.fullmatch(tag) for tag in (image.tag, base.tag))
