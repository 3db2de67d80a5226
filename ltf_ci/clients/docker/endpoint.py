"""The address of the docker daemon, found as docker's own command finds it."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ltf_ci.clients import process
from ltf_ci.errors import DockerFailed, MissingTool

HOST_VARIABLE = "DOCKER_HOST"
_DEFAULT_CONTEXT = "default"
_CA, _CERTIFICATE, _KEY = "ca.pem", "cert.pem", "key.pem"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A daemon's address, such as `unix:///run/docker.sock`, and how docker-py reaches it.

    `named_by` is what names the daemon: DOCKER_HOST or a context; empty for docker's default.
    """

    address: str
    named_by: str
    settings: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.address} ({self.named_by})" if self.named_by else self.address

    @property
    def is_local(self) -> bool:
        """Whether the daemon is reached by a socket of this machine."""
        return "unix" in self.address.partition("://")[0]

    def check(self) -> None:
        """Raise OSError where no program listens at a local socket: docker-py would leave a connection open."""
        scheme, _, path = self.address.partition("://")
        if scheme.endswith("unix"):
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(path)


def find_endpoint() -> Endpoint:
    """Return DOCKER_HOST's daemon, else the context's, else docker's default; raise DockerFailed for a bad context."""
    from docker.utils import kwargs_from_env  # noqa: TID251 - this is the door

    settings = kwargs_from_env()
    if "base_url" in settings:
        return Endpoint(str(settings["base_url"]), HOST_VARIABLE, settings)
    context = _context()
    host = str((_part(_part(context, "Endpoints"), "docker")).get("Host") or "")
    if not host or context.get("Name") == _DEFAULT_CONTEXT:
        return _default(settings)
    return Endpoint(host, f"the docker context {context.get('Name')}", {"base_url": host, **_tls(context)})


def _default(settings: Mapping[str, Any]) -> Endpoint:
    from docker.constants import DEFAULT_UNIX_SOCKET  # noqa: TID251 - this is the door

    return Endpoint(DEFAULT_UNIX_SOCKET.removeprefix("http+"), "", settings)


def _context() -> Mapping[str, Any]:
    """Return the context that docker's command uses, as it prints it; empty where there is no such command."""
    try:
        ended = process.run(["docker", "context", "inspect"])
    except MissingTool:
        return {}
    if ended.status:
        cure = "docker context ls shows those that there are; unset DOCKER_CONTEXT, or docker context use one of them"
        raise DockerFailed(f"docker does not find its context: {ended.complaint[:300]}", cure=cure)
    try:
        found = json.loads(ended.output)
    except ValueError:
        return {}
    return found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}


def _tls(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return docker-py's settings for the certificates that a context has."""
    files = _part(context, "TLSMaterial").get("docker") or ()
    if not files:
        return {}
    from docker.tls import TLSConfig  # noqa: TID251 - this is the door

    folder = Path(str(_part(context, "Storage").get("TLSPath")), "docker")
    there = {name: str(folder / name) for name in files}
    certificate = (there[_CERTIFICATE], there[_KEY]) if {_CERTIFICATE, _KEY} <= set(there) else None
    is_checked = not _part(_part(context, "Endpoints"), "docker").get("SkipTLSVerify")
    return {"tls": TLSConfig(client_cert=certificate, ca_cert=there.get(_CA), verify=is_checked)}


def _part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}
