"""The images under a name: one, or those of an index, which may have other indexes in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ltf_ci.errors import RegistryUnavailable
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import StoredManifest

_DEPTH = 3  # indexes in indexes


@dataclass(frozen=True, slots=True)
class FoundImage:
    """An image by its digest; what the index says of it, if it is in one: platform and descriptor."""

    name: ImageName
    platform: str = ""
    descriptor: Mapping[str, Any] = field(default_factory=dict)


def images_under(
    image: ImageName, manifest: Callable[[ImageName], StoredManifest], depth: int = _DEPTH
) -> Iterator[FoundImage]:
    """Yield the images under a name, in the index's order; `manifest` returns that of a name.

    Raise RegistryUnavailable where indexes are in each other deeper than that, or one cannot be read.
    """
    found = manifest(image)
    if not found.is_index:
        yield FoundImage(image.at(found.digest))
        return
    if not depth:
        raise RegistryUnavailable(
            f"{image.untagged} has indexes nested more than {_DEPTH} deep",
            expected="an index of images",
            cure="push the image again",
        )
    for entry in found.images:
        below = image.at(entry.digest)
        if entry.is_certain:
            yield FoundImage(below, entry.platform, entry.descriptor)
        elif not manifest(below).is_artifact:
            for each in images_under(below, manifest, depth - 1):
                yield FoundImage(each.name, each.platform or entry.platform, each.descriptor or entry.descriptor)
