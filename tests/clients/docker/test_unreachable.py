"""A daemon that is not there is told in words, before anything is held against the Dockerfile."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.programs import free_port
from ltf_ci.cli import main
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.errors import DockerFailed
from tests.support.repositories import LtfRepository


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
