"""An image's manifest, of layers that registries have in docker's media types, in OCI's, or in both."""

from __future__ import annotations

import json

import pytest

from ltf_ci.model.image import Digest
from ltf_ci.publish.rules import manifests
from ltf_ci.publish.rules.manifests import DOCKER_MANIFEST, OCI_MANIFEST

DIGEST = Digest.parse(f"sha256:{'a' * 64}")
DOCKER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
OCI = "application/vnd.oci.image.layer.v1.tar+gzip"
ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"


@pytest.mark.parametrize(
    ("layers", "manifest", "written"),
    [
        ([], DOCKER_MANIFEST, []),
        ([DOCKER, DOCKER], DOCKER_MANIFEST, [DOCKER, DOCKER]),
        ([OCI, DOCKER], DOCKER_MANIFEST, [DOCKER, DOCKER]),
        ([ZSTD, DOCKER], OCI_MANIFEST, [ZSTD, OCI]),
    ],
)
def test_the_layers_have_the_types_of_one_form(layers: list[str], manifest: str, written: list[str]) -> None:
    described = [{**manifests.layer(DIGEST, 5), "mediaType": media_type} for media_type in layers]
    content, media_type = manifests.manifest_of(DIGEST, 7, described)
    data = json.loads(content)
    assert (media_type, data["mediaType"]) == (manifest, manifest)
    assert [layer["mediaType"] for layer in data["layers"]] == written
    assert data["config"]["size"] == 7
    assert manifests.media_type_of(data) == manifest


def test_a_manifest_without_a_type_is_oci_s() -> None:
    assert manifests.media_type_of({"schemaVersion": 2}) == OCI_MANIFEST
