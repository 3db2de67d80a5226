"""The fleet's images as the registries have them: the newest release of each version line, and public bases."""

from __future__ import annotations

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.fleet.rules import notifying
from ltf_ci.fleet.rules.notifying import Made
from ltf_ci.images.labels import ImageLabels, is_relabelled
from ltf_ci.images.latest import digest_now, image_under
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.image import ImageName


def newest_release(dependent: Dependent, registry: Registry) -> Made | None:
    """Return an entry's newest release in its registry; None where there is none of its version line.

    Of one image name a start point's releases are those made of that image, and an image repository's the others.
    """
    for tag in notifying.of_line(dependent, registry.tags(dependent.image)):
        image = dependent.image.tagged(tag)
        found = image_under(registry, image)
        if isinstance(found, TaggedImage) and is_relabelled(image, found.labels) is dependent.is_start_point:
            return Made(image, found.digest, found.labels)
    return None


def public_image(image: ImageName, registry: Registry) -> Made:
    """Return an image that no entry makes, as its registry has it now."""
    return Made(image, digest_now(image, registry), ImageLabels())
