"""What a run may use of the outside: credentials and addresses, as the environment gave them."""

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
    """A GitHub App, and the private key by which it is known, in PEM form."""

    client_id: str
    key: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The registry that `credentials` are for, GitHub's API and the token, or the App, for it, docker's own folder.

    `git_token` is what git is let in by at `github`, where a repository's own commits and tags are pushed to.
    `pause` is in seconds: how long to wait before a call that failed is made again, at first.
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


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to log in with at one registry."""

    username: str
    password: Secret

    def basic(self) -> str:
        """Return them as HTTP's Basic login has them, and docker's files: USERNAME:PASSWORD as UTF-8, in base64."""
        from base64 import b64encode  # seldom needed

        return b64encode(f"{self.username}:{self.password.reveal()}".encode()).decode()


def no_credentials(_host: str) -> Credentials | None:
    """Return no login, for any registry."""
    return None
