"""What a command was given of the outside: each client is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ltf_ci.model.secret import Secret

if TYPE_CHECKING:
    from ltf_ci.clients.docker import Docker
    from ltf_ci.clients.git import Git
    from ltf_ci.clients.registry import Registry
    from ltf_ci.model.registry import Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the environment says of where ltf-ci runs. `environ` is handed on to programs that we start."""

    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: Secret = field(default_factory=lambda: Secret(""))
    registry: str = "docker.io"
    registry_username: str = ""
    registry_password: Secret = field(default_factory=lambda: Secret(""))
    github_api_url: str = "https://api.github.com"
    repository: str = ""
    docker_host: str = ""
    docker_config: Path | None = None


class Outside:
    """The clients of one run. Leaving it closes what was opened."""

    def __init__(self, surroundings: Surroundings, *, log: Callable[[str], None]) -> None:
        self.surroundings = surroundings
        self.log = log

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in ("registry", "docker"):
            client = self.__dict__.get(name)
            if client is not None:
                client.close()

    def git(self, directory: Path) -> Git:
        """Give git in a folder."""
        from ltf_ci.clients.git import Git

        return Git(directory)

    @cached_property
    def docker(self) -> Docker:
        """Give the docker daemon."""
        from ltf_ci.clients.docker import Docker

        return Docker(
            host=self.surroundings.docker_host or None,
            config_dir=self.surroundings.docker_config,
            log=self.log,
        )

    @cached_property
    def registry(self) -> Registry:
        """Give the registries: one with the given credentials, the others with `docker login`'s."""
        from ltf_ci.clients.registry import Registry

        return Registry(credentials=self.credentials, on_wait=self.log)

    def credentials(self, host: str) -> Credentials | None:
        """Give what to log in with at a registry: never one registry's password to another."""
        from ltf_ci.model.registry import Credentials

        given = self.surroundings
        if given.registry_password and host == given.registry:
            return Credentials(given.registry_username, given.registry_password)
        from ltf_ci.clients.docker import credentials_of

        return credentials_of(host, given.docker_config)
