"""What is a release: what the lock says, before what an image's labels say; a name alone says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.image import Digest, ImageName

_Key = tuple[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class KnownReleases:
    """The digests that releases have in the languages repository's lock, by the image's name and tag."""

    digests: Mapping[_Key, Digest] = field(default_factory=dict)

    @classmethod
    def of(cls, releases: Iterable[tuple[ImageName, Digest]]) -> KnownReleases:
        """Return what is known where these are locked."""
        return cls({_key(image): digest for image, digest in releases})

    def digest(self, image: ImageName) -> Digest | None:
        """Return the digest that a release was locked with; None where the lock does not have it."""
        return self.digests.get(_key(image))

    def is_release(self, image: ImageName, digest: Digest, labels: ImageLabels) -> bool:
        """Whether what an image's name stands for is that release: the locked one, else one whose label names it.

        An image without that label is no release, whatever its name: someone wrote it there by hand.
        """
        locked = self.digest(image)
        return digest == locked if locked else str(labels.version) == image.tag


NOTHING_LOCKED = KnownReleases()


def _key(image: ImageName) -> _Key:
    return image.repository, image.tag
