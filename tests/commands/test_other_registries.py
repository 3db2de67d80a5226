"""The whole sequence of a release's life over registries that other people wrote."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree

import pytest

from embedded.base_image import push_base_index
from ltf_ci.clients.registry.media_types import INDEXES
from ltf_ci.clients.registry.registry import Registry
from tests.support.listing import LIST
from tests.support.other_registries import OtherRegistry
from tests.support.publishing import Publisher, RunCommand, environ_of, publisher_at
from tests.support.result import Result
from tests.support.watched import DEPENDENTS

pytestmark = pytest.mark.machine


@pytest.fixture
def publisher(
    other_registry: OtherRegistry, docker_host: str, folder: Path, run: RunCommand, registry_client: Registry
) -> Publisher:
    return publisher_at(other_registry.place, folder, run, registry_client)


def layers(publisher: Publisher, tag: str) -> object:
    return publisher.registry.manifest(publisher.image.tagged(tag)).parts[1]


def changed(publisher: Publisher, began: str) -> Result:
    return publisher.run("changed", began, environ=environ_of(publisher.host))


def delete(publisher: Publisher, registry: OtherRegistry, tag: str) -> None:
    """Delete an image as its registry allows it: by its digest, by its tag, or by both."""
    for reference in filter(None, (publisher.digest(tag), tag)):
        registry.delete(publisher.image.repository[1], str(reference))
    assert publisher.digest(tag) is None


class Listed:
    """A languages repository's folder that lists one release of each version line, with a lock."""

    def __init__(self, publisher: Publisher, folder: Path) -> None:
        self.publisher = publisher
        self.folder = folder
        folder.mkdir()
        lines = (f"{publisher.ltf.directory}?tag={tag}\n" for tag in ("3.7.3-1", "3.7.4-3", "3.7.5-1"))
        (folder / LIST).write_text("".join(lines))
        (folder / DEPENDENTS).write_text("{}\n")
        assert self.run("list", "lock", str(folder / LIST), "--write").code == 0

    def run(self, *words: str) -> Result:
        return self.publisher.run(*words, "--allow-local", environ=environ_of(self.publisher.host))

    def check(self) -> Result:
        return self.run("list", "check", str(self.folder / LIST))

    def watch(self) -> Result:
        return self.run("watch", str(self.folder))


def test_a_releases_life(publisher: Publisher, other_registry: OtherRegistry, tmp_path: Path) -> None:
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

    listed = Listed(publisher, tmp_path / "languages")
    assert [found.rule for found in listed.check().findings if found.severity == "error"] == []
    assert (listed.check().code, listed.watch().code) == (0, 0)

    delete(publisher, other_registry, "3.7.5-1")
    assert "list-image" in listed.check().rules
    gone = listed.watch()
    assert gone.code == 1, gone  # also where `latest` outlives its image
    assert "image-gone" in gone.rules
    assert publisher.publish(*relabelled).ended == (0, "done")
    delete(publisher, other_registry, "3.7.4-3")
    assert changed(publisher, began).code == 1  # it is gone
