"""Other labels over the same layers: nothing else of a config, a manifest or an index changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ltf_ci.errors import LtfError, Refused
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import StoredManifest
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.publish.rules.relabelling import refuse_other_version, relabelled_config, with_config, with_images

OCI = "org.opencontainers.image."
NEW = ImageLabels(revision=Commit("a" * 40))
OLD, OTHER, THIRD = (Digest(f"sha256:{digit * 64}") for digit in "123")


def config(labels: dict[str, str] | None, **more: Any) -> bytes:
    settings = {"Cmd": ["bash"], **({} if labels is None else {"Labels": labels})}
    return json.dumps({"os": "linux", "config": settings, "rootfs": {"diff_ids": ["é"]}, **more}, indent=1).encode()


@pytest.mark.parametrize(
    ("there", "kept"),
    [
        ({f"{OCI}revision": "b" * 40, f"{OCI}version": "3.7.4-1", "maintainer": "me"}, {"maintainer": "me"}),
        ({"z": "1", "a": "2", f"{OCI}vendor": "them"}, {"a": "2", f"{OCI}vendor": "them", "z": "1"}),
        ({}, {}),
        (None, {}),
    ],
)
def test_labels_of_an_earlier_release_go_and_all_others_stay(
    there: dict[str, str] | None, kept: dict[str, str]
) -> None:
    before, after = json.loads(config(there)), json.loads(relabelled_config(config(there), NEW))
    assert after["config"].pop("Labels") == {**kept, f"{OCI}revision": "a" * 40}
    before["config"].pop("Labels", None)
    assert after == before


def test_the_same_labels_give_the_same_bytes_in_whatever_order_they_stood() -> None:
    one, other = ({"b": "1", "a": "2"}, {"a": "2", "b": "1"})
    assert relabelled_config(config(one), NEW) == relabelled_config(config(other), NEW)
    assert "é" in relabelled_config(config({}), NEW).decode()


@pytest.mark.parametrize("settings", [None, {}])
def test_a_config_without_settings_gets_the_labels(settings: object) -> None:
    raw = relabelled_config(json.dumps({"config": settings}).encode(), NEW)
    assert json.loads(raw) == {"config": {"Labels": {f"{OCI}revision": "a" * 40}}}


@pytest.mark.parametrize("raw", [b"[]", b"{", b"\xff", b'"x"'])
def test_what_is_no_object_is_told(raw: bytes) -> None:
    with pytest.raises(LtfError):
        relabelled_config(raw, NEW)
    with pytest.raises(LtfError):
        with_config(raw, OTHER, 3)


def test_a_manifest_names_the_new_config_and_the_same_layers() -> None:
    before = {"layers": [{"digest": str(THIRD)}], "config": {"mediaType": "c", "digest": str(OLD), "size": 1}, "x": 1}
    after = json.loads(with_config(json.dumps(before).encode(), OTHER, 17))
    assert after == {**before, "config": {"mediaType": "c", "digest": str(OTHER), "size": 17}}


def test_an_index_names_the_new_images() -> None:
    amd = {"digest": str(OLD), "size": 1, "platform": {"os": "linux", "architecture": "amd64"}, "x": "y"}
    arm = {"digest": str(OTHER), "size": 2, "platform": {"os": "linux", "architecture": "arm64"}}
    index = {"mediaType": "i", "manifests": [amd, {"digest": str(THIRD)}, arm]}
    made = [StoredManifest(b"{}" * size, "", Digest(f"sha256:{str(size) * 64}")) for size in (4, 5)]
    after = json.loads(with_images(index, zip((amd, arm), made, strict=True)))
    assert after["mediaType"] == "i"
    assert after["manifests"] == [
        {**amd, "digest": f"sha256:{'4' * 64}", "size": 8},
        {**arm, "digest": f"sha256:{'5' * 64}", "size": 10},
    ]


@pytest.mark.parametrize(
    ("source", "version"),
    [
        ("o/python:3.14.3-2", ""),
        ("o/python:9e3179c", "3.14.3-2"),
        ("o/python:99.8.7-5", "3.14.3-2"),  # the label goes before the name
    ],
)
def test_an_image_of_another_version_than_the_tag_is_refused(source: str, version: str) -> None:
    labels = ImageLabels(version=ReleaseTag.parse(version) if version else None)
    with pytest.raises(Refused, match=r"has version 3\.14\.3"):
        refuse_other_version(ReleaseTag.parse("99.8.7-1"), ImageName.parse(source), labels)


@pytest.mark.parametrize(
    ("source", "version"),
    [
        ("o/python:99.8.7-2", ""),
        ("o/python:9e3179c", "99.8.7-2"),
        ("o/python:2733119", ""),  # a commit, and no version
        ("o/python:latest", ""),
    ],
)
def test_an_image_of_the_tags_version_or_of_none_is_not(source: str, version: str) -> None:
    labels = ImageLabels(version=ReleaseTag.parse(version) if version else None)
    refuse_other_version(ReleaseTag.parse("99.8.7-1"), ImageName.parse(source), labels)
