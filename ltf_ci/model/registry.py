"""What a registry answers: an image is there, or it is not. A registry that does not answer is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ltf_ci.errors import BadInput, RegistryUnavailable
from ltf_ci.model.bounds import MOST, foreign_json
from ltf_ci.model.image import Digest
from ltf_ci.model.platform import normalized

_NO_PLATFORM = "unknown"  # an attestation's: it names the digest of the image that it attests
_ATTESTATION = "vnd.docker.reference.type"  # the annotation of one
_OF_IMAGES = ("application/vnd.oci.image.", "application/vnd.docker.distribution.manifest.")  # how media types begin
_CONFIGS = ("", "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")


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
class IndexEntry:
    """An image in an index: its digest, its platform as docker names it (empty: not said), and all that is said."""

    digest: Digest
    platform: str
    descriptor: Mapping[str, Any]

    @property
    def is_certain(self) -> bool:
        """Whether it is known, without a look at it, to be an image of one platform, and no index."""
        media_type = str(self.descriptor.get("mediaType"))
        return bool(self.platform) and media_type.endswith((".manifest.v1+json", ".manifest.v2+json"))


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

    @property
    def is_index(self) -> bool:
        """Whether it names manifests, an image's for each platform."""
        return isinstance(self.data.get("manifests"), list)

    @property
    def is_artifact(self) -> bool:
        """Whether it says that it is something else than an image or an index: a signature, for example."""
        config = self.data.get("config")
        return "artifactType" in self.data or (isinstance(config, Mapping) and media_type_of(config) not in _CONFIGS)

    @property
    def images(self) -> tuple[IndexEntry, ...]:
        """The images of an index; raise RegistryUnavailable where one has no digest.

        Attestations and other artifacts are none: they would attest what is no longer there.
        """
        entries = [entry for entry in self.data.get("manifests") or () if isinstance(entry, Mapping)]
        return tuple(self._entry(entry) for entry in entries if _is_image(entry))

    def _entry(self, descriptor: Mapping[str, Any]) -> IndexEntry:
        try:
            digest = Digest.parse(descriptor["digest"])
        except (LookupError, TypeError, BadInput) as error:
            raise self._unreadable("a digest for each image of the index") from error
        return IndexEntry(digest, platform_of(descriptor.get("platform")), descriptor)

    @property
    def parts(self) -> tuple[Digest, tuple[Digest, ...]]:
        """An image's config and its layers; raise RegistryUnavailable where it does not name them."""
        try:
            layers = tuple(Digest.parse(layer["digest"]) for layer in self.data["layers"])
            return Digest.parse(self.data["config"]["digest"]), layers
        except (LookupError, TypeError, BadInput) as error:
            raise self._unreadable("config and layers") from error

    def _unreadable(self, expected: str) -> RegistryUnavailable:
        return RegistryUnavailable(
            f"the manifest {self.digest} cannot be read",
            expected=expected,
            cure="look at what is under that name: docker buildx imagetools inspect",
        )


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
    """Return the media type that a manifest, or an index's entry, names; empty where it names none."""
    found = manifest.get("mediaType")
    return found if isinstance(found, str) else ""


def labels_of(manifest: StoredManifest, config: bytes) -> dict[str, str]:
    """Return an image's labels from its config."""
    settings = json_object(config, f"the config of {manifest.digest}").get("config")
    labels = settings.get("Labels") if isinstance(settings, dict) else None
    return {str(name): str(value) for name, value in labels.items()} if isinstance(labels, dict) else {}


def platform_of(known: object) -> str:
    """Return the name of a platform that an index's entry or a config has; empty where it has none."""
    if not isinstance(known, Mapping):
        return ""
    return normalized("/".join(str(known.get(key) or "") for key in ("os", "architecture", "variant")).rstrip("/"))


def _is_image(descriptor: Mapping[str, Any]) -> bool:
    """Whether an index's entry is an image, or another index of images, as far as it says."""
    platform, notes = descriptor.get("platform"), descriptor.get("annotations")
    is_attestation = isinstance(platform, Mapping) and platform.get("os") == _NO_PLATFORM
    if is_attestation or (isinstance(notes, Mapping) and _ATTESTATION in notes):
        return False
    media_type = media_type_of(descriptor)
    return (not media_type or media_type.startswith(_OF_IMAGES)) and descriptor.get("artifactType", "") in _CONFIGS
