"""The fleet's images as the registries have them: the newest release of each version line, and public bases."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.fleet.rules import notifying
from ltf_ci.fleet.rules.notifying import Made
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.latest import digest_now, image_under
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.image import ImageName


def newest_release(dependent: Dependent, run: Run) -> Made | None:
    """Return an entry's newest release in its registry; None where there is none of its version line."""
    tag = notifying.newest(dependent, run.registry.tags(dependent.image))
    if tag is None:
        return None
    image = dependent.image.tagged(tag)
    found = image_under(run.registry, image)
    return Made(image, found.digest, found.labels) if isinstance(found, TaggedImage) else None


def public_image(image: ImageName, run: Run) -> Made:
    """Return an image that is none of ours, as its registry has it now."""
    return Made(image, digest_now(image, run.registry), ImageLabels())
