"""Bases that are made of an older image than their own base is now: what a re-tag on them does not have."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ltf_ci.errors import LtfError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.registry_reader import RegistryReader
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import Present


@dataclass(frozen=True, slots=True)
class StaleBase:
    """An image, the repository that makes it where its label says, and its base, whose tag names another image now."""

    image: ImageName
    source: str
    base: ImageName


def stale_bases(labels: ImageLabels, registry: RegistryReader, log: Callable[[str], None]) -> Iterator[StaleBase]:
    """Return the stale bases below an image with these labels, the nearest ones first, as far as labels tell them."""
    below, seen = deque(labels.made_of), set[ImageName]()
    while below:
        image = below.popleft()
        if image in seen:
            continue
        seen.add(image)
        try:
            its = ImageLabels.from_labels(registry.labels(image))
            yield from _moved(image, its, registry)
        except LtfError as error:
            log(f"whether a base of {image} has moved is not known: {error.found}")
            continue
        below += its.made_of


def _moved(image: ImageName, its: ImageLabels, registry: RegistryReader) -> Iterator[StaleBase]:
    for base in its.made_of:
        answer = registry.resolve(base.without_digest) if base.tag else None
        if isinstance(answer, Present) and answer.digest != base.digest:
            yield StaleBase(image, its.source, base)
