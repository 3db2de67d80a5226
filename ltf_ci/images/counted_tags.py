"""The tags that an image's repositories and its registry have: all share one counter of revisions."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import LtfError
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName


@dataclass(frozen=True, slots=True)
class RegistryTags:
    """The tags that a registry has of an image; `unknown` is why it could not be asked."""

    names: frozenset[str] = frozenset()
    unknown: str = ""


def registry_tags(image: ImageName, registry: Registry) -> RegistryTags:
    """Return the tags of an image; those of a registry that cannot be asked are not known."""
    try:
        return RegistryTags(frozenset(registry.tags(image)))
    except LtfError as error:
        return RegistryTags(unknown=error.found)


def is_of_another_commit(image: ImageName, commit: Commit, registry: Registry) -> bool:
    """Whether the registry has this image, made of another commit: then its tag is taken."""
    found = image_under(registry, image)
    return isinstance(found, TaggedImage) and found.labels.revision != commit
