"""A registry that is asked once: each answer is kept for the whole run, and whoever asks meanwhile waits for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.images.kept_labels import labels_of
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import Answer

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Once(Generic[K, V]):
    """Calls once for each different word, also where many ask at the same moment; an error is an answer too."""

    def __init__(self, call: Callable[[K], V]) -> None:
        self._call = call
        self._lock = Lock()
        self._answers: dict[K, Future[V]] = {}

    def __call__(self, word: K) -> V:
        with self._lock:
            known = self._answers.get(word)
            answer = self._answers.setdefault(word, known or Future())
        if known is None:
            try:
                answer.set_result(self._call(word))
            except BaseException as error:  # noqa: BLE001 - whoever waits is told too
                answer.set_exception(error)
        return answer.result()


class SeenRegistry:
    """What a run sees of registries; labels of a digest are kept in a folder too, where there is one."""

    def __init__(self, registry: Registry, cache: Path | None) -> None:
        self._resolve = Once(registry.resolve)
        self._tags = Once(registry.tags)
        self._labels: Once[ImageName, Mapping[str, str]] = Once(lambda image: labels_of(registry, image, cache))

    def resolve(self, image: ImageName) -> Answer:
        """Return whether an image is there."""
        return self._resolve(image)

    def tags(self, image: ImageName) -> tuple[str, ...]:
        """Return all tags of an image."""
        return self._tags(image.untagged)

    def labels(self, image: ImageName) -> Mapping[str, str]:
        """Return an image's labels, by its digest."""
        return self._labels(image)
