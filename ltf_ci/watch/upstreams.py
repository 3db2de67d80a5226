"""What upstream has of the images that a fleet is made FROM and does not make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.registry_reader import RegistryReader
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.registry import Present
from ltf_ci.watch.rules import versions
from ltf_ci.watch.rules.upstream import Upstream


def roots(graph: ImageGraph) -> list[Upstream]:
    """Return the images that no repository of the fleet makes, each with the tags that ours are made FROM."""
    found: dict[tuple[str, str], Upstream] = {}
    for image, numbers in graph.roots.items():
        if image.tag:
            place = graph.entries[numbers[0]].place
            known = found.setdefault(image.repository, Upstream(image.untagged, place, (), ()))
            lines = {graph.entries[number].line for number in numbers} - {""}
            floating = () if versions.read(image.tag) else tuple((image.tag, line) for line in sorted(lines))
            ours = tuple(sorted({*known.ours, image.tag}))
            found[image.repository] = replace(known, ours=ours, floating=(*known.floating, *floating))
    return [found[key] for key in sorted(found)]


def with_tags(root: Upstream, registry: RegistryReader) -> Upstream:
    """Return an upstream with its tags, and the versions that its floating ones stand for."""
    tags = registry.tags(root.image)
    known = versions.comparable(root.compared, tags)
    latest, stable = (
        _version_of(root.image.tagged(name), known, registry) if name in tags else None
        for name in (LATEST, versions.STABLE)
    )
    return replace(root, tags=tags, latest=latest, stable=stable)


def digest(image: ImageName, registry: RegistryReader) -> str | None:
    """Return the digest that an image's name has now; None where it is gone."""
    found = registry.resolve(image)
    return str(found.digest) if isinstance(found, Present) else None


def _version_of(image: ImageName, versions: Iterable[str], registry: RegistryReader) -> str | None:
    """Return the one of these tags that an image's name stands for; empty where it is none of them."""
    now = digest(image, registry) if versions else None
    if now is None:
        return None
    return next((tag for tag in versions if digest(image.tagged(tag), registry) == now), "")
