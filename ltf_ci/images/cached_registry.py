"""A registry that is asked once for each thing: its answers hold for the whole run.

What a digest names never changes: its labels and its size are kept in a folder too, where there is one, for later runs.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from ltf_ci.clients.deadline import ends_within
from ltf_ci.clients.files import cache_folder, write_whole
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import LtfError
from ltf_ci.model.bounds import foreign_json
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import Answer

LABELS, SIZES = "labels", "sizes"  # folders
_RIGHTS = 0o600
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class CachedRegistry:
    """Reads a registry; labels and sizes are those of an image that is named by its digest.

    Not for code that writes a tag: what it must know is what the tag names now.
    """

    def __init__(self, registry: Registry, folder: Path | None = None) -> None:
        self._registry = registry
        self._folder = folder
        self._resolve = _Memo(registry.resolve, registry.longest)
        self._tags = _Memo(registry.tags, registry.longest)
        self._labels = _Memo(self._read_labels, registry.longest)
        self._size = _Memo(self._read_size, registry.longest)

    def resolve(self, image: ImageName) -> Answer:
        """Return whether an image exists."""
        return self._resolve(image)

    def tags(self, image: ImageName) -> tuple[str, ...]:
        """Return all tags of an image."""
        return self._tags(image.untagged)

    def labels(self, image: ImageName) -> Mapping[str, str]:
        """Return an image's labels."""
        return self._labels(image)

    def size(self, image: ImageName) -> int | None:
        """Return an image's compressed size in bytes; None where it cannot be had."""
        return self._size(image)

    def _read_labels(self, image: ImageName) -> Mapping[str, str]:
        kept = self._kept(image, LABELS, lambda: dict(self._registry.labels(image)))
        return {str(name): str(value) for name, value in kept.items()}

    def _read_size(self, image: ImageName) -> int | None:
        def ask() -> Mapping[str, Any] | None:
            size = self._registry.size(image)
            return None if size is None else {"size": size}

        size = self._kept(image, SIZES, ask).get("size")
        return size if isinstance(size, int) else None

    def _kept(self, image: ImageName, kind: str, ask: Callable[[], Mapping[str, Any] | None]) -> Mapping[str, Any]:
        """Return what the folder keeps of a digest, or ask for it and keep that; None, not known, is not kept."""
        file = self._folder / kind / f"{str(image.digest).replace(':', '-')}.json" if self._folder else None
        with suppress(OSError, ValueError):  # not kept yet, or not as it is written here: asked for again
            kept = foreign_json(file.read_bytes()) if file else None
            if isinstance(kept, dict):
                return kept
        found = ask()
        if file and found is not None:
            write_whole(cache_folder(file.parent) / file.name, json.dumps(found).encode(), _RIGHTS)
        return found or {}


class _Memo(Generic[K, V]):
    """Calls once for each argument, also where many threads ask at the same moment; an error is an answer too.

    Whatever one call asks for, and however often, takes `seconds` at most.
    """

    def __init__(self, call: Callable[[K], V], seconds: float) -> None:
        self._call = call
        self._seconds = seconds
        self._locks: defaultdict[K, Lock] = defaultdict(Lock)
        self._answers: dict[K, V | LtfError] = {}

    def __call__(self, argument: K) -> V:
        with self._locks[argument]:
            if argument not in self._answers:
                self._answers[argument] = self._ask(argument)
            answer = self._answers[argument]
        if isinstance(answer, LtfError):
            raise answer
        return answer

    def _ask(self, argument: K) -> V | LtfError:
        try:
            with ends_within(self._seconds):
                return self._call(argument)
        except LtfError as error:
            return error
