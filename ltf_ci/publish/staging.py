"""A staged image: in the docker daemon, or in the registry without a tag, and ready to be pushed under its tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Thread
from typing import Any, Protocol

from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.build_cache import BuildCache
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import StoredManifest, digest_of, images_of, parts_of
from ltf_ci.publish.plan import Relabel
from ltf_ci.publish.rules import relabelling


class Staged(Protocol):
    """An image that has all but its tag in the registry."""

    def push(self, image: ImageName, registry: Registry) -> Digest:
        """Push the image under its tag, and return its manifest's digest."""

    def image_id(self, image: ImageName, docker: Docker) -> str | None:
        """Return the id of the image in the daemon; None where there is none for the daemon's platform."""


@dataclass(frozen=True, slots=True)
class InDaemon:
    """An image in the daemon, under the name that it is pushed by."""

    docker: Docker

    def push(self, image: ImageName, registry: Registry) -> Digest:  # noqa: ARG002 - the daemon pushes by itself
        return self.docker.push(image)

    def image_id(self, image: ImageName, docker: Docker) -> str | None:
        return docker.image_id(image)


@dataclass(frozen=True, slots=True)
class InRegistry:
    """An image in the registry, by its digest alone."""

    manifest: StoredManifest

    def push(self, image: ImageName, registry: Registry) -> Digest:
        return registry.put_manifest(image, self.manifest.content, self.manifest.media_type)

    def image_id(self, image: ImageName, docker: Docker) -> str | None:
        return docker.pull(image.at(self.manifest.digest))


def build(
    spec: BuildSpec, labels: ImageLabels, image: ImageName, run: Run, cache: BuildCache = BuildCache.NONE
) -> Staged:
    """Build the image, in the daemon or by a builder elsewhere; only the latter uses `cache`."""
    with run.docker_login() as environment:
        builds = run.docker_build(environment)
        if builds.goes_to_daemon(spec):
            if cache is not BuildCache.NONE:
                run.log("docker's own builder keeps its layers on this machine: build-cache is not used")
            Thread(target=run.docker.answers, daemon=True).start()  # docker's library is slow to import: meanwhile
            builds.build(spec, labels.to_labels(), image)
            return InDaemon(run.docker)
        digest = builds.build_and_push(spec, labels.to_labels(), image, cache)
    return InRegistry(run.registry.manifest(image.at(digest)))


def relabel(source: Relabel, labels: ImageLabels, image: ImageName, registry: Registry) -> Staged:
    """Stage an image of another image's layers, with a config and a manifest that have these labels."""
    return InRegistry(_relabelled(source.source.at(source.digest), labels, image, registry))


def _relabelled(source: ImageName, labels: ImageLabels, image: ImageName, registry: Registry) -> StoredManifest:
    manifest = registry.manifest(source)
    if "manifests" in manifest.data:
        content = _relabelled_index(manifest.data, source, labels, image, registry)
    else:
        content = _relabelled_image(manifest, source, labels, image, registry)
    digest = registry.put_manifest(image.at(digest_of(content)), content, manifest.media_type)
    return StoredManifest(content, manifest.media_type, digest)


def _relabelled_index(
    index: Mapping[str, Any], source: ImageName, labels: ImageLabels, image: ImageName, registry: Registry
) -> bytes:
    made: dict[str, tuple[Digest, int]] = {}
    for entry in images_of(index):
        child = _relabelled(source.at(Digest.parse(str(entry["digest"]))), labels, image, registry)
        made[str(entry["digest"])] = child.digest, len(child.content)
    return relabelling.with_images(index, made)


def _relabelled_image(
    manifest: StoredManifest, source: ImageName, labels: ImageLabels, image: ImageName, registry: Registry
) -> bytes:
    config_digest, layers = parts_of(manifest)
    for layer in layers if source.untagged != image.untagged else ():
        registry.bring_blob(source, image, layer)
    config = relabelling.relabelled_config(registry.blob(source, config_digest), labels)
    return relabelling.with_config(manifest.content, registry.put_blob(image, config), len(config))
