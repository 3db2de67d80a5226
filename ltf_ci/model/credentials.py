"""Logins: one at a registry, and the GitHub App that a run acts as."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to log in with at one registry: a name and a password, or a token that docker's configuration keeps.

    An identity token is exchanged for an access token; a registry token is one already.
    """

    username: str
    password: Secret
    identity_token: Secret | None = None
    registry_token: Secret | None = None

    def basic(self) -> str:
        """Return USERNAME:PASSWORD as UTF-8 in base64: the form of HTTP's Basic login and of docker's files."""
        from base64 import b64encode  # seldom needed

        return b64encode(f"{self.username}:{self.password.reveal()}".encode()).decode()

    def as_docker_has_them(self) -> dict[str, str]:
        """Return them as docker's API takes them."""
        if self.registry_token:
            return {"registrytoken": self.registry_token.reveal()}
        if self.identity_token:
            return {"identitytoken": self.identity_token.reveal()}
        return {"username": self.username, "password": self.password.reveal()}


def no_credentials(_host: str) -> Credentials | None:
    """Return no login, for any registry."""
    return None


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App: its client ID, and its private key in PEM form."""

    client_id: str
    key: Secret
