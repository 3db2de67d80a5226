"""The media types of manifests: which there are, and which one a manifest has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ltf_ci.model.registry import media_type_of

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
ACCEPTED = {"Accept": ", ".join((*INDEXES, *MANIFESTS))}
OF_DOCKER = "application/vnd.docker."


def manifest_type(header: str, manifest: Mapping[str, Any]) -> str:
    """Return a manifest's media type: as its JSON names it, else the Content-Type it came with, else by its parts.

    A server that keeps files may name any type, and one may come with parameters.
    """
    sent = header.partition(";")[0].strip().lower()
    named = (media_type_of(manifest), sent)
    return next((each for each in named if each in (*INDEXES, *MANIFESTS)), "") or _by_parts(manifest) or sent


def _by_parts(manifest: Mapping[str, Any]) -> str:
    config = manifest.get("config")
    if isinstance(manifest.get("manifests"), list):
        return INDEXES[0]
    if not isinstance(config, Mapping) or not isinstance(manifest.get("layers"), list):
        return ""
    return MANIFESTS[str(config.get("mediaType")).startswith(OF_DOCKER)]
