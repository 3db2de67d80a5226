"""The fleet's images as the registries have them: the newest release of each version line, and public bases."""

from __future__ import annotations

from ltf_ci.clients.run import Outside
from ltf_ci.fleet.rules import notifying
from ltf_ci.fleet.rules.notifying import Made
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.latest import digest_now, standing
from ltf_ci.images.rules.tags import Standing
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import Unknown


def newest_release(dependent: Dependent, outside: Outside) -> Made | None:
    """Give an entry's newest release in its registry; None where there is none of its version line."""
    tag = notifying.newest(dependent, outside.registry.tags(dependent.image))
    if tag is None:
        return None
    image = dependent.image.tagged(tag)
    found = standing(outside.registry, image)
    if isinstance(found, Unknown):
        raise found.error(f"what {image} is")
    return Made(image, found.digest, found.labels) if isinstance(found, Standing) else None


def public_image(image: ImageName, outside: Outside) -> Made:
    """Give an image that is none of ours, as its registry has it now."""
    return Made(image, digest_now(image, outside.registry), ImageLabels())
