"""An image made ready: built in the daemon, or in the registry under no tag yet. Its push is then one last call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Thread
from typing import Any, Protocol

from ltf_ci.clients.registry.registry import Registry, digest_of
from ltf_ci.clients.run import Run
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.build_cache import BuildCache
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import StoredManifest, images_of, parts_of
from ltf_ci.publish.plan import Relabel
from ltf_ci.publish.rules import relabelling


class Staged(Protocol):
    """An image that needs nothing more than its tag in the registry."""

    def push(self, image: ImageName, run: Run) -> Digest:
        """Push it under its tag; give its manifest's digest."""

    def in_daemon(self, image: ImageName, run: Run) -> str | None:
        """Have it in the docker daemon; give its id there, or None where it has none of the daemon's platform."""


class InDaemon:
    """Built in the daemon, under the name that it is pushed by."""

    def push(self, image: ImageName, run: Run) -> Digest:
        return run.docker.push(image, run.credentials(image.registry), run.log)

    def in_daemon(self, image: ImageName, run: Run) -> str | None:
        return run.docker.image_id(image)


@dataclass(frozen=True, slots=True)
class InRegistry:
    """In the registry by its digest alone."""

    manifest: StoredManifest

    def push(self, image: ImageName, run: Run) -> Digest:
        return run.registry.put_manifest(image, self.manifest.content, self.manifest.media_type)

    def in_daemon(self, image: ImageName, run: Run) -> str | None:
        pulled = image.at(self.manifest.digest)
        return run.docker.pull(pulled, run.credentials(image.registry), run.log)


def build(
    spec: BuildSpec, labels: ImageLabels, image: ImageName, run: Run, cache: BuildCache = BuildCache.NONE
) -> Staged:
    """Build the image; the docker daemon alone keeps its layers itself, and needs no `cache`."""
    with run.docker_login() as environment:
        builds = run.docker_build(environment)
        if builds.goes_to_daemon(spec):
            if cache is not BuildCache.NONE:
                run.log("docker's own builder keeps its layers on this machine: build-cache is not used")
            Thread(target=run.docker.answers, daemon=True).start()  # docker's library is slow to import: meanwhile
            builds.build(spec, labels.to_labels(), image)
            return InDaemon()
        digest = builds.build_and_push(spec, labels.to_labels(), image, cache)
    return InRegistry(run.registry.manifest(image.at(digest)))


def relabel(how: Relabel, labels: ImageLabels, image: ImageName, run: Run) -> Staged:
    """Bring another image's layers to this one's place, and give them a config and a manifest with these labels."""
    return InRegistry(_relabelled(how.source.at(how.digest), labels, image, run.registry))


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
