"""A builder elsewhere: each layer goes to the registry once, and to the daemon for its test without the registry."""

from __future__ import annotations

from collections import Counter

import pytest

from embedded.base_image import push_base_image
from ltf_ci.clients.docker.build_cache import TAG
from tests.commands.test_traffic_gate import LAMBDA
from tests.support.proxy import Asked
from tests.support.publishing import Publisher
from tests.support.runnable import docker

pytestmark = pytest.mark.machine


@pytest.fixture
def gated(publisher: Publisher, builder: str) -> Publisher:
    """Return a repository whose start files give their colours in what a builder elsewhere builds."""
    push_base_image(publisher.registry, publisher.base, note=publisher.host, runs=True)
    publisher.is_tested = True
    publisher.ltf.write("docker/red_amber_green.rb", f"{LAMBDA}# of {publisher.image} alone\n")
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY red_amber_green.rb /usr/local/bin/\n")
    return publisher


def uploaded(asked: list[Asked]) -> Counter[str]:
    """Return how many times each blob was uploaded."""
    ends = (each.path.partition("digest=")[2] for each in asked if each.method == "PUT" and "/uploads/" in each.path)
    return Counter(end.partition("&")[0].replace("%3A", ":") for end in ends)


def layers(publisher: Publisher, tag: str) -> list[str]:
    return [layer["digest"] for layer in publisher.registry.manifest(publisher.image.tagged(tag)).data["layers"]]


@pytest.mark.both_daemons
def test_a_layer_goes_up_once_and_none_comes_down(gated: Publisher, builder: str, docker_host: str) -> None:
    gated.tagged("3.7.4-1")
    with gated.watched() as proxy:
        result = gated.publish("--builder", builder, "--push-to", proxy.host)
    assert result.ended == (0, "done"), result
    assert result.step("test green").state == "done"
    mine, sent = layers(gated, "3.7.4-1"), uploaded(proxy.asked)
    assert [digest for digest in mine if sent[digest] > 1] == []
    assert sent[mine[-1]] == 1  # no other repository has it: it could not be mounted
    assert [a.path for a in proxy.asked if a.method == "GET" and any(a.path.endswith(digest) for digest in mine)] == []
    assert TAG in gated.registry.tags(gated.image)
    assert docker(docker_host, "image", "ls", "--quiet", "ltf-ci-*") == ""
    assert docker(docker_host, "ps", "--all", "--quiet") == ""


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [("start_point/hiker.sh", "echo $((6 * 8))\n", "traffic-light-edit")],
)
def test_what_no_image_could_pass_builds_none(
    gated: Publisher, builder: str, docker_host: str, path: str, text: str, rule: str
) -> None:
    gated.ltf.write(path, text)
    gated.tagged("3.7.4-1")
    with gated.watched() as proxy:
        result = gated.publish("--builder", builder, "--push-to", proxy.host)
    assert (result.ended, result.rules) == ((1, "failed"), [rule]), result
    assert [a.path for a in proxy.asked if a.method == "PUT"] == []


def test_a_daemon_that_the_test_needs_is_missed_before_the_build(
    gated: Publisher, builder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated.tagged("3.7.4-1")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with gated.watched() as proxy:
        result = gated.publish("--builder", builder, "--push-to", proxy.host)
    assert result.error.kind == "DockerFailed", result
    assert [a.path for a in proxy.asked if a.method == "PUT"] == []


def test_where_nothing_is_run_no_daemon_is_asked(
    gated: Publisher, builder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated.tagged("3.7.4-1")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    result = gated.publish("--builder", builder, "--no-test")
    assert result.ended == (0, "done"), result
