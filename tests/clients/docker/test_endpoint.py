"""Which daemon is used: the one that docker's own command uses."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from embedded.buildkit import add_buildx
from ltf_ci.clients.docker.build import DockerPrograms
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.clients.docker.endpoint import find_endpoint
from ltf_ci.errors import DockerFailed
from tests.support.docker import hesitant_daemon
from tests.support.publishing import Publisher

HERE, THERE = "unix:///here/docker.sock", "unix:///there/docker.sock"


def docker(*words: str) -> None:
    subprocess.run(["docker", *words], check=True, capture_output=True)


def make_context(name: str, address: str) -> None:
    docker("context", "create", name, "--docker", f"host={address}")


@pytest.fixture(autouse=True)
def nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_word_it_is_dockers_default() -> None:
    found = find_endpoint()
    assert (found.address, found.named_by, str(found)) == (
        "unix:///var/run/docker.sock",
        "",
        "unix:///var/run/docker.sock",
    )


def test_the_context_that_is_used_counts() -> None:
    make_context("mine", HERE)
    docker("context", "use", "mine")
    assert str(find_endpoint()) == f"{HERE} (the docker context mine)"


def test_docker_context_counts_before_the_one_that_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    make_context("mine", HERE)
    make_context("other", THERE)
    docker("context", "use", "mine")
    monkeypatch.setenv("DOCKER_CONTEXT", "other")
    assert find_endpoint().address == THERE
    monkeypatch.setenv("DOCKER_CONTEXT", "default")
    assert find_endpoint().named_by == ""


def test_docker_host_counts_before_any_context(monkeypatch: pytest.MonkeyPatch) -> None:
    make_context("mine", HERE)
    monkeypatch.setenv("DOCKER_CONTEXT", "mine")
    monkeypatch.setenv("DOCKER_HOST", THERE)
    assert str(find_endpoint()) == f"{THERE} (DOCKER_HOST)"


def test_a_context_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "no-such")
    with pytest.raises(DockerFailed, match=r"does not find its context: .*no-such"):
        Docker().check()


def test_a_daemon_that_a_context_names_must_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    make_context("mine", HERE)
    monkeypatch.setenv("DOCKER_CONTEXT", "mine")
    with pytest.raises(DockerFailed, match=r"at unix:///here/docker.sock \(the docker context mine\)"):
        Docker().check()
    assert not Docker().answers()


@pytest.mark.parametrize(
    ("address", "is_direct"),
    [
        ("unix:///run/docker.sock", True),
        ("unix:///run/user/1000/docker.sock", True),
        ("tcp://127.0.0.1:2375", True),
        ("tcp://[::1]:2375", True),
        ("tcp://docker", False),  # without a port: docker has one of its own for it
        ("ssh://me@host", False),
        ("ssh://host:2222/run/docker.sock", False),
        ("unix:///a folder/docker.sock", False),
        ("unix:///a#b?c/docker.sock", False),
        ("unix:///\u00fc/docker.sock", False),
        ("npipe:////./pipe/docker_engine", False),
        ("tcp://127.0.0.1:2375/prefix", False),
    ],
)
def test_what_dockers_library_cannot_reach_is_reached_by_dockers_command(
    address: str, *, is_direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    found = find_endpoint()
    assert (found.address, found.is_direct) == (address, is_direct)
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    assert not find_endpoint().is_direct


@pytest.mark.parametrize("name", ["DOCKER_TLS", "DOCKER_TLS_VERIFY"])
def test_an_empty_variable_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:2375")
    monkeypatch.setenv(name, "")
    monkeypatch.setenv("DOCKER_CERT_PATH", "/nowhere")  # which means nothing to docker's command without the other
    assert find_endpoint().is_direct


def test_a_host_that_is_not_reached_is_told_in_dockers_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///no where/docker.sock")
    with pytest.raises(DockerFailed, match=r"at unix:///no where/docker\.sock \(DOCKER_HOST\) .*Cannot connect"):
        Docker().check()


@pytest.mark.machine
@pytest.mark.both_daemons
def test_a_release_is_built_tested_and_pushed_by_the_contexts_daemon(
    publisher: Publisher, docker_daemon: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_context("mine", docker_daemon)
    docker("context", "use", "mine")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    publisher.tagged("3.7.4-1")
    planned = publisher.publish("--dry-run").said["plan"]
    assert planned["daemon"] == f"{docker_daemon} (the docker context mine)"
    result = publisher.publish("--version-command", "true")
    assert result.ended == (0, "done"), result


class _Podman(BaseHTTPRequestHandler):
    """Answers as podman's service does."""

    def do_GET(self) -> None:
        body = json.dumps({"ApiVersion": "1.41", "Components": [{"Name": "Podman Engine"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def podman() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Podman) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_podman_is_told_not_to_do(podman: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", podman)
    with pytest.raises(DockerFailed, match="is podman, whose containers cannot be limited"):
        Docker().check()


@pytest.mark.parametrize(("variable", "value"), [("DOCKER_HOST", "http://127.0.0.1:1"), ("DOCKER_CONTEXT", "no-such")])
@pytest.mark.parametrize("has_buildx", [False, True])
def test_what_docker_builds_by_does_not_depend_on_where_its_daemon_is(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, *, has_buildx: bool
) -> None:
    if has_buildx:
        add_buildx(Path(os.environ["DOCKER_CONFIG"]))
    before, after = DockerPrograms(), DockerPrograms()
    expected = (before.by_buildx, before.by_itself)
    monkeypatch.setenv(variable, value)
    assert (after.by_buildx, after.by_itself) == expected


@pytest.mark.machine
@pytest.mark.both_daemons
def test_a_plan_names_the_daemon_as_it_was_named(
    publisher: Publisher, docker_daemon: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.tagged("3.7.4-1")
    with hesitant_daemon(docker_daemon, "/") as (host, relay):
        relay.go.set()
        port = host.rpartition(":")[2]
        named = (docker_daemon, host, f"tcp://localhost:{port}/", f"127.0.0.1:{port}", f":{port}", f"tcp://:{port}")
        for each in named:
            monkeypatch.setenv("DOCKER_HOST", each)
            planned = publisher.publish("--dry-run")
            assert (planned.code, planned.plan["daemon"]) == (0, f"{each} (DOCKER_HOST)"), planned
    for each in ("http://127.0.0.1:1", "tcp://127.0.0.1:1", "nonsense", "unix://", "fd://"):
        monkeypatch.setenv("DOCKER_HOST", each)
        refused = publisher.publish("--dry-run")
        assert refused.failure == (11, "DockerFailed"), refused
        assert f"the docker daemon at {each} (DOCKER_HOST)" in refused.error.found


@pytest.mark.parametrize(
    ("printed", "is_docker"), [("github.com/docker/buildx v0.38.2 4f7d", True), ("buildah 1.38.0", False)]
)
def test_what_podman_calls_buildx_builds_nothing(
    printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_docker: bool
) -> None:
    program = tmp_path / "docker"
    program.write_text(f"#!/bin/sh\n[ $1 != buildx ] || echo {printed}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert DockerPrograms().by_buildx == (program if is_docker else None)
