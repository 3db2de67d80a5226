"""The platforms that an image is for."""

from __future__ import annotations

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import LtfError
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.registry import Absent, json_object, platform_of


def platforms_of(image: ImageName, registry: Registry) -> tuple[str, ...]:
    """Return the platforms of an image as docker writes them, `linux/amd64`: an index's in its order.

    One without a system or an architecture is left out.
    """
    names = (each.platform or _of_config(each.name, registry) for each in registry.images(image))
    return tuple(dict.fromkeys(filter(None, names)))


def platforms_of_latest(image: ImageName, registry: Registry) -> tuple[tuple[str, ...], tuple[Step, ...]]:
    """Return the platforms of an image's `latest`, and what became of the question."""
    latest = image.tagged(LATEST)
    try:
        if isinstance(registry.resolve(latest), Absent):
            return (), (Step("platform", StepState.SKIPPED, f"{latest} does not exist yet"),)
        platforms = platforms_of(latest, registry)
    except LtfError as error:
        left = f"if it has several, write `platform` into {SETTINGS}"
        return (), (Step("platform", StepState.SKIPPED, f"{error.found}; {left}"),)
    return platforms, (Step("platform", StepState.DONE, f"{latest} has {', '.join(platforms)}"),)


def _of_config(image: ImageName, registry: Registry) -> str:
    config, _ = registry.manifest(image).parts
    return platform_of(json_object(registry.blob(image, config), f"the config of {image}"))
