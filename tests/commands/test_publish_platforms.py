"""`ltf-ci publish` of an image of two platforms: a real BuildKit daemon, a real registry, a real index."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from embedded.base_image import push_base_image, push_base_index, push_image
from embedded.buildkit import add_buildx
from embedded.daemon import CURRENT, DEBIANS
from ltf_ci.clients.registry.media_types import INDEXES
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import json_object
from tests.support.docker import daemon_version
from tests.support.publishing import Publisher
from tests.support.runnable import docker

OCI = "org.opencontainers.image."
ARCHITECTURES = ("amd64", "arm64")
PROVENANCE = "https://slsa.dev/provenance/v1"
SPDX = "https://spdx.dev/Document"
pytestmark = pytest.mark.machine


@pytest.fixture
def platforms(publisher: Publisher, builder: str) -> Publisher:
    """Return a repository whose base has two platforms, each with files of its own."""
    push_base_index(publisher.registry, publisher.base, *ARCHITECTURES)
    return publisher


@pytest.fixture
def words(builder: str) -> list[str]:
    """Return the words that ask for both."""
    return ["--builder", builder, *(word for name in ARCHITECTURES for word in ("--platform", f"linux/{name}"))]


def index(publisher: Publisher, tag: str) -> dict[str, Any]:
    found = publisher.registry.manifest(publisher.image.tagged(tag))
    assert found.media_type in INDEXES
    return found.data


def images(publisher: Publisher, tag: str) -> dict[str, ImageName]:
    """Return the index's images by their platforms."""
    found = {"/".join(child["platform"].values()): child["digest"] for child in index(publisher, tag)["manifests"]}
    return {name: ImageName.parse(f"{publisher.image}@{digest}") for name, digest in found.items()}


def attested(publisher: Publisher, tag: str) -> set[str]:
    """Return the kinds of the index's attestations."""
    kinds = set()
    for child in index(publisher, tag)["manifests"]:
        if child["platform"] == {"architecture": "unknown", "os": "unknown"}:
            manifest = publisher.registry.manifest(ImageName.parse(f"{publisher.image}@{child['digest']}"))
            kinds |= {layer["annotations"]["in-toto.io/predicate-type"] for layer in manifest.data["layers"]}
    return kinds


def test_each_platform_has_the_labels_and_the_layers_of_its_own_base(platforms: Publisher, words: list[str]) -> None:
    commit = platforms.tagged("3.7.4-1")
    result = platforms.publish(*words)
    assert result.ended == (0, "done"), result
    assert result.outputs["digest"] == str(platforms.digest("3.7.4-1"))
    found = images(platforms, "3.7.4-1")
    assert set(found) == {"amd64/linux", "arm64/linux"}
    bases = images_of_base(platforms)
    for name, image in found.items():
        labels = platforms.registry.labels(image)
        assert (labels[f"{OCI}revision"], labels[f"{OCI}version"]) == (commit, "3.7.4-1")
        assert layers(platforms, image)[:-1] == layers(platforms, bases[name])
    assert len({layers(platforms, image)[-2] for image in found.values()}) == 2


def images_of_base(publisher: Publisher) -> dict[str, ImageName]:
    children = publisher.registry.manifest(publisher.base).data["manifests"]
    place = publisher.base.untagged
    return {f"{c['platform']['architecture']}/linux": ImageName.parse(f"{place}@{c['digest']}") for c in children}


def layers(publisher: Publisher, image: ImageName) -> list[str]:
    return [layer["digest"] for layer in publisher.registry.manifest(image).data["layers"]]


def test_latest_keeps_its_platforms(platforms: Publisher, words: list[str]) -> None:
    """As the fleet's earlier builder left it: `latest` for both, and settings that ask for none."""
    latest = platforms.image.tagged("latest")
    before = push_base_index(platforms.registry, latest, *ARCHITECTURES)
    result = platforms.release("3.7.4-1")
    assert result.ended == (0, "done"), result
    assert result.step("latest").detail == "stays where it is: 3.7.4-1 lacks linux/arm64"
    assert result.rules == ["latest-platforms"]
    assert platforms.digest("latest") == before
    assert platforms.release("3.7.4-2", *words).step("latest").detail == "points at 3.7.4-2"
    assert platforms.release("3.7.4-3", "--latest", "always").step("latest").detail == "points at 3.7.4-3"


