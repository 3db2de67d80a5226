"""A build's layers, kept from run to run: a real BuildKit that has forgotten all, and a real registry."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

import pytest

from embedded.programs import program
from ltf_ci.clients.docker.build_cache import TAG
from ltf_ci.model.image import ImageName
from tests.support.actions_cache import DEFAULT, ActionsCache
from tests.support.proxy import Answered, Asked, Pass
from tests.support.publishing import Publisher

DRAWN = 'RUN ["/bin/busybox", "sh", "-c", "/bin/busybox head -c 9 /dev/urandom > /drawn"]'
pytestmark = pytest.mark.machine


@pytest.fixture
def drawing(publisher: Publisher, builder: str) -> Publisher:
    """Return a repository with a layer that no two builds make alike, before one that each release changes."""
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\n{DRAWN}\nCOPY content /content\n")
    return publisher


def released(publisher: Publisher, builder: str, tag: str, *words: str) -> str:
    """Release other content on a builder that has forgotten all; return the drawn layer's digest."""
    prune = [program("docker"), "buildx", "prune", "--all", "--force", "--builder", builder]
    subprocess.run(prune, capture_output=True, check=True)
    publisher.tagged(tag, content=tag)
    result = publisher.publish("--builder", builder, *words)
    assert result.ended == (0, "done"), result
    return drawn(publisher, publisher.image.tagged(tag))


def drawn(publisher: Publisher, image: ImageName) -> str:
    manifest = publisher.registry.manifest(image).data
    layers = manifest["layers"]
    return str(layers[-2]["digest"])


def test_a_second_run_takes_the_layers_that_the_registry_keeps(drawing: Publisher, builder: str) -> None:
    first = released(drawing, builder, "3.7.4-1")
    assert released(drawing, builder, "3.7.4-2") == first
    assert drawing.latest() == "3.7.4-2"
    assert set(drawing.registry.tags(drawing.image)) == {"3.7.4-1", "3.7.4-2", "latest", TAG}


@pytest.mark.parametrize("word", [("--no-cache",), ("--build-cache", "none")])
def test_nothing_is_kept_where_nothing_is_to_be_taken(drawing: Publisher, builder: str, word: tuple[str, ...]) -> None:
    first = released(drawing, builder, "3.7.4-1", *word)
    assert TAG not in drawing.registry.tags(drawing.image)
    assert released(drawing, builder, "3.7.4-2") != first


def test_a_rebuild_without_cache_reads_none_that_is_there(drawing: Publisher, builder: str) -> None:
    first = released(drawing, builder, "3.7.4-1")
    assert released(drawing, builder, "3.7.4-2", "--no-cache") != first


def test_a_cache_that_cannot_be_written_fails_no_release(drawing: Publisher, builder: str) -> None:
    refused = []

    def no_cache(asked: Asked, pass_on: Pass) -> Answered:
        if asked.method == "PUT" and asked.path.endswith(f"/manifests/{TAG}"):
            refused.append(asked.path)
            return Answered(403, {"Content-Type": "application/json"}, b'{"errors":[{"code":"DENIED"}]}')
        return pass_on(asked)

    with drawing.watched(no_cache) as proxy:
        released(drawing, builder, "3.7.4-1", "--push-to", proxy.host)
    assert refused
    assert TAG not in drawing.registry.tags(drawing.image)


def test_what_is_built_is_the_same_with_a_cache_and_without(drawing: Publisher, builder: str) -> None:
    drawing.ltf.write("docker/Dockerfile", f"FROM {drawing.base}\nCOPY content /content\n")
    drawing.tagged("3.7.4-1", content="same")
    plans, digests = [], set()
    for cache in ("none", "registry"):
        words = ("--builder", builder, "--build-cache", cache, "--push-to", f"{drawing.host}/{cache}")
        result = drawing.publish(*words)
        assert result.code == 0, result
        plans.append(result.plan | {"image": ""})
        digests.add(result.outputs["digest"])
    assert plans[0] == plans[1]
    assert len(digests) == 1


def released_by_a_run(
    drawing: Publisher, builder: str, tag: str, monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]
) -> str:
    """Release in a job of GitHub's that has its cache."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return released(drawing, builder, tag, "--build-cache", "gha")


def test_a_second_run_on_a_branch_takes_the_layers_that_github_keeps(
    drawing: Publisher, builder: str, actions_cache: ActionsCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = released_by_a_run(drawing, builder, "3.7.4-1", monkeypatch, actions_cache.variables(DEFAULT))
    assert released_by_a_run(drawing, builder, "3.7.4-2", monkeypatch, actions_cache.variables(DEFAULT)) == first
    assert TAG not in drawing.registry.tags(drawing.image)
    assert any(f"-{drawing.image.path}-" in key for _, key, _ in actions_cache.entries)


def test_a_run_for_a_tag_takes_what_the_default_branch_kept_and_nothing_of_another_tag(
    drawing: Publisher, builder: str, actions_cache: ActionsCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on(ref: str, tag: str) -> str:
        return released_by_a_run(drawing, builder, tag, monkeypatch, actions_cache.variables(ref))

    first = on("refs/tags/3.7.4-1", "3.7.4-1")
    assert on("refs/tags/3.7.4-2", "3.7.4-2") != first
    kept = on(DEFAULT, "3.7.4-3")
    assert on("refs/tags/3.7.4-4", "3.7.4-4") == kept


def test_a_run_whose_token_github_refuses_releases_without_its_cache(
    drawing: Publisher, builder: str, actions_cache: ActionsCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = actions_cache.variables(DEFAULT)
    actions_cache.tokens.clear()
    released_by_a_run(drawing, builder, "3.7.4-1", monkeypatch, variables)
    assert actions_cache.entries == {}


def test_a_push_that_the_registry_stumbled_over_is_made_again(drawing: Publisher, builder: str) -> None:
    stumbled: list[str] = []

    def once(asked: Asked, pass_on: Pass) -> Answered:
        if asked.method == "PUT" and "/manifests/sha256:" in asked.path and not stumbled:
            stumbled.append(asked.path)
            error = b'{"errors": [{"code": "MANIFEST_BLOB_UNKNOWN", "message": "blob unknown to registry"}]}'
            return Answered(404, {"Content-Type": "application/json"}, error)
        return pass_on(asked)

    drawing.tagged("3.7.4-1", content="stumbled")
    with drawing.watched(once) as proxy:
        words = ("--builder", builder, "--push-to", proxy.host, "--build-cache", "none")
        result = drawing.publish(*words)
    assert (result.code, result.conclusion, len(stumbled)) == (0, "done", 1), result
