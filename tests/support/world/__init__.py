"""The real fleet in small: under its own names, at a GitHub and in registries of the tests' own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from embedded.buildkit import add_builder, private_buildkit
from embedded.daemon import private_daemon
from embedded.git_http import GitServer
from embedded.registry import running_registry
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.network import Network
from tests.support.github import GithubServer
from tests.support.github.git_of_site import answer_git
from tests.support.internet import Internet, running_internet
from tests.support.platforms import BUILDER
from tests.support.publishing import RunCommand
from tests.support.tls import own_certificate
from tests.support.world.facts import WorldFacts
from tests.support.world.world import World

__all__ = ["World", "WorldFacts", "internet", "world"]

REGISTRIES = ("ghcr.io", "registry-1.docker.io", "mcr.microsoft.com")


@pytest.fixture
def internet(tmp_path: Path, github: GithubServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """Lead the names of GitHub and of three registries to servers of ours; what leads elsewhere fails the test."""
    folder = tmp_path / "internet"
    folder.mkdir()
    certificate, context = own_certificate(folder, *REGISTRIES, "github.com")
    tls = {"certificate": str(certificate), "key": str(certificate.with_suffix(".key"))}
    with running_registry(folder, http={"tls": tls}) as host, GitServer(github.site.folder, 0) as git:
        git.answer = partial(answer_git, github.site)
        git.socket = context.wrap_socket(git.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=git.serve_forever, args=(0.01,), daemon=True).start()
        ports = {**dict.fromkeys(REGISTRIES, int(host.rpartition(":")[2])), "github.com": git.server_port}
        with running_internet(ports, certificate) as internet:
            for name, value in internet.environ.items():
                monkeypatch.setenv(name, value)
            yield internet
        git.shutdown()
    assert internet.unknown == []


@pytest.fixture
def world(
    tmp_path: Path, internet: Internet, github: GithubServer, run: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Return a world without repositories, with docker and BuildKit, which are led through the same internet."""
    folder = tmp_path / "desk"
    folder.mkdir()
    network = Network.of_environment(internet.environ, tmp_path)
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="ltf-", ignore_cleanup_errors=True)))
        (place / "b").mkdir()
        monkeypatch.setenv("DOCKER_HOST", stack.enter_context(private_daemon(place)))
        address = stack.enter_context(private_buildkit(place / "b", hub="registry-1.docker.io"))
        add_builder(Path(os.environ["DOCKER_CONFIG"]), BUILDER, address)
        monkeypatch.setenv("BUILDX_BUILDER", BUILDER)  # as docker/setup-buildx-action has it used
        yield World(github=github, registry=Registry(network=network), folder=folder, run=run)