def test_the_plan_says_which_platforms(platforms: Publisher, words: list[str]) -> None:
    planned = platforms.release("3.7.4-1", *words, "--dry-run")
    assert (planned.code, planned.plan["platforms"]) == (0, ["linux/amd64", "linux/arm64"])
    assert platforms.registry.tags(platforms.image) == ()
    result = platforms.publish(*words)
    assert result.code == 0, result
    assert result.plan == planned.plan


def test_the_same_commit_again_writes_nothing(platforms: Publisher, words: list[str]) -> None:
    platforms.release("3.7.4-1", *words)
    before = platforms.digest("3.7.4-1")
    with platforms.watched() as proxy:
        result = platforms.publish(*words, "--push-to", proxy.host)
    assert (result.code, result.conclusion, proxy.writes) == (0, "nothing-to-do", [])
    assert proxy.asked
    assert platforms.digest("3.7.4-1") == platforms.digest("latest") == before


def test_another_commit_under_a_taken_tag_is_refused(platforms: Publisher, words: list[str]) -> None:
    platforms.release("3.7.4-1", *words)
    before = platforms.digest("3.7.4-1")
    platforms.tagged("3.7.4-1", content="other")
    with platforms.watched() as proxy:
        result = platforms.publish(*words, "--push-to", proxy.host)
    assert (result.code, result.error.kind, proxy.writes) == (4, "TagTaken", [])
    assert platforms.digest("3.7.4-1") == platforms.digest("latest") == before


def test_latest_is_the_newest_index_and_never_goes_back(platforms: Publisher, words: list[str]) -> None:
    for tag, newest in (("3.7.4-1", "3.7.4-1"), ("3.7.5-1", "3.7.5-1"), ("3.7.4-2", "3.7.5-1")):
        result = platforms.release(tag, *words)
        assert (result.code, result.outputs["latest-moved"]) == (0, str(tag == newest).lower())
        assert platforms.digest("latest") == platforms.digest(newest)
    assert len({str(platforms.digest(tag)) for tag in ("3.7.4-1", "3.7.5-1", "3.7.4-2")}) == 3


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ((), set()),
        (("--provenance",), {PROVENANCE}),
        (("--sbom",), {SPDX}),
        (("--provenance", "--sbom"), {PROVENANCE, SPDX}),
    ],
)
def test_attestations_are_there_when_asked_for(
    platforms: Publisher, words: list[str], more: tuple[str, ...], kinds: set[str]
) -> None:
    result = platforms.release("3.7.4-1", *words, *more)
    assert (result.code, attested(platforms, "3.7.4-1")) == (0, kinds), result
    assert platforms.labels("3.7.4-1")[f"{OCI}version"] == "3.7.4-1"
    assert platforms.publish(*words, *more).conclusion == "nothing-to-do"


def test_one_platform_with_provenance_is_an_index_too(platforms: Publisher, builder: str) -> None:
    result = platforms.release("3.7.4-1", "--builder", builder, "--platform", "linux/arm64", "--provenance")
    assert (result.code, set(images(platforms, "3.7.4-1"))) == (0, {"arm64/linux", "unknown/unknown"}), result


def test_one_platform_of_a_builder_is_a_plain_image(platforms: Publisher, builder: str) -> None:
    result = platforms.release("3.7.4-1", "--builder", builder, "--platform", "linux/arm64")
    assert result.ended == (0, "done"), result
    config, base = (
        config_of(platforms, image)
        for image in (platforms.image.tagged("3.7.4-1"), images_of_base(platforms)["arm64/linux"])
    )
    assert (config["architecture"], config["os"]) == ("arm64", "linux")
    assert config["rootfs"]["diff_ids"][:-1] == base["rootfs"]["diff_ids"]
    assert platforms.labels("3.7.4-1")[f"{OCI}version"] == "3.7.4-1"
    made, of_base = (
        layers(platforms, image)
        for image in (platforms.image.tagged("3.7.4-1"), images_of_base(platforms)["arm64/linux"])
    )
    assert made[:-1] == of_base, "the base's layers are its own, not packed anew"


