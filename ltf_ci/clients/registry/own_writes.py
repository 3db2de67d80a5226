"""What a run has written itself: a registry of several copies may not know it yet, for some seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent, Answer, Present

T = TypeVar("T")
_WAITS = (0.1, 0.4, 1, 2, 4)  # seconds between looks


@dataclass(frozen=True, slots=True)
class _Write:
    """What was written, the answer before that, and the waits that are left."""

    digest: Digest
    before: Answer | None
    waits: Iterator[float] = field(default_factory=lambda: iter(_WAITS))


class OwnWrites:
    """Names that this run wrote. Each is asked again, for some seconds, while its answer is the one from before."""

    def __init__(self, pause: float) -> None:
        """`pause` is 1, or less where waits are to be shorter."""
        self._pause = min(1, pause)
        self._seen: dict[ImageName, Answer] = {}
        self._written: dict[ImageName, _Write] = {}

    def add(self, image: ImageName, digest: Digest) -> None:
        """Remember that a tag, or a digest, was written."""
        self._written[image] = _Write(digest, self._seen.get(image))

    def answer(self, image: ImageName, ask: Callable[[], Answer]) -> Answer:
        """Return what a name means; the answer from before it was written counts only where it stays the same."""

        def is_outdated(found: Answer) -> bool:
            write = self._written[image]
            is_written = isinstance(found, Present) and found.digest == write.digest
            return not is_written and found in (Absent(), write.before)

        found = self._seen[image] = self._settled([image], ask, is_outdated)
        return found

    def until_present(self, image: ImageName, ask: Callable[[], T], is_absent: Callable[[T], bool]) -> T:
        """Return the answer about a name; about one that was written, ask again while it is absent."""
        return self._settled([image], ask, is_absent)

    def tags(self, image: ImageName, ask: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        """Return an image's tags, asked again while one that was written is not among them."""
        own = [name for name in list(self._written) if name.tag and name.untagged == image.untagged]
        return self._settled(own, ask, lambda found: any(name.tag not in found for name in own))

    def _settled(self, names: Iterable[ImageName], ask: Callable[[], T], is_outdated: Callable[[T], bool]) -> T:
        waits = [self._written[name].waits for name in names if name in self._written]
        found = ask()
        while waits and is_outdated(found):
            wait = next((wait for each in waits for wait in each), None)
            if wait is None:
                return found
            time.sleep(wait * self._pause)
            found = ask()
        return found
