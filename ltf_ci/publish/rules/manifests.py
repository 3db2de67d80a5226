"""The manifest of an image: in docker's media types where all of its layers have one, else in OCI's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ltf_ci.model.image import Digest

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
_OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
_DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_TO_DOCKER = {_OCI_LAYER: _DOCKER_LAYER}
_TO_OCI = {_DOCKER_LAYER: _OCI_LAYER}


def layer(digest: Digest, size: int) -> Mapping[str, Any]:
    """Return the descriptor of a layer that is packed by gzip; `size` in bytes."""
    return {"mediaType": _DOCKER_LAYER, "size": size, "digest": str(digest)}


def manifest_of(config: Digest, size: int, layers: Sequence[Mapping[str, Any]]) -> tuple[bytes, str]:
    """Return a manifest and its media type, for a config of `size` bytes and these layers, from the lowest on."""
    is_docker = all(_TO_DOCKER.get(each["mediaType"], each["mediaType"]) == _DOCKER_LAYER for each in layers)
    media_type, types = (DOCKER_MANIFEST, _TO_DOCKER) if is_docker else (OCI_MANIFEST, _TO_OCI)
    config_type = _DOCKER_CONFIG if is_docker else _OCI_CONFIG
    data = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {"mediaType": config_type, "size": size, "digest": str(config)},
        "layers": [{**each, "mediaType": types.get(each["mediaType"], each["mediaType"])} for each in layers],
    }
    return json.dumps(data, separators=(",", ":")).encode(), media_type


def media_type_of(manifest: Mapping[str, Any]) -> str:
    """Return a manifest's own media type; OCI's where it has none."""
    return str(manifest.get("mediaType") or OCI_MANIFEST)
