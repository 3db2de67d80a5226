"""A staged image: in the docker daemon, or in the registry without a tag, and ready to be pushed under its tag."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import TypeAlias

from ltf_ci.clients.docker.build import DockerBuild
from ltf_ci.clients.docker.build_cache import BuildCache
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.machine import architecture
from ltf_ci.clients.own_names import Maker
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput, DockerFailed
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import StoredManifest, digest_of
from ltf_ci.publish.plan import Relabel
from ltf_ci.publish.rules import relabelling
from ltf_ci.publish.upload import upload

_COPIES_LAG = Patience(retries=4, pause=0.5)  # of a registry, behind what was just pushed to it


@dataclass(frozen=True, slots=True)
class InRegistry:
    """An image in its registry by the digest alone: all but its tag is there."""

    image: ImageName
    manifest: StoredManifest
    registry: Registry
    docker: Docker
    loaded: ImageName | None = None

    def image_id(self) -> str | None:
        """Return the id of the image in the daemon, pulled; None where there is none for the daemon's platform.

        Where the builder gave the daemon the same image, a pull by the digest finds all of it there.
        """
        name = self.image.at(self.manifest.digest)
        return with_retries(lambda: self.docker.pull(name), _COPIES_LAG, lambda error: isinstance(error, BadInput))

    def uploaded(self) -> InRegistry:
        """Return the image in its registry."""
        return self

    def push(self) -> Digest:
        """Put the image under its tag, in one call, and return its manifest's digest."""
        return self.registry.put_manifest(self.image, self.manifest.content, self.manifest.media_type)

    def discard(self) -> None:
        """Leave the image: registries remove what has no tag. The daemon's loses the name that this run gave it."""
        if self.loaded:
            self.docker.remove(str(self.loaded))


@dataclass(frozen=True, slots=True)
class InDaemon:
    """An image in the daemon: its id there, under a name that this run alone uses."""

    image: ImageName
    name: ImageName
    id: str
    spec: BuildSpec
    registry: Registry
    docker: Docker

    def image_id(self) -> str:
        """Return the id of the image in the daemon."""
        return self.id

    def uploaded(self) -> InRegistry:
        """Upload the image of this id, whatever its names are by now."""
        architectures = {each.split("/")[1] for each in self.spec.platforms} or {self.docker.architecture_of(self.id)}
        manifest = upload(self.id, self.image, self.spec.base, architectures, self.docker, self.registry)
        return InRegistry(self.image, manifest, self.registry, self.docker)

    def discard(self) -> None:
        """Remove the image from the daemon, where it has no other name."""
        self.docker.remove(str(self.name))


Staged: TypeAlias = InDaemon | InRegistry


def build(
    spec: BuildSpec,
    labels: ImageLabels,
    image: ImageName,
    run: Run,
    cache: BuildCache = BuildCache.NONE,
    *,
    is_run: bool = False,
) -> Staged:
    """Build the image, in the daemon or by a builder elsewhere; only the latter uses `cache`.

    Where it `is_run` then, a builder elsewhere gives it to the daemon too, from which nothing need be pulled.
    """
    with run.docker_login() as environment:
        builds = run.docker_build(environment)
        if builds.goes_to_daemon(spec):
            Thread(target=run.docker.load, daemon=True).start()  # meanwhile
            return _in_daemon(builds, spec, labels, image, run)
        is_loaded = is_run and spec.is_plain_on(architecture())
        loaded = ImageName.parse(run.docker.new_name()) if is_loaded else None
        digest = builds.build_and_push(spec, labels.to_labels(), image, cache, loaded)
    run.registry.note_push(image.at(digest), digest)
    return InRegistry(image, run.registry.manifest(image.at(digest)), run.registry, run.docker, loaded)


def build_into_daemon(spec: BuildSpec, labels: ImageLabels, image: ImageName, run: Run) -> None:
    """Build the image into the daemon, and give it its name when it is whole."""
    run.docker.check()  # else docker's own words would be taken for a fault of the Dockerfile
    with run.docker_login() as environment:
        staged = _in_daemon(run.docker_build(environment), spec, labels, image, run)
    run.docker.rename(staged.name, image)


def _in_daemon(builds: DockerBuild, spec: BuildSpec, labels: ImageLabels, image: ImageName, run: Run) -> InDaemon:
    name, wanted = ImageName.parse(Maker.this().name()), labels.to_labels()
    builds.build(spec, wanted, name)
    run.docker.remove_left_overs()
    image_id = run.docker.image_id(name)
    if image_id is None:
        found = f"docker has built {name} elsewhere than at {run.docker.endpoint}"
        raise DockerFailed(found, expected="one daemon that builds and tests", cure="run it again")
    if not wanted.items() <= run.docker.labels_of(image_id).items():  # whoever uses the daemon may give it the name
        with suppress(DockerFailed):
            run.docker.remove(str(name))
        found = f"{name} at {run.docker.endpoint} is another image than the one that was just built"
        raise DockerFailed(found, expected="the labels of the build", cure="see what else builds there; run it again")
    return InDaemon(image, name, image_id, spec, run.registry, run.docker)


def relabel(source: Relabel, labels: ImageLabels, image: ImageName, registry: Registry, docker: Docker) -> InRegistry:
    """Stage an image of another image's layers, with a config and a manifest that have these labels."""
    manifest = _relabelled(source.source.at(source.digest), labels, image, registry)
    return InRegistry(image, manifest, registry, docker)


def _relabelled(source: ImageName, labels: ImageLabels, image: ImageName, registry: Registry) -> StoredManifest:
    manifest = registry.manifest(source)
    if not manifest.is_index:
        return _put(image, _relabelled_image(manifest, source, labels, image, registry), manifest.media_type, registry)
    images = list(registry.images(source))
    if not images:
        raise BadInput(f"{source} is an index without an image", expected="an image", cure="name another: image-from")
    made = []
    for each in images:
        of_one = registry.manifest(each.name)
        content = _relabelled_image(of_one, each.name, labels, image, registry)
        made.append((each.descriptor, _put(image, content, of_one.media_type, registry)))
    return _put(image, relabelling.with_images(manifest.data, made), manifest.media_type, registry)


def _put(image: ImageName, content: bytes, media_type: str, registry: Registry) -> StoredManifest:
    digest = registry.put_manifest(image.at(digest_of(content)), content, media_type)
    return StoredManifest(content, media_type, digest)


def _relabelled_image(
    manifest: StoredManifest, source: ImageName, labels: ImageLabels, image: ImageName, registry: Registry
) -> bytes:
    config_digest, layers = manifest.parts
    for layer in layers if source.untagged != image.untagged else ():
        registry.bring_blob(source, image, layer)
    config = relabelling.relabelled_config(registry.blob(source, config_digest), labels)
    return relabelling.with_config(manifest.content, registry.put_blob(image, config), len(config))
