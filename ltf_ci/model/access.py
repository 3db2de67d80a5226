"""What a run may use of the outside: credentials and addresses, as the environment gave them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ltf_ci.model.image import DOCKER_HUB
from ltf_ci.model.secret import Secret

if TYPE_CHECKING:
    from ltf_ci.model.registry import Credentials

GITHUB = "https://github.com"
GITHUB_API = "https://api.github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The registry that `credentials` are for, the languages repository's token, GitHub's API, docker's own folder.

    `git_token` is what git is let in by at `github`, where a repository's own commits and tags are pushed to.
    `pause` is in seconds: how long to wait before a call that failed is made again, at first.
    """

    registry: str = DOCKER_HUB
    credentials: Credentials | None = None
    token: Secret | None = None
    git_token: Secret | None = None
    github: str = GITHUB
    github_api: str = GITHUB_API
    docker_config: Path
    pause: float = 1
