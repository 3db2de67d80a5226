"""Bases that are made of an older image than their own base is now: what a re-tag on them does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ltf_ci.errors import LtfError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.registry_reader import RegistryReader
from ltf_ci.model.image import ImageName, image_in
from ltf_ci.model.registry import Present


@dataclass(frozen=True, slots=True)
class StaleBase:
    """An image, the repository that makes it where its label says, and its base, whose tag names another image now."""

    image: ImageName
    source: str
    base: ImageName


def stale_bases(labels: ImageLabels, registry: RegistryReader, log: Callable[[str], None]) -> Iterator[StaleBase]:
    """Return the stale bases below an image with these labels, the nearest one first, as far as labels tell them."""
    image, seen = base_in(labels), set[ImageName]()
    while image and image not in seen:
        seen.add(image)
        try:
            its = ImageLabels.from_labels(registry.labels(image))
            base = base_in(its)
            answer = registry.resolve(base.tagged(base.tag)) if base and base.tag else None
        except LtfError as error:
            log(f"whether a base of {image} has moved is not known: {error.found}")
            return
        if base and isinstance(answer, Present) and answer.digest != base.digest:
            yield StaleBase(image, its.source, base)
        image = base


def base_in(labels: ImageLabels) -> ImageName | None:
    """Return the image that one was made of, by name and digest; None where its labels do not have both."""
    name, _, _ = labels.base_name.partition("@")
    return image_in(f"{name}@{labels.base_digest}")
