"""Which images are under a name: its own, those of an index and of indexes in it, and nothing that is no image."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ltf_ci.clients.registry.index import images_under
from ltf_ci.clients.registry.media_types import INDEXES, MANIFESTS
from ltf_ci.errors import RegistryUnavailable
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import StoredManifest, digest_of

IMAGE = ImageName.parse("h.io/o/x:1")
EMPTY = "application/vnd.oci.empty.v1+json"


class Store:
    """Has manifests by their digests, and one under the name; `asked` counts the looks."""

    def __init__(self) -> None:
        self.known: dict[Digest | None, bytes] = {}
        self.asked = 0

    def put(self, **data: Any) -> dict[str, Any]:
        """Store a manifest, and return the entry of an index for it."""
        content = json.dumps({"schemaVersion": 2, **data}).encode()
        self.known[digest_of(content)] = self.known[None] = content
        return {"mediaType": data.get("mediaType", MANIFESTS[0]), "digest": str(digest_of(content)), "size": 1}

    def image(self, name: str, **more: Any) -> dict[str, Any]:
        layer = {"digest": f"sha256:{name * 64}"}
        return self.put(config={"digest": layer["digest"]}, layers=[layer], **more)

    def index(self, *entries: Any) -> dict[str, Any]:
        return self.put(mediaType=INDEXES[0], manifests=list(entries))

    def manifest(self, image: ImageName) -> StoredManifest:
        self.asked += 1
        content = self.known[image.digest]
        return StoredManifest(content, "", digest_of(content))

    def found(self) -> list[tuple[str, str]]:
        """Return the letter of each image's layers, and its platform."""
        images = list(images_under(IMAGE, self.manifest))
        return [(self.manifest(each.name).parts[1][0].text[-1], each.platform) for each in images]


def of(architecture: str, system: str = "linux", **more: str) -> Mapping[str, Any]:
    return {"platform": {"os": system, "architecture": architecture, **more}}


@pytest.fixture
def store() -> Store:
    return Store()


def test_an_image_alone(store: Store) -> None:
    store.image("a")
    assert store.found() == [("a", "")]


def test_no_more_is_asked_than_an_index_leaves_open(store: Store) -> None:
    store.index({**store.image("a"), **of("amd64")}, {**store.image("b"), **of("arm64", variant="v8")})
    assert [each.platform for each in images_under(IMAGE, store.manifest)] == ["linux/amd64", "linux/arm64"]
    assert store.asked == 1


NO_IMAGES: dict[str, Mapping[str, Any]] = {
    "an attestation": of("unknown", "unknown"),
    "an attestation without a platform": {"annotations": {"vnd.docker.reference.type": "attestation-manifest"}},
    "an artifact": {"artifactType": "application/vnd.example.sbom"},
    "an artifact of old": {"mediaType": "application/vnd.oci.artifact.manifest.v1+json"},
    "a file": {"mediaType": "application/octet-stream"},
    "a type that is none": {"artifactType": 7},
}


@pytest.mark.parametrize("kind", NO_IMAGES)
def test_what_is_no_image_is_passed_over_wherever_it_is(kind: str, store: Store) -> None:
    other = {**store.put(config={}, layers=[]), **NO_IMAGES[kind]}
    store.index(other, {**store.image("a"), **of("amd64")}, other, "text", None)
    assert store.found() == [("a", "linux/amd64")]


@pytest.mark.parametrize(
    "more",
    [{"artifactType": "application/vnd.example.signature", "config": {}}, {"config": {"mediaType": EMPTY}}],
)
def test_an_artifact_that_only_its_own_manifest_names_is_none(more: Mapping[str, Any], store: Store) -> None:
    store.index(store.put(layers=[], **more), {**store.image("a"), **of("amd64")})
    assert store.found() == [("a", "linux/amd64")]


def test_an_index_in_an_index_is_read(store: Store) -> None:
    inner = store.index({**store.image("a"), **of("amd64")}, {**store.image("b"), **of("arm", variant="v7")})
    store.index(inner, {**store.image("c"), **of("s390x")})
    assert store.found() == [("a", "linux/amd64"), ("b", "linux/arm/v7"), ("c", "linux/s390x")]


def test_an_entry_that_says_little_is_looked_at(store: Store) -> None:
    entries = [{"digest": store.image(name)["digest"], **more} for name, more in (("a", {}), ("b", of("amd64")))]
    store.index(*entries)
    assert store.found() == [("a", ""), ("b", "linux/amd64")]


@pytest.mark.parametrize("entry", [{}, {"digest": 7}, {"digest": None}, {"digest": "latest"}, {"digest": ["sha256:0"]}])
def test_an_entry_without_a_digest_is_told(entry: Mapping[str, Any], store: Store) -> None:
    store.index({**of("amd64"), **entry})
    with pytest.raises(RegistryUnavailable, match="cannot be read") as told:
        store.found()
    assert "digest" in told.value.expected
    assert told.value.cure


@pytest.mark.parametrize("config", [None, {}, {"digest": 7}, {"digest": "latest"}, "text", ["digest"]])
@pytest.mark.parametrize("layers", [None, {}, [7], [{}], [{"digest": "latest"}], "text"])
def test_an_image_whose_parts_have_no_digest_is_told(config: Any, layers: Any, store: Store) -> None:
    store.put(config=config, layers=layers)
    with pytest.raises(RegistryUnavailable, match="cannot be read"):
        store.found()


def test_indexes_in_each_other_come_to_an_end(store: Store) -> None:
    entry = store.image("a")
    for _ in range(4):
        entry = store.index(entry)
    with pytest.raises(RegistryUnavailable, match="indexes nested"):
        store.found()
