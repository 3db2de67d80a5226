"""What stands in the registry, with labels that are asked for once: those of a digest never change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ltf_ci.clients.files import cache_folder, write_whole
from ltf_ci.clients.registry import Registry
from ltf_ci.model.image import ImageName
from ltf_ci.model.labels import ImageLabels
from ltf_ci.model.registry import Present
from ltf_ci.rules.publishing import Found, Standing

FOLDER = "labels"
_RIGHTS = 0o600


def found_by(registry: Registry, image: ImageName, cache: Path | None, *, labelled: bool) -> Found:
    """Say what stands under an image's name; where no labels are asked for, only the digest is sure."""
    answer = registry.resolve(image)
    if not isinstance(answer, Present):
        return answer
    labels = labels_of(registry, image.at(answer.digest), cache) if labelled else {}
    return Standing(answer.digest, ImageLabels.from_labels(labels))


def labels_of(registry: Registry, image: ImageName, cache: Path | None) -> Mapping[str, str]:
    """Give the labels of an image that is named by its digest."""
    if cache is None:
        return registry.labels(image)
    file = cache / FOLDER / f"{str(image.digest).replace(':', '-')}.json"
    with suppress(OSError, ValueError):  # not there yet, or not as we wrote it: asked for anew
        kept = json.loads(file.read_bytes())
        if isinstance(kept, dict):
            return {str(name): str(value) for name, value in kept.items()}
    labels = registry.labels(image)
    write_whole(cache_folder(file.parent) / file.name, json.dumps(dict(labels)).encode(), _RIGHTS)
    return labels
