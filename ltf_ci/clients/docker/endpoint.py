"""The address of the docker daemon, found as docker's own command finds it."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ltf_ci.clients import process
from ltf_ci.clients.docker.relay import relayed
from ltf_ci.errors import DockerFailed, MissingTool

HOST_VARIABLE = "DOCKER_HOST"
_TLS_VARIABLES = ("DOCKER_TLS_VERIFY", "DOCKER_TLS")
_LONGEST = 400  # characters of docker's own words
_DEFAULT_CONTEXT = "default"
_DEFAULT = "unix:///var/run/docker.sock"
_DIRECT = re.compile(r"unix:///[\w./@+:=,-]+|tcp://(?:[\w.-]+|\[[\w:.]+\]):[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A daemon's address, such as `unix:///run/docker.sock`, and whether it is reached by TLS.

    `named_by` is what names the daemon: DOCKER_HOST or a context; empty for docker's default.
    """

    address: str
    named_by: str
    has_tls: bool = False

    def __str__(self) -> str:
        return f"{self.address} ({self.named_by})" if self.named_by else self.address

    @property
    def is_local(self) -> bool:
        """Whether the daemon is reached by a socket of this machine."""
        return "unix" in self.address.partition("://")[0]

    @property
    def is_direct(self) -> bool:
        """Whether docker-py reaches it as docker's command does; else (TLS, ssh, an odd path) it is led there."""
        return not self.has_tls and _DIRECT.fullmatch(self.address) is not None

    def check(self) -> None:
        """Raise OSError where no daemon is there: docker-py would leave a connection open, or not say why."""
        if not self.is_direct:
            ended = process.run(["docker", "version", "--format", "{{.Server.Version}}"])
            if ended.status:
                raise OSError(ended.complaint[:_LONGEST])
        elif self.address.startswith("unix:"):
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(self.address.partition("://")[2])

    @contextmanager
    def reached(self) -> Iterator[str]:
        """Yield the address by which docker-py reaches it."""
        if self.is_direct:
            yield self.address
            return
        with relayed(["docker", "system", "dial-stdio"]) as address:
            yield address


def find_endpoint() -> Endpoint:
    """Return DOCKER_HOST's daemon, else the context's, else docker's default; raise DockerFailed for a bad context."""
    variables = os.environ  # noqa: TID251 - docker's own, which its command reads too
    if host := variables.get(HOST_VARIABLE):
        return Endpoint(host, HOST_VARIABLE, any(map(variables.get, _TLS_VARIABLES)))
    context = _context()
    docker = part_of(part_of(context, "Endpoints"), "docker")
    host = str(docker.get("Host") or "")
    if not host or context.get("Name") == _DEFAULT_CONTEXT:
        return Endpoint(_DEFAULT, "")
    has_tls = bool(part_of(context, "TLSMaterial").get("docker") or docker.get("SkipTLSVerify"))
    return Endpoint(host, f"the docker context {context.get('Name')}", has_tls)


def _context() -> Mapping[str, Any]:
    """Return the context that docker's command uses, as it prints it; empty where there is no such command."""
    try:
        ended = process.run(["docker", "context", "inspect"])
    except MissingTool:
        return {}
    if ended.status:
        cure = "docker context ls shows those that there are; unset DOCKER_CONTEXT, or docker context use one of them"
        raise DockerFailed(
            f"docker does not find its context: {ended.complaint[:300]}",
            expected="a context of docker context ls",
            cure=cure,
        )
    try:
        found = json.loads(ended.output)
    except ValueError:
        return {}
    return found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}


def part_of(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object of docker's JSON by its name; empty where there is none."""
    found = data.get(name)
    return found if isinstance(found, dict) else {}
