"""Where only start files changed: the earlier revision whose layers a release can have without a build."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain, islice

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.machine import architecture
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import LtfError, NotInRegistry
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import json_object
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.plan import Reuse
from ltf_ci.publish.rules import reusing

LOOKED_FOR = 5  # git's tags: one that failed its test has no image


def reusable(
    candidate: Candidate,
    spec: BuildSpec,
    git: Git,
    registry: Registry,
    log: Callable[[str], None],
    known: KnownReleases,
) -> Reuse | None:
    """Return the newest earlier revision, where it was built of the same inputs and the registry has all of it."""
    if not spec.is_reproduced_by_inputs:
        return None
    try:
        return _reusable(candidate, spec, git, registry, known)
    except NotInRegistry as error:
        log(f"nothing is reused, for something is gone: {error.found}")
        return None


def _reusable(
    candidate: Candidate, spec: BuildSpec, git: Git, registry: Registry, known: KnownReleases
) -> Reuse | None:
    tag, there = _newest_below(candidate, git, registry)
    wanted = candidate.labels_of_build(spec)
    if not (tag and there and reusing.is_of_same_build(wanted, tag, git.commit_of(str(tag)), there.labels)):
        return None
    source = candidate.image.tagged(tag)
    if not known.is_release(source, there.digest, there.labels):
        return None
    image = source.at(there.digest)
    _look_for_all(image, registry)
    return Reuse(source, there.digest, spec) if _is_of_platform(image, spec, registry) else None


def _newest_below(
    candidate: Candidate, git: Git, registry: Registry
) -> tuple[ReleaseTag, TaggedImage] | tuple[None, None]:
    """Return the newest earlier revision that has an image."""
    for tag in islice(reusing.earlier(candidate.tag, git.tags()), LOOKED_FOR):
        found = image_under(registry, candidate.image.tagged(tag))
        if isinstance(found, TaggedImage):
            return tag, found
    return None, None


def _look_for_all(image: ImageName, registry: Registry) -> None:
    """Raise NotInRegistry where the registry has not config and layers of an image, or of all an index's images."""
    parts = [registry.manifest(each.name).parts for each in registry.images(image)]
    blobs = chain.from_iterable((config, *layers) for config, layers in parts)
    for answer in concurrently(partial(registry.look_for_blob, image), blobs).values():
        if isinstance(answer, LtfError):
            raise answer


def _is_of_platform(image: ImageName, spec: BuildSpec, registry: Registry) -> bool:
    """Whether a build would be for the same platform: where none is asked for, it is this machine's own."""
    return bool(spec.platforms) or {_architecture(each.name, registry) for each in registry.images(image)} == {
        architecture()
    }


def _architecture(image: ImageName, registry: Registry) -> object:
    config, _ = registry.manifest(image).parts
    return json_object(registry.blob(image, config), f"the config of {image}").get("architecture")
