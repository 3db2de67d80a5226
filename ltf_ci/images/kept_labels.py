"""What stands in the registry, with labels and sizes that are asked for once: those of a digest never change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ltf_ci.clients.files import cache_folder, write_whole
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import Present

FOLDER, SIZES = "labels", "sizes"
_RIGHTS = 0o600


def found_by(registry: Registry, image: ImageName, cache: Path | None, *, labelled: bool) -> Found:
    """Return what stands under an image's name; where no labels are asked for, only the digest is sure."""
    answer = registry.resolve(image)
    if not isinstance(answer, Present):
        return answer
    labels = labels_of(registry, image.at(answer.digest), cache) if labelled else {}
    return TaggedImage(answer.digest, ImageLabels.from_labels(labels))


def labels_of(registry: Registry, image: ImageName, cache: Path | None) -> Mapping[str, str]:
    """Return the labels of an image that is named by its digest."""
    kept = _kept(image, cache, FOLDER, lambda: dict(registry.labels(image)))
    return {str(name): str(value) for name, value in kept.items()}


def size_of(registry: Registry, image: ImageName, cache: Path | None) -> int | None:
    """Return the compressed size of an image that is named by its digest; None where it cannot be had."""

    def ask() -> Mapping[str, Any] | None:
        size = registry.size(image)
        return None if size is None else {"size": size}

    size = _kept(image, cache, SIZES, ask).get("size")
    return size if isinstance(size, int) else None


def _kept(
    image: ImageName, cache: Path | None, folder: str, ask: Callable[[], Mapping[str, Any] | None]
) -> Mapping[str, Any]:
    """Return what is kept of a digest, or ask for it; None, nobody knows, is not kept."""
    file = cache / folder / f"{str(image.digest).replace(':', '-')}.json" if cache else None
    with suppress(OSError, ValueError):  # not there yet, or not as we wrote it: asked for anew
        kept = json.loads(file.read_bytes()) if file else None
        if isinstance(kept, dict):
            return kept
    found = ask()
    if file and found is not None:
        write_whole(cache_folder(file.parent) / file.name, json.dumps(found).encode(), _RIGHTS)
    return found or {}
