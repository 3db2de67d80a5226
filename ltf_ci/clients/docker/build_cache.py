"""Where a build's layers are kept from one run to the next."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ltf_ci.model.image import ImageName

TAG = "buildcache"  # no release's: each build writes it again


class BuildCache(StrEnum):
    """`registry` keeps them next to the image, `gha` in GitHub's cache, `none` nowhere."""

    REGISTRY = "registry"
    GHA = "gha"
    NONE = "none"

    @property
    def has_layers_of_push(self) -> bool:
        """Whether it is where the image is pushed to: written with the push, each layer would be uploaded twice."""
        return self is BuildCache.REGISTRY

    def reads(self, image: ImageName) -> list[str]:
        """Return what BuildKit gets to read it: a cache that cannot be read costs time, and no release."""
        return [] if self is BuildCache.NONE else [f"--cache-from={self._place(image)}"]

    def writes(self, image: ImageName) -> list[str]:
        """Return what BuildKit gets to write it: a cache that cannot be written costs no release.

        Kept are the layers of the image alone (`mode=min`): those of the stages before may hold secrets,
        and would fill GitHub's cache.
        """
        form = ",image-manifest=true" if self is BuildCache.REGISTRY else ""
        place = f"{self._place(image)},mode=min{form},ignore-error=true"
        return [] if self is BuildCache.NONE else [f"--cache-to={place}"]

    def _place(self, image: ImageName) -> str:
        if self is BuildCache.GHA:
            return f"type=gha,scope={image.path}"
        return f"type=registry,ref={image.tagged(TAG)}"
