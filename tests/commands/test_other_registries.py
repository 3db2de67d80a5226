"""The whole sequence of a release's life over registries that other people wrote."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path
from shutil import rmtree

import pytest

from embedded.base_image import push_base_index
from ltf_ci.clients.registry.registry import INDEXES, Registry
from ltf_ci.model.registry import parts_of
from tests.support.publishing import Publisher, RunCommand, environ_of, publisher_at
from tests.support.result import Result

pytestmark = pytest.mark.machine


@pytest.fixture
def publisher(
    other_registry: str, docker_host: str, folder: Path, run: RunCommand, registry_client: Registry
) -> Publisher:
    return publisher_at(other_registry, folder, run, registry_client)


def layers(publisher: Publisher, tag: str) -> object:
    return parts_of(publisher.registry.manifest(publisher.image.tagged(tag)))[1]


def changed(publisher: Publisher, began: str) -> Result:
    return publisher.run("changed", began, environ=environ_of(publisher.host))


def delete(publisher: Publisher, tag: str) -> None:
    """Delete an image as its registry allows it: by its tag, by its digest, or both."""
    connection = HTTPConnection(publisher.host)
    for reference in filter(None, (publisher.digest(tag), tag)):
        connection.request("DELETE", f"/v2/{publisher.image.repository[1]}/manifests/{reference}")
        connection.getresponse().read()
    connection.close()
    assert publisher.digest(tag) is None


def test_a_releases_life(publisher: Publisher) -> None:
    assert publisher.release("3.7.4-1").ended == (0, "done")
    assert publisher.publish().ended == (0, "nothing-to-do")

    publisher.tagged("3.7.4-1", content="another commit")
    assert publisher.publish().failure == (4, "TagTaken")

    assert publisher.release("3.7.4-2").ended == (0, "done")
    publisher.ltf.write("start_point/hiker.sh", "echo $((6 * 9)) # changed\n")
    assert publisher.release("3.7.4-3").ended == (0, "done")
    assert layers(publisher, "3.7.4-3") == layers(publisher, "3.7.4-2")  # reused

    assert publisher.release("3.7.3-1").outputs["latest-moved"] == "false"
    assert publisher.latest() == "3.7.4-3"

    rmtree(publisher.ltf.directory / "docker")
    index = publisher.base.tagged("index")
    push_base_index(publisher.registry, index, "amd64", "arm64")
    relabelled = ("--image-from", str(index), "--no-test")
    assert publisher.release("3.7.5-1", *relabelled).ended == (0, "done")
    assert publisher.registry.manifest(publisher.image.tagged("3.7.5-1")).media_type == INDEXES[0]
    assert publisher.latest() == "3.7.5-1"

    began = f"{publisher.image}:3.7.4-3@{publisher.digest('3.7.4-3')}"
    assert (changed(publisher, began).code, changed(publisher, began).plan["latest-differs"]) == (0, True)
    tags = {"3.7.3-1", "3.7.4-1", "3.7.4-2", "3.7.4-3", "3.7.5-1", "latest"}
    assert set(publisher.registry.tags(publisher.image)) == tags

    delete(publisher, "3.7.5-1")
    assert publisher.publish(*relabelled).ended == (0, "done")
    delete(publisher, "3.7.4-3")
    assert changed(publisher, began).code == 1  # it is gone
