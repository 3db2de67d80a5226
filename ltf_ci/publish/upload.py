"""Uploads an image of the docker daemon to the registry by its digest, without a tag: the very image of this id."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ltf_ci.clients.docker.archive import SavedFile, SavedImage, read_archive
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.model.build_spec import Base
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import StoredManifest, digest_of, json_object
from ltf_ci.publish.rules import manifests

_AT_ONCE = 4  # layers that are compressed and sent
_PIECE = 1024**2  # bytes


@dataclass(frozen=True, slots=True)
class BaseLayer:
    """A layer of the base image as its registry has it: the image, and the layer's descriptor in the manifest."""

    image: ImageName
    descriptor: Mapping[str, Any]


BaseLayers = Mapping[str, BaseLayer]  # by the digest of a layer, and by that of its unpacked content


def upload(
    image_id: str,
    image: ImageName,
    base: Base | None,
    architectures: Collection[str],
    docker: Docker,
    registry: Registry,
) -> StoredManifest:
    """Upload layers, config and manifest of the daemon's image; layers of its base are not packed again.

    Of an image of several platforms it is those of each, and the index.
    """
    known = _base_layers(base.name.at(base.digest), architectures, registry) if base else {}
    with temporary_folder("image") as folder:
        return _upload(read_archive(docker.saved(image_id), image_id, folder, known), image, known, registry)


def _upload(saved: SavedImage, image: ImageName, known: BaseLayers, registry: Registry) -> StoredManifest:
    for each in saved.images:
        _upload(each, image, known, registry)
    send = _send_as_is if saved.manifest else _send_packed
    layers = {layer.digest: layer for layer in saved.layers}  # once each: two RUNs may make the same one
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        sent = dict(zip(layers, pool.map(partial(send, image, known, registry), layers.values()), strict=True))
    if saved.config:
        registry.put_blob(image, saved.config)
    content, media_type = _manifest(saved, [sent[layer.digest] for layer in saved.layers])
    digest = registry.put_manifest(image.at(digest_of(content)), content, media_type)
    return StoredManifest(content, media_type, digest)


def _manifest(saved: SavedImage, layers: list[Mapping[str, Any]]) -> tuple[bytes, str]:
    if saved.manifest:
        return saved.manifest, manifests.media_type_of(json_object(saved.manifest, "the daemon's manifest"))
    return manifests.manifest_of(digest_of(saved.config), len(saved.config), layers)


def _send_as_is(image: ImageName, known: BaseLayers, registry: Registry, layer: SavedFile) -> Mapping[str, Any]:
    """Upload a layer that is packed already, under its own digest."""
    if layer.path is None:
        registry.bring_blob(known[str(layer.digest)].image, image, layer.digest)
    else:
        registry.put_file(image, layer.path)
    return {}


def _send_packed(image: ImageName, known: BaseLayers, registry: Registry, layer: SavedFile) -> Mapping[str, Any]:
    """Upload a layer, and return its descriptor: packed by gzip, or as the base's registry has it."""
    if layer.path is None:
        base = known[str(layer.digest)]
        registry.bring_blob(base.image, image, Digest.parse(base.descriptor["digest"]))
        return base.descriptor
    packed = _packed(layer.path)
    return manifests.layer(registry.put_file(image, packed), packed.stat().st_size)


def _packed(layer: Path) -> Path:
    """Pack a file by gzip, in place of it: its bytes depend on the content alone."""
    packed = layer.with_suffix(".gz")
    with (
        layer.open("rb") as content,
        packed.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as gz,
    ):
        shutil.copyfileobj(content, gz, _PIECE)
    layer.unlink()
    return packed


def _base_layers(base: ImageName, architectures: Collection[str], registry: Registry) -> BaseLayers:
    """Return the layers of the base's images of these architectures."""
    images = (each.name for each in registry.images(base) if {*each.platform.split("/")[1:2]} <= {*architectures})
    return {key: layer for image in images for key, layer in _layers_of(image, registry)}


def _layers_of(image: ImageName, registry: Registry) -> Iterator[tuple[str, BaseLayer]]:
    manifest = registry.manifest(image)
    config, _ = manifest.parts
    rootfs = json_object(registry.blob(image, config), f"the config of {image}").get("rootfs")
    unpacked = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    for descriptor, digest in zip(manifest.data["layers"], unpacked or (), strict=False):
        layer = BaseLayer(image, descriptor)
        yield from ((str(descriptor["digest"]), layer), (str(digest), layer))
