"""What a registry answers: an image is there, or it is not. A registry that does not answer is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ltf_ci.errors import RegistryUnavailable
from ltf_ci.model.bounds import MOST, foreign_json
from ltf_ci.model.image import Digest

NO_PLATFORM = "unknown"  # an attestation's: it names the digest of the image that it attests


@dataclass(frozen=True, slots=True)
class Present:
    """The image exists: its manifest's digest and media type."""

    digest: Digest
    media_type: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The registry answered that it has no such image."""


Answer: TypeAlias = Present | Absent


@dataclass(frozen=True, slots=True)
class StoredManifest:
    """A manifest's bytes as a registry keeps them, and the digest that names them."""

    content: bytes
    media_type: str
    digest: Digest

    @property
    def data(self) -> dict[str, Any]:
        """Its JSON; raise RegistryUnavailable where it is no object."""
        return json_object(self.content, f"the manifest {self.digest}")


def digest_of(content: bytes) -> Digest:
    """Return the digest that names these bytes."""
    import hashlib  # slow to import; `check` needs none of it

    return Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")


def json_object(content: bytes, what: str, most: int = MOST) -> dict[str, Any]:
    """Read a JSON object that a registry sent, or raise RegistryUnavailable."""
    why = "it is another JSON value"
    try:
        data = foreign_json(content, most)
    except ValueError as error:
        data, why = None, str(error)[:100]
    if not isinstance(data, dict):
        raise RegistryUnavailable(f"{what} is not a JSON object: {why}", cure="look at what the registry answers")
    return data


def media_type_of(manifest: Mapping[str, Any]) -> str:
    """Return the media type that a manifest's JSON names; empty where it names none."""
    found = manifest.get("mediaType")
    return found if isinstance(found, str) else ""


def parts_of(manifest: StoredManifest) -> tuple[Digest, tuple[Digest, ...]]:
    """Return what an image's manifest names: its config and its layers; raise RegistryUnavailable where it does not."""
    try:
        layers = tuple(Digest.parse(layer["digest"]) for layer in manifest.data["layers"])
        return Digest.parse(manifest.data["config"]["digest"]), layers
    except (KeyError, TypeError) as error:
        raise RegistryUnavailable(
            f"the manifest {manifest.digest} cannot be read",
            expected="config and layers",
            cure="look at what is under that name: docker buildx imagetools inspect",
        ) from error


def labels_of(manifest: StoredManifest, config: bytes) -> dict[str, str]:
    """Return an image's labels from its config."""
    settings = json_object(config, f"the config of {manifest.digest}").get("config")
    labels = settings.get("Labels") if isinstance(settings, dict) else None
    return {str(name): str(value) for name, value in labels.items()} if isinstance(labels, dict) else {}


def images_of(index: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return an index's entries that are images: attestations are none, and would attest what is no longer there."""
    entries = [entry for entry in index.get("manifests") or () if isinstance(entry, Mapping)]
    return [entry for entry in entries if not _is_attestation(entry.get("platform"))]


def _is_attestation(platform: object) -> bool:
    return isinstance(platform, Mapping) and platform.get("os") == NO_PLATFORM
