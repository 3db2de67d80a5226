"""The platforms that an image is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import LtfError
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.registry import Absent, StoredManifest, images_of, json_object, parts_of


def platforms_of(image: ImageName, registry: Registry) -> tuple[str, ...]:
    """Return the platforms of an image as docker writes them, `linux/amd64`: an index's in its order.

    One without a system or an architecture is left out.
    """
    manifest = registry.manifest(image)
    if isinstance(manifest.data.get("manifests"), list):
        known = [entry.get("platform") for entry in images_of(manifest.data)]
    else:
        known = [_config(image, manifest, registry)]
    names = (_platform(each) for each in known if isinstance(each, Mapping))
    return tuple(dict.fromkeys(name for name in names if "/" in name))


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


def _config(image: ImageName, manifest: StoredManifest, registry: Registry) -> Mapping[str, Any]:
    config = parts_of(manifest)[0]
    return json_object(registry.blob(image, config), f"the config of {image}")


def _platform(known: Mapping[str, Any]) -> str:
    parts = [str(known.get(key)) for key in ("os", "architecture", "variant") if known.get(key)]
    return "/".join(parts[:2] if parts[1:] == ["arm64", "v8"] else parts)  # docker takes the two for the same
