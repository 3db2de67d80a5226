"""The platforms of an image, as its manifest and its config name them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ltf_ci.clients.registry.index import FoundImage, images_under
from ltf_ci.clients.registry.media_types import MANIFESTS
from ltf_ci.images.platforms import platforms_of
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import StoredManifest, digest_of

CONFIG = Digest(f"sha256:{'1' * 64}")


class RegistryOf:
    """Has one manifest, and one config."""

    def __init__(self, manifest: dict[str, Any], config: object) -> None:
        self._manifest, self._config = json.dumps(manifest).encode(), json.dumps(config).encode()

    def manifest(self, _image: ImageName) -> StoredManifest:
        return StoredManifest(self._manifest, "", digest_of(self._manifest))

    def images(self, image: ImageName) -> Iterator[FoundImage]:
        return images_under(image, self.manifest)

    def blob(self, _image: ImageName, digest: Digest) -> bytes:
        assert digest == CONFIG
        return self._config


def index(*platforms: object) -> dict[str, Any]:
    entry = {"digest": str(CONFIG), "mediaType": MANIFESTS[0]}
    return {"manifests": [{**entry, "platform": platform} for platform in platforms]}


AMD, ARM = ({"os": "linux", "architecture": name} for name in ("amd64", "arm64"))
SINGLE = {"config": {"digest": str(CONFIG)}, "layers": []}


@pytest.mark.parametrize(
    ("manifest", "config", "expected"),
    [
        (index(AMD, ARM), None, {"linux/amd64", "linux/arm64"}),
        (index(AMD, {"os": "unknown", "architecture": "unknown"}), None, {"linux/amd64"}),  # an attestation
        (index({**ARM, "variant": "v8"}), None, {"linux/arm64"}),
        (index({"os": "linux", "architecture": "arm", "variant": "v7"}), None, {"linux/arm/v7"}),
        (index({"os": "linux", "architecture": "arm"}), None, {"linux/arm/v7"}),
        (index({**AMD, "variant": "v1"}), None, {"linux/amd64"}),
        (index({**AMD, "variant": "v3"}), None, {"linux/amd64/v3"}),
        (index({"os": "Linux", "architecture": "aarch64"}), None, {"linux/arm64"}),
        (SINGLE, AMD, {"linux/amd64"}),
        (SINGLE, {"os": "linux"}, set()),
        (SINGLE, {"os": "linux", "architecture": "arm"}, {"linux/arm/v7"}),
        (SINGLE, {"os": 7, "architecture": ["a"]}, set()),
    ],
)
def test_platforms(manifest: dict[str, Any], config: object, expected: set[str]) -> None:
    assert {*platforms_of(ImageName.parse("a/b:1"), RegistryOf(manifest, config))} == expected  # type: ignore[arg-type]
