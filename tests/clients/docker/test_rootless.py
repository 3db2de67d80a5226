"""A daemon without root, which docker's own context names: what ltf-ci builds, runs and pushes there."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.base_image import runnable_layer
from embedded.programs import program
from ltf_ci.clients.registry.registry import Registry
from tests.support.example_ltfs import BASH
from tests.support.publishing import RunCommand, publisher_at
from tests.support.rootless import expect_rootless, rootless_daemon
from tests.support.runnable import SHELLS, docker

pytestmark = pytest.mark.machine


@pytest.fixture(scope="module")
def daemon() -> Iterator[str]:
    """Return the DOCKER_HOST of a daemon without root."""
    expect_rootless()
    with (
        tempfile.TemporaryDirectory(prefix="ltf-", ignore_cleanup_errors=True) as folder,
        rootless_daemon(Path(folder)) as host,
    ):
        yield host


@pytest.fixture
def by_its_context(daemon: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have a context of docker's name the daemon, as docker's own set-up of such a daemon leaves it."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    words = ("context", "create", "rootless", "--docker", f"host={daemon}")
    subprocess.run([program("docker"), *words], check=True, capture_output=True)
    monkeypatch.setenv("DOCKER_CONTEXT", "rootless")
    assert "rootless" in docker(daemon, "info", "--format", "{{.SecurityOptions}}")
    return daemon


def test_a_release_is_built_run_and_pushed(
    by_its_context: str, folder: Path, basic_registry: str, run: RunCommand, registry_client: Registry
) -> None:
    publisher = publisher_at(basic_registry, folder, run, registry_client)
    publisher.tagged("3.7.4-1")
    result = publisher.publish("--version-command", "true")
    assert result.ended == (0, "done"), str(result)
    publisher.ltf.write("start_point/hiker.sh", "echo 54 # changed\n")
    assert publisher.release("3.7.4-2").ended == (0, "done")
    assert publisher.latest() == "3.7.4-2"
    assert docker(by_its_context, "ps", "--all", "--quiet") == ""


def test_start_files_run_within_the_limits(by_its_context: str, folder: Path, run: RunCommand) -> None:
    docker(by_its_context, "import", "--change", "ENV PATH=/usr/bin:/bin", "-", SHELLS, stdin=runnable_layer())
    result = run("test", str(BASH.write(folder, SHELLS)), environ={"LTF_CI_FORMAT": "json"})
    assert result.ended == (0, "done"), str(result)
    assert docker(by_its_context, "ps", "--all", "--quiet") == ""
