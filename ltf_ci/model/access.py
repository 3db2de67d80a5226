"""The credentials of a run, and the addresses that they are for, from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ltf_ci.model.github_host import AT_GITHUB, GithubHost
from ltf_ci.model.image import DOCKER_HUB
from ltf_ci.model.network import Network

if TYPE_CHECKING:  # a run without a login does not import them
    from ltf_ci.model.credentials import App, Credentials
    from ltf_ci.model.secret import Secret

APP_KEY = "LTF_CI_APP_PRIVATE_KEY"
DOCKER_AUTH = "DOCKER_AUTH_CONFIG"  # docker's own variable, which has logins
CREDENTIALS = (APP_KEY, "LTF_CI_TOKEN", "LTF_CI_GIT_TOKEN", "LTF_CI_REGISTRY_PASSWORD", DOCKER_AUTH)  # variables


class Access(NamedTuple):
    """The credentials of a run.

    `credentials` are for `registry`, `token` or `app` for GitHub's API, `git_token` for git there:
    `github`, where a repository's own commits and tags are pushed to. `docker_config` is docker's own folder,
    `docker_auth` what DOCKER_AUTH_CONFIG has.
    `pause` is in seconds: how long to wait before a failed call is made again, the first time;
    `patience` too: how long one call about a listed repository or image may take. `run_url` is the page of
    the run at GitHub, where it is a workflow's.
    """

    docker_config: Path
    registry: str = DOCKER_HUB
    credentials: Credentials | None = None
    token: Secret | None = None
    app: App | None = None
    git_token: Secret | None = None
    github: GithubHost = AT_GITHUB
    docker_auth: Secret | None = None
    pause: float = 1
    patience: float = 180
    network: Network = Network()
    run_url: str = ""

    def login_cure(self, host: str) -> str:
        """Return what to do where a registry needs a login, or rejects the one that it was given."""
        if host == self.registry and self.credentials:
            return (
                "check LTF_CI_REGISTRY_USERNAME and LTF_CI_REGISTRY_PASSWORD "
                "(in the workflow: the secrets REGISTRY_USERNAME and REGISTRY_PASSWORD)"
            )
        if self.credentials:
            given = f"the password given is for {self.registry}: "
            return f"{given}set LTF_CI_REGISTRY={host} (in the workflow: `registry: {host}`), or docker login {host}"
        return f"docker login {host}, or set LTF_CI_REGISTRY={host} with LTF_CI_REGISTRY_USERNAME and _PASSWORD"