def config_of(publisher: Publisher, image: ImageName) -> dict[str, Any]:
    digest = publisher.registry.manifest(image).data["config"]["digest"]
    return json_object(publisher.registry.blob(image, Digest.parse(digest)), "the config")


def test_a_builder_that_is_not_there_is_said(platforms: Publisher, words: list[str]) -> None:
    platforms.tagged("3.7.4-1")
    for more in ([], ["--dry-run"]):
        result = platforms.publish(*words, "--builder", "nobody", *more)
        assert result.failure == (7, "BuildFailed")
        assert "docker has no builder nobody" in result.error.found
    assert platforms.registry.tags(platforms.image) == ()


def test_a_builder_that_cannot_be_started_is_not_the_dockerfiles_fault(platforms: Publisher) -> None:
    """One in a container starts with the build, and no registry here has its image."""
    subprocess.run(["docker", "buildx", "create", "--name", "contained"], capture_output=True, check=True)
    platforms.tagged("3.7.4-1")
    result = platforms.publish("--builder", "contained", "--no-test")
    assert result.failure == (7, "BuildFailed")
    assert result.error.found.startswith("docker's builder could not be started: ")
    assert "Dockerfile" not in f"{result.error.found} {result.error.cure}"


def test_what_cannot_be_tested_here_is_not_built(platforms: Publisher, builder: str) -> None:
    """Of another processor's image the test is impossible: that is known before it is built, or relabelled."""
    platforms.is_tested = True
    platforms.ltf.write("docker/Dockerfile", f"FROM {platforms.base}\nCOPY nothing /\n")  # it would not build
    platforms.tagged("3.7.4-1")
    words = ("--builder", builder, "--platform", "linux/s390x")
    for more in ((), ("--dry-run",)):
        refused = platforms.publish(*words, *more)
        assert refused.failure == (3, "BadInput"), refused
        assert "is for linux/s390x, and cannot be tested by a docker daemon of" in refused.error.found
        assert "--no-test" in refused.error.cure
    platforms.is_tested = False
    assert platforms.publish(*words).failure == (7, "BuildFailed")


BOTH_PLATFORMS = ["--platform", "linux/amd64", "--platform", "linux/arm64"]


@pytest.mark.both_daemons
@pytest.mark.parametrize(
    ("more", "made"),
    [
        (BOTH_PLATFORMS, {"amd64/linux", "arm64/linux"}),
        (["--provenance"], {"amd64/linux", "unknown/unknown"}),
        ([*BOTH_PLATFORMS, "--provenance"], {"amd64/linux", "arm64/linux", "unknown/unknown"}),
        (["--platform", "linux/amd64"] * 2, None),
    ],
)
def test_dockers_own_builder_makes_an_index_where_its_image_store_holds_one(
    publisher: Publisher, request: pytest.FixtureRequest, more: list[str], made: set[str] | None
) -> None:
    add_buildx(Path(os.environ["DOCKER_CONFIG"]))
    push_base_index(publisher.registry, publisher.base, *ARCHITECTURES)
    publisher.tagged("3.7.4-1")
    result = publisher.publish(*more)
    if made and daemon_version(request) == DEBIANS:
        assert result.failure == publisher.publish(*more, "--dry-run").failure == (7, "BuildFailed"), result
        assert result.error.found.startswith("docker's own builder makes no image of several platforms here")
        assert publisher.registry.tags(publisher.image) == ()
        return
    assert result.ended == (0, "done"), result
    if made is None:
        assert "manifests" not in publisher.registry.manifest(publisher.image.tagged("3.7.4-1")).data
        return
    assert (set(images(publisher, "3.7.4-1")), bool(attested(publisher, "3.7.4-1"))) == (made, "--provenance" in more)
    for name, image in images_of_base(publisher).items():
        if name in made:
            assert layers(publisher, images(publisher, "3.7.4-1")[name])[:-1] == layers(publisher, image)
    assert publisher.publish(*more).conclusion == "nothing-to-do"


