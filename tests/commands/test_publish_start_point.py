"""A repository without docker/ releases the image that its settings name: layers reused, by the registry alone."""

from __future__ import annotations

import shutil

import pytest

from embedded.base_image import push_base_image, push_base_index
from ltf_ci.clients.registry.media_types import INDEXES
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import Present
from tests.support.publishing import Publisher, environ_of
from tests.support.repositories import git

pytestmark = pytest.mark.machine

LABEL = "org.opencontainers.image."


@pytest.fixture
def start_point(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """Return a repository without docker/, where no docker daemon is, and no test is wanted."""
    shutil.rmtree(publisher.ltf.directory / "docker")
    (publisher.ltf.directory / ".github").mkdir()
    publisher.ltf.write(".github/ltf-ci.yml", "test: false\n")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    return publisher


def layers(publisher: Publisher, image: ImageName) -> list[str]:
    return [layer["digest"] for layer in publisher.registry.manifest(image).data["layers"]]


def test_the_layers_are_those_of_the_image_it_names(start_point: Publisher) -> None:
    commit = start_point.tagged("3.7.4-1")
    result = start_point.publish("--image-from", str(start_point.base))
    assert result.ended == (0, "done"), result
    target = start_point.image.tagged("3.7.4-1")
    assert layers(start_point, target) == layers(start_point, start_point.base)
    labels = start_point.labels("3.7.4-1")
    assert (labels[f"{LABEL}revision"], labels[f"{LABEL}version"]) == (commit, "3.7.4-1")
    base = start_point.registry.resolve(start_point.base)
    assert isinstance(base, Present)
    assert (labels[f"{LABEL}base.name"], labels[f"{LABEL}base.digest"]) == (str(start_point.base), str(base.digest))
    assert start_point.publish("--image-from", str(start_point.base)).conclusion == "nothing-to-do"


def test_an_index_stays_an_index_with_labels_on_each_platform(start_point: Publisher) -> None:
    index = start_point.base.tagged("index")
    push_base_index(start_point.registry, index, "amd64", "arm64")
    result = start_point.release("3.7.4-1", "--image-from", str(index))
    assert result.ended == (0, "done"), result
    manifest = start_point.registry.manifest(start_point.image.tagged("3.7.4-1"))
    assert manifest.media_type == INDEXES[0]
    platforms = {entry["platform"]["architecture"]: entry["digest"] for entry in manifest.data["manifests"]}
    assert set(platforms) == {"amd64", "arm64"}
    for digest in platforms.values():
        child = ImageName.parse(f"{start_point.image}@{digest}")
        assert start_point.registry.labels(child)[f"{LABEL}version"] == "3.7.4-1"


def test_layers_are_copied_from_another_registry(start_point: Publisher, open_registry: str) -> None:
    elsewhere = ImageName.parse(f"{open_registry}/far/base:1")
    push_base_image(start_point.registry, elsewhere, note="far")
    result = start_point.release("3.7.4-1", "--image-from", str(elsewhere))
    assert result.ended == (0, "done"), result
    assert layers(start_point, start_point.image.tagged("3.7.4-1")) == layers(start_point, elsewhere)


@pytest.mark.parametrize(
    ("labels", "source", "code", "kind"),
    [
        ({f"{LABEL}version": "3.7.4-9", f"{LABEL}revision": "c" * 40}, "8f1a2b3", 0, ""),
        ({f"{LABEL}version": "3.8.1-9", f"{LABEL}revision": "c" * 40}, "8f1a2b3", 4, "Refused"),  # by the label
        (
            {f"{LABEL}version": "3.8.1-9", f"{LABEL}revision": "c" * 40},
            "3.7.4-9",
            4,
            "Refused",
        ),  # it counts before a name
        ({}, "3.8.1-9", 1, ""),  # by the name, which check sees too
        ({}, "3.7.4-9", 0, ""),
        ({}, "8f1a2b3", 0, ""),  # nobody knows
    ],
)
def test_no_tag_has_another_version_than_the_image_it_is_made_of(
    start_point: Publisher, labels: dict[str, str], source: str, code: int, kind: str
) -> None:
    image = start_point.base.tagged(source)
    push_base_image(start_point.registry, image, note=source, Labels=labels)
    start_point.ltf.write(".github/ltf-ci.yml", f"test: false\nimage: {{from: '{image}'}}\n")
    ended = start_point.release("3.7.4-1")
    assert (ended.code, ended.error.kind if kind else "") == (code, kind), ended
    assert (start_point.digest("3.7.4-1") is not None) == (start_point.digest("latest") is not None) == (code == 0)
    checked = start_point.run_release(command="check")
    assert [f.rule for f in checked.findings] == (["image-from-version"] if source == "3.8.1-9" else []), checked


def test_without_the_image_it_says_where_to_name_it(start_point: Publisher) -> None:
    result = start_point.release("3.7.4-1")
    assert result.failure == (2, "UsageError")
    assert ".github/ltf-ci.yml" in result.error.cure


def test_next_makes_no_tag_of_an_image_that_does_not_exist(start_point: Publisher) -> None:
    folder = start_point.ltf.directory
    (folder / ".github").mkdir(exist_ok=True)
    start_point.ltf.write(".github/ltf-ci.yml", f"# ours\nimage-from: {start_point.host}/o/none:3.7.4-1\n")
    start_point.ltf.commit("Settings")
    before = git(folder, "tag", "--list")
    result = start_point.run("next", str(folder), environ=environ_of(start_point.host))
    assert result.code == 3, result
    expected = f".github/ltf-ci.yml:2:13: image-from: {start_point.host}/o/none:3.7.4-1 does not exist"
    assert result.error.found == expected
    assert git(folder, "tag", "--list") == before
