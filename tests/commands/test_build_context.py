"""What docker gets of a context: as `docker build` itself reads it, by the daemon and by a builder."""

from __future__ import annotations

import subprocess

import pytest

from embedded.base_image import push_base_image
from tests.support.publishing import Publisher
from tests.support.runnable import docker

pytestmark = pytest.mark.machine


def listing(publisher: Publisher, docker_host: str, tag: str) -> dict[str, str]:
    """Return the modes of the files of /context in a released image."""
    image = str(publisher.image.tagged(tag))
    lines = docker(docker_host, "run", "--rm", "--network", "none", image, "ls", "-lA", "/context").splitlines()
    return {line.split()[-1]: line.split()[0] for line in lines if not line.startswith("total")}


@pytest.fixture
def runs(publisher: Publisher) -> Publisher:
    push_base_image(publisher.registry, publisher.base, note="runs", runs=True)
    return publisher


@pytest.mark.both_daemons
def test_a_dockerfiles_own_dockerignore_counts(runs: Publisher, docker_host: str) -> None:
    runs.ltf.write("docker/secret.txt", "secret")
    runs.ltf.write("docker/Dockerfile.dockerignore", "secret.txt\nmade\n")
    runs.ltf.write("docker/.dockerignore", "Dockerfile\n")
    runs.ltf.write(".gitignore", "made\n")
    runs.ltf.write("docker/made", "not committed, and not sent")
    result = runs.release("3.7.4-1", "--no-test")
    assert result.ended == (0, "done"), result
    assert set(listing(runs, docker_host, "3.7.4-1")) == {"Dockerfile", "Dockerfile.dockerignore", ".dockerignore"}


def test_a_builder_reads_it_too(runs: Publisher, docker_host: str, builder: str) -> None:
    runs.ltf.write("docker/secret.txt", "secret")
    runs.ltf.write("docker/Dockerfile.dockerignore", "secret.txt\n")
    assert runs.release("3.7.4-1", "--builder", builder, "--no-test").ended == (0, "done")
    assert set(listing(runs, docker_host, "3.7.4-1")) == {"Dockerfile", "Dockerfile.dockerignore"}


@pytest.mark.parametrize("umask", ["077", "002"])
def test_modes_are_gits_whatever_the_umask(runs: Publisher, docker_host: str, umask: str) -> None:
    runs.ltf.write("docker/plain", "x")
    runs.ltf.write("docker/program", "x")
    (runs.ltf.directory / "docker/program").chmod(0o755)
    runs.tagged("3.7.4-1")
    script = f"umask {umask}; rm -rf docker; git checkout --quiet -- docker"
    subprocess.run(["sh", "-c", script], cwd=runs.ltf.directory, check=True)
    result = runs.publish("--no-test")
    assert result.ended == (0, "done"), result
    modes = {"Dockerfile": "-rw-r--r--", "plain": "-rw-r--r--", "program": "-rwxr-xr-x"}
    assert listing(runs, docker_host, "3.7.4-1") == modes