@pytest.mark.parametrize("docker_daemon", [CURRENT], indirect=True, scope="session")
def test_an_index_of_dockers_own_builder_is_tested_before_it_is_pushed(gated: Publisher, docker_daemon: str) -> None:
    result = gated.publish("--provenance")
    assert (result.ended, result.step("test red").state) == ((0, "done"), "done"), result
    assert "manifests" in gated.registry.manifest(gated.image.tagged("3.7.4-2")).data
    assert docker(docker_daemon, "image", "ls", "--quiet", "--filter", "reference=ltf-ci-*") == ""
    gated.ltf.write("docker/red_amber_green.rb", "lambda { |*_| :green }\n")
    assert gated.release("3.7.4-3", "--provenance").code == 1
    assert set(gated.registry.tags(gated.image)) == {"3.7.4-2", "latest"}


@pytest.mark.both_daemons
def test_a_builder_that_the_environment_names_is_there(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    add_buildx(Path(os.environ["DOCKER_CONFIG"]))
    monkeypatch.setenv("BUILDX_BUILDER", "nobody")
    publisher.tagged("3.7.4-1")
    for more in ([], ["--dry-run"]):
        result = publisher.publish(*more)
        assert result.failure == (7, "BuildFailed"), result
        assert (result.error.found, "BUILDX_BUILDER" in result.error.cure) == ('no builder "nobody" found', True)


@pytest.mark.both_daemons
def test_a_run_that_nothing_emulates_is_known_before_the_build(publisher: Publisher) -> None:
    """Docker's own builder runs what its kernel can; the stages that are built on this machine's platform need none."""
    cross = "FROM --platform=$BUILDPLATFORM {base} AS made\nRUN {run}\nFROM {base}\nCOPY --from=made /etc /x\n"
    words = ("--platform", "linux/s390x")
    push_base_image(publisher.registry, publisher.base, note="runs", runs=True)
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY nothing /\nRUN true\n")
    publisher.tagged("3.7.4-1")
    for command, *more in (("publish",), ("publish", "--dry-run"), ("build",), ("build", "--dry-run"), ("test",)):
        refused = publisher.run_release(*words, *more, command=command)
        assert refused.failure == (3, "BadInput"), refused
        assert refused.error.found.startswith("the Dockerfile has a RUN for linux/s390x, and docker runs programs of")
        assert "docker/setup-qemu-action" in refused.error.cure
    publisher.ltf.write("docker/Dockerfile", cross.format(base=publisher.base, run="true"))
    publisher.tagged("3.7.4-2")
    planned = publisher.publish(*words, "--dry-run")
    assert planned.ended == (0, "planned"), planned


def test_a_builder_that_lacks_the_emulation_is_told_how_to_get_it(platforms: Publisher, builder: str) -> None:
    """Another builder may have QEMU of its own, which it does not tell: the build says."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        shell = tarfile.TarInfo("bin/sh")
        shell.size, shell.mode = 13, 0o755
        tar.addfile(shell, io.BytesIO(b"of no machine"))
    push_base_image(platforms.registry, platforms.base, architecture="s390x", more=[raw.getvalue()])
    platforms.ltf.write("docker/Dockerfile", f"FROM {platforms.base}\nRUN true\n")
    refused = platforms.release("3.7.4-1", "--builder", builder, "--platform", "linux/s390x")
    assert refused.failure == (7, "BuildFailed"), refused
    assert "docker/setup-qemu-action" in refused.error.cure


def test_the_image_of_a_start_point_is_asked_for_its_platform(platforms: Publisher) -> None:
    shutil.rmtree(platforms.ltf.directory / "docker")
    source = platforms.base.tagged("of-another-processor")
    push_image(platforms.registry, source, {"os": "linux", "architecture": "s390x"}, [b"layer"])
    platforms.is_tested = True
    platforms.tagged("3.7.4-1")
    refused = platforms.publish("--image-from", str(source), "--dry-run")
    assert refused.failure == (3, "BadInput"), refused
    assert "the image is for linux/s390x" in refused.error.found


@pytest.mark.parametrize("more", [["--platform", "linux/amd64"], ["--platform", "linux/amd64", "--provenance"]])
def test_a_builder_without_buildx_is_refused(publisher: Publisher, more: list[str]) -> None:
    result = publisher.release("3.7.4-1", "--builder", "nobody", *more)
    assert result.failure == (10, "MissingTool"), result
    assert publisher.registry.tags(publisher.image) == ()
