"""Where a build's layers are kept from one run to the next."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ltf_ci.model.image import ImageName

TAG = "buildcache"  # no release's: it is written anew by each build


class BuildCache(StrEnum):
    """`registry` keeps them next to the image, `gha` in GitHub's cache, `none` nowhere."""

    REGISTRY = "registry"
    GHA = "gha"
    NONE = "none"

    def words(self, image: ImageName) -> list[str]:
        """Return what BuildKit gets: a cache that cannot be read or written costs time, and no release.

        Kept are the layers of the image alone (`mode=min`): those of the stages before may hold secrets,
        and would fill GitHub's cache.
        """
        if self is BuildCache.NONE:
            return []
        place, form = f"type=registry,ref={image.tagged(TAG)}", ",image-manifest=true"
        if self is BuildCache.GHA:
            place, form = f"type=gha,scope={image.path}", ""
        return [f"--cache-from={place}", f"--cache-to={place},mode=min{form},ignore-error=true"]
