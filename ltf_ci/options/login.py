"""Credentials, and what belongs to them: given by the environment alone, for a command line can be seen by others."""

from __future__ import annotations

import re
from collections.abc import Callable

from ltf_ci.errors import UsageError
from ltf_ci.model.image import DOCKER_HUB, registry_host
from ltf_ci.model.secret import Secret
from ltf_ci.options.option import Options, value, variable


def _secret(text: str) -> Secret:
    """Read a token: a line end that was pasted with it is not a part of it."""
    return Secret(text.strip())


def _key(text: str) -> Secret:
    """Read a private key, whose lines some keep in one line."""
    return Secret(text.replace("\\n", "\n"))


def _registry(text: str) -> str:
    """Read a registry's host, or raise LtfError."""
    from ltf_ci.model.image import image_place  # `check` must not pay for it

    if "/" in text:
        raise UsageError(f"LTF_CI_REGISTRY is {text[:200]!r}", expected="a registry's host: ghcr.io, localhost:5000")
    return registry_host(image_place(text).lower())


def _seconds(name: str) -> Callable[[str], float]:
    """Return what reads a variable's number of seconds, or raises UsageError."""

    def read(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text):
            raise UsageError(f"{name} is {text[:40]!r}", expected="a number of seconds, such as 1")
        return float(text)

    return read


class Login(Options):
    """Login."""

    registry: str = variable("the registry that the next two are for", _registry, default=DOCKER_HUB)
    registry_username: str = variable("who pushes the image", str.strip, default="")
    registry_password: Secret | None = variable(
        "the password, or token, of who pushes the image", _secret, default=None
    )
    git_token: Secret | None = variable("a token that may push to this repository, for retag", _secret, default=None)
    token: Secret | None = variable(
        "a token that may open pull requests in the languages repository, where no App does", _secret, default=None
    )
    app_private_key: Secret | None = variable(
        "the private key of the GitHub App that `app-client-id` names: all of its .pem file", _key, default=None
    )
    retry_pause: float = variable(
        "seconds before a call that failed is made again, at first",
        _seconds("LTF_CI_RETRY_PAUSE"),
        default=1.0,
        in_action=False,
    )
    repository_seconds: float = variable(
        "seconds that one call of git for a listed repository, or one question about one of many images, may take",
        _seconds("LTF_CI_REPOSITORY_SECONDS"),
        default=180.0,
        in_action=False,
    )


class AtGithub(Options):
    """Login at GitHub."""

    app_client_id: str = value(
        "act as this GitHub App, whose private key is LTF_CI_APP_PRIVATE_KEY", str, "ID", default=""
    )
