"""What a command was given of the outside: each client is made when it is first asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from ltf_ci.clients.git.repository import Git

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ltf_ci.clients.docker.build import DockerBuild, DockerPrograms
    from ltf_ci.clients.docker.containers import Containers
    from ltf_ci.clients.docker.daemon import Docker
    from ltf_ci.clients.git.login import Login
    from ltf_ci.clients.github.actions import GithubActions
    from ltf_ci.clients.github.api import GithubApi
    from ltf_ci.clients.pull_requests.repository import TargetRepository
    from ltf_ci.clients.registry.registry import Registry
    from ltf_ci.model.access import Access
    from ltf_ci.model.credentials import Credentials
    from ltf_ci.model.github_host import GithubHost
    from ltf_ci.model.outcome import Step
    from ltf_ci.model.repository_place import LanguagesPlace


R = TypeVar("R")
Timed: TypeAlias = Callable[[str], AbstractContextManager[None]]


class OptionsFor(Protocol):
    """Reads the options of a request as this run was given them, with the settings of a folder."""

    def __call__(self, request: type[R], folder: Path, /) -> R:
        """Return the request."""


class Reporter(Protocol):
    """Shows a person what happens."""

    def log(self, line: str, /) -> None:
        """Show a line of another program's output."""

    def show(self, step: Step, /) -> None:
        """Show a step as soon as it is done."""

    def part(self, name: str, /) -> AbstractContextManager[None]:
        """Show steps by this name in front, as long as the context lasts."""

    def progress(self, done: int, of: int, what: str, /) -> None:
        """Show how far the run is: how many of how many, and of what."""


class Silent:
    """Shows nothing."""

    def log(self, _line: str, /) -> None:
        """Show nothing."""

    def show(self, _step: Step, /) -> None:
        """Show nothing."""

    def part(self, _name: str, /) -> AbstractContextManager[None]:
        """Show nothing."""
        return nullcontext()

    def progress(self, _done: int, _of: int, _what: str, /) -> None:
        """Show nothing."""


def untimed(_name: str) -> AbstractContextManager[None]:
    """Time nothing."""
    return nullcontext()


SILENT = Silent()


class Run:
    """The clients of one run, with the access that it was given; other programs' output goes to `log`."""

    def __init__(
        self,
        access: Access,
        reporter: Reporter = SILENT,
        options_for: OptionsFor | None = None,
        timed: Timed = untimed,
    ) -> None:
        """`options_for` returns another command's options in this run, with the settings of another folder.

        `timed` times a part of the run.
        """
        self._access = access
        self.log = reporter.log
        self.show = reporter.show
        self.part = reporter.part
        self.progress = reporter.progress
        self.options_for: OptionsFor = options_for or _no_options
        self.timed = timed

    @property
    def url(self) -> str:
        """The page of this run at GitHub; empty where it is none of a workflow."""
        return self._access.run_url

    def wait(self, times: float) -> None:
        """Wait as long as before a call that is made again, or some times that: not all at the same moment."""
        from random import uniform  # slow to import, and seldom needed

        time.sleep(self._access.pause * times * uniform(0.5, 1))  # noqa: S311 - no secret

    def target_repository(self, place: LanguagesPlace, paths: tuple[str, ...]) -> TargetRepository:
        """Return the repository in which pull requests are opened; `paths` are the files whose texts are read.

        One that is named by its address at GitHub, to whom a login is given, is as one named OWNER/NAME.
        """
        at_github = self.github_host.name_of(place.url) if place.url and self.has_login else place.github
        if place.url and not at_github:
            from ltf_ci.clients.pull_requests.over_git import GitRemote

            return GitRemote(place.url, paths, self.log, self._access.patience)
        from ltf_ci.clients.pull_requests.at_github import GithubRepository

        return GithubRepository(at_github, paths, self.github)

    @cached_property
    def github(self) -> GithubApi:
        """GitHub."""
        from ltf_ci.clients.github.api import GithubApi

        access = self._access
        login = access.app or access.token
        return GithubApi(access.github.api, login, access.pause, ca_file=access.network.ca_file)

    @property
    def github_host(self) -> GithubHost:
        """The GitHub that this run works with."""
        return self._access.github

    @property
    def has_token(self) -> bool:
        """Whether a token for GitHub was given."""
        return bool(self._access.token)

    @property
    def has_login(self) -> bool:
        """Whether a token for GitHub, or a GitHub App, was given."""
        return bool(self._access.app or self._access.token)

    def close(self) -> None:
        """Revoke a GitHub App's token, which was made for this run alone."""
        if "github" in vars(self):  # asked for
            self.github.close()

    def git(self, directory: Path) -> Git:
        """Return git in a folder, which is let in at GitHub where the run has a token for that."""
        return Git(directory, self._git_login(), self.log, self._access.patience, github=self.github_host)

    def _git_login(self) -> Login | None:
        access = self._access
        if not access.git_token:
            return None
        from ltf_ci.clients.git.login import Login

        return Login(access.github.site, access.git_token)

    @cached_property
    def actions(self) -> GithubActions:
        """Workflows at GitHub."""
        from ltf_ci.clients.github.actions import GithubActions

        return GithubActions(self.github)

    @cached_property
    def registry(self) -> Registry:
        """Every registry."""
        return self._registry(tries=5)

    @cached_property
    def registry_asked_once(self) -> Registry:
        """Every registry, for what may stay unknown: a call that failed is not made again."""
        return self._registry(tries=0)

    def _registry(self, tries: int) -> Registry:
        from ltf_ci.clients.registry.registry import Registry

        access = self._access
        registry = Registry(
            credentials=self.credentials,
            login_cure=access.login_cure,
            network=access.network,
            tries=tries,
            pause=access.pause,
        )
        registry.longest = access.patience
        return registry

    @cached_property
    def docker(self) -> Docker:
        """The docker daemon."""
        from ltf_ci.clients.docker.daemon import Docker

        return Docker(credentials=self.credentials, log=self.log)

    @cached_property
    def containers(self) -> Containers:
        """Containers in the docker daemon."""
        from ltf_ci.clients.docker.containers import Containers

        return Containers(self.docker)

    def docker_build(self, environment: Mapping[str, str]) -> DockerBuild:
        """Docker's builds, in this environment."""
        from ltf_ci.clients.docker.build import DockerBuild

        return DockerBuild(self.log, environment, self._docker_programs)

    @cached_property
    def _docker_programs(self) -> DockerPrograms:
        from ltf_ci.clients.docker.build import DockerPrograms

        return DockerPrograms()

    def docker_login(self) -> AbstractContextManager[Mapping[str, str]]:
        """Return the environment in which docker's own programs have the run's login too."""
        from ltf_ci.clients.docker.config import with_login

        access = self._access
        return with_login(access.registry, access.credentials, access.docker_config, access.docker_auth)

    def credentials(self, host: str) -> Credentials | None:
        """Return the credentials for a registry: those of the run for its own, else what `docker login` keeps."""
        if host == self._access.registry and self._access.credentials:
            return self._access.credentials
        from ltf_ci.clients.docker.config import login

        return login(host, self._access.docker_config, self._access.docker_auth)


def _no_options(request: type[R], folder: Path, /) -> R:
    raise NotImplementedError(f"{request} in {folder}")
