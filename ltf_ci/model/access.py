"""The credentials of a run, and the addresses that they are for, from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.model.image import DOCKER_HUB
from ltf_ci.model.secret import Secret

GITHUB = "https://github.com"
GITHUB_API = "https://api.github.com"
APP_KEY = "LTF_CI_APP_PRIVATE_KEY"
CREDENTIALS = (APP_KEY, "LTF_CI_TOKEN", "LTF_CI_GIT_TOKEN", "LTF_CI_REGISTRY_PASSWORD")  # variables


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App: its client ID, and its private key in PEM form."""

    client_id: str
    key: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The credentials of a run.

    `credentials` are for `registry`, `token` or `app` for GitHub's API at `github_api`, `git_token` for git at
    `github`, where a repository's own commits and tags are pushed to. `docker_config` is docker's own folder.
    `pause` is in seconds: how long to wait before a failed call is made again, the first time;
    `patience` too: how long one call about a listed repository may take.
    """

    registry: str = DOCKER_HUB
    credentials: Credentials | None = None
    token: Secret | None = None
    app: App | None = None
    git_token: Secret | None = None
    github: str = GITHUB
    github_api: str = GITHUB_API
    docker_config: Path
    pause: float = 1
    patience: float = 180


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and password for one registry."""

    username: str
    password: Secret

    def basic(self) -> str:
        """Return USERNAME:PASSWORD as UTF-8 in base64: the form of HTTP's Basic login and of docker's files."""
        from base64 import b64encode  # seldom needed

        return b64encode(f"{self.username}:{self.password.reveal()}".encode()).decode()


def no_credentials(_host: str) -> Credentials | None:
    """Return no login, for any registry."""
    return None
