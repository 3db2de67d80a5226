"""A daemon that is not there, or is none, is told in words, before anything is held against the Dockerfile."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from docker.errors import APIError

from embedded.buildkit import add_buildx
from embedded.programs import free_port
from ltf_ci.cli import main
from ltf_ci.clients.docker.build import DockerBuild
from ltf_ci.clients.docker.containers import Containers
from ltf_ci.clients.docker.daemon import Docker, translated_errors
from ltf_ci.errors import BadInput, DockerFailed
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.container import ContainerSpec
from ltf_ci.model.image import ImageName
from tests.support.repositories import LtfRepository
from tests.support.scripted import says


@pytest.fixture
def no_daemons(tmp_path: Path) -> Iterator[dict[str, str]]:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead.sock"))
        yield {
            f"unix://{tmp_path}/absent.sock": "there is no such socket",
            f"unix://{tmp_path}/dead.sock": "nothing listens there",
            f"tcp://127.0.0.1:{free_port()}": "nothing listens there",
        }


def test_why_it_is_not_reached(no_daemons: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for address, why in no_daemons.items():
        monkeypatch.setenv("DOCKER_HOST", address)
        with pytest.raises(DockerFailed) as told:
            Docker().check()
        assert told.value.found == f"the docker daemon at {address} (DOCKER_HOST) cannot be reached: {why}"


@pytest.mark.parametrize("command", ["build", "test"])
def test_a_build_without_one_is_no_fault_of_the_dockerfile(
    command: str, ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{ltf.directory}/absent.sock")
    assert main([command, str(ltf.directory)], {}) == 11
    said = capsys.readouterr().err
    assert "start docker, or set DOCKER_HOST" in said
    assert "Dockerfile" not in said


IMAGE = ImageName.parse("x/y:1")
CALLS: tuple[Callable[[Docker], object], ...] = (
    lambda docker: docker.image_id(IMAGE),
    lambda docker: docker.pull(IMAGE),
    lambda docker: docker.remove_left_overs(),
    lambda docker: docker.imported(b"", "x/y:1"),
    lambda docker: Containers(docker).run(ContainerSpec(image="x", name="", seconds=1), ["true"]),
)
NONSENSE = {
    "null": b"null",
    "list": b"[5]",
    "number": b"5",
    "text": b'"x"',
    "another object": b'{"Config": 5, "Names": 5}',
    "no JSON": b"<html>",
    "deep": b"[" * 100_000,
    "a huge number": b'{"Id": %s}' % (b"9" * 5000),
}


@pytest.mark.parametrize("answer", NONSENSE)
def test_what_is_no_answer_of_a_daemon_is_its_fault(
    answer: str, scripted: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        asks_version = handler.path.endswith("/version")
        body = b'{"ApiVersion": "1.41", "Os": "linux"}' if asks_version else NONSENSE[answer]
        says(200, body, Content_Type="application/json")(handler)

    monkeypatch.setenv("DOCKER_HOST", f"tcp://{scripted(script)}")
    for call in CALLS:
        with pytest.raises(DockerFailed, match="does not answer as it should"):
            call(Docker())


@pytest.mark.parametrize("version", [b'{"ApiVersion": "abc"}', b'{"ApiVersion": "1.41", "Components": 5}', b"[]"])
def test_a_version_that_is_none_is_the_daemons_fault(
    version: bytes, scripted: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{scripted(says(200, version, Content_Type='application/json'))}")
    with pytest.raises(DockerFailed, match="does not answer as it should"):
        Docker().check()


def test_a_port_that_is_none_is_not_dockers_configurations_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:99999")
    assert not Docker().answers()


def test_a_daemon_that_does_not_answer_is_no_builder_of_one_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    add_buildx(Path(os.environ["DOCKER_CONFIG"]))
    monkeypatch.setenv("DOCKER_HOST", "unix:///no/docker.sock")
    spec = BuildSpec(dockerfile="", context=Path(), platforms=("linux/amd64", "linux/arm64"))
    DockerBuild(print, {}).expect_builder(spec)


@pytest.mark.parametrize(
    ("error", "lacks"),
    [
        ('exec: "bash": executable file not found in $PATH', True),
        ('exec: "docker-init": executable file not found in $PATH', False),
        ("error mounting /var/lib/docker/overlay2/x: no such file or directory", False),
    ],
)
def test_what_docker_itself_lacks_is_not_what_the_image_lacks(
    error: str, scripted: Callable[..., str], monkeypatch: pytest.MonkeyPatch, *, lacks: bool
) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        is_start = handler.path.endswith("/start")
        status, answer = (400, {"message": error}) if is_start else (200, {"ApiVersion": "1.41"})
        says(status, json.dumps(answer).encode(), Content_Type="application/json")(handler)

    monkeypatch.setenv("DOCKER_HOST", f"tcp://{scripted(script)}")
    containers = Containers(Docker())
    if lacks:
        assert not containers._started("x", "bash")
    else:
        with pytest.raises(APIError):
            containers._started("x", "bash")


def test_what_a_daemon_says_of_an_image_may_lack_anything(
    scripted: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = says(200, b'{"ApiVersion": "1.53", "Id": 5, "Config": [], "Identity": "x", "Descriptor": {}}')
    monkeypatch.setenv("DOCKER_HOST", f"tcp://{scripted(said)}")
    docker = Docker()
    assert (docker.image_id(IMAGE), docker.user_of("x"), docker.architecture_of("x")) == ("5", "", "")
    assert docker.is_made_here(IMAGE)


def test_what_we_say_of_a_daemons_answer_stays_so() -> None:
    with pytest.raises(BadInput, match="too large"), translated_errors():
        raise BadInput("too large", expected="less", cure="less")
