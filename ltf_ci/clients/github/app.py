"""A GitHub App: lets calls in at each repository as what is installed there, by tokens that are renewed as they end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from http import HTTPStatus
from threading import RLock
from typing import TYPE_CHECKING

from ltf_ci.clients.github.errors import translated_errors, words
from ltf_ci.errors import AccessDenied, LtfError
from ltf_ci.model.access import APP_KEY, App

if TYPE_CHECKING:
    from github import Auth, Github  # noqa: TID251 - this is the door


class GithubApp:
    """The App's tokens, one for each installation and set of rights; `connected` gives a client that has a login."""

    def __init__(self, app: App, connected: Callable[[Auth.Auth], Github]) -> None:
        self._app = app
        self._connected = connected
        self._lock = RLock()
        self._installations: dict[str, int] = {}
        self._auths: dict[tuple[int, tuple[str, ...]], Auth.AppInstallationAuth] = {}
        self._tokens: dict[tuple[int, tuple[str, ...]], str] = {}

    def token(self, repository: str, rights: tuple[str, ...]) -> str:
        """Return a token that has these rights there, and no more; or raise AccessDenied."""
        with self._lock, self._translated(repository, rights):
            key = self._installation(repository), rights
            self._tokens[key] = self._auth(*key).token
            return self._tokens[key]

    def forget(self, token: str) -> None:
        """Ask for another token in place of this one from now on."""
        with self._lock:
            for key in [key for key, given in self._tokens.items() if given == token]:
                del self._tokens[key], self._auths[key]

    def revoke(self) -> None:
        """End the tokens; what GitHub does not end now, or has ended already, ends by itself within the hour."""
        from github import Auth, GithubException  # noqa: TID251 - this is the door
        from requests import RequestException

        for token in self._tokens.values():
            with suppress(GithubException, RequestException, LtfError):
                self._connected(Auth.Token(token)).requester.requestJsonAndCheck("DELETE", "/installation/token")
        self._tokens.clear()

    @cached_property
    def _auth_of_app(self) -> Auth.AppAuth:
        from github import Auth  # noqa: TID251 - this is the door
        from jwt import PyJWTError

        auth = Auth.AppAuth(self._app.client_id, self._app.key.reveal())
        try:
            auth.create_jwt()
        except (PyJWTError, TypeError, ValueError, AttributeError) as error:  # a key with a password, a public key, …
            raise AccessDenied(
                f"{APP_KEY} is no RSA private key that can be read: {type(error).__name__}",
                expected="all of the .pem file that GitHub gave for the App, from -----BEGIN to END …-----",
            ) from None  # what could not be read is not shown
        return auth

    @cached_property
    def _client(self) -> Github:
        return self._connected(self._auth_of_app)

    def _installation(self, repository: str) -> int:
        if repository not in self._installations:
            _, found = self._client.requester.requestJsonAndCheck("GET", f"/repos/{repository}/installation")
            self._installations[repository] = int(found["id"])
        return self._installations[repository]

    def _auth(self, installation: int, rights: tuple[str, ...]) -> Auth.AppInstallationAuth:
        key = (installation, rights)
        if key not in self._auths:
            wanted = dict.fromkeys(rights, "write")
            self._auths[key] = self._auth_of_app.get_installation_auth(installation, wanted, self._client.requester)
        return self._auths[key]

    @contextmanager
    def _translated(self, repository: str, rights: tuple[str, ...]) -> Iterator[None]:
        from github import GithubException  # noqa: TID251 - this is the door

        with translated_errors(repository, writes=False):
            try:
                yield
            except GithubException as error:
                refusal = self._refusal(repository, rights, error.status, words(error.data))
                if refusal:
                    raise refusal from error
                raise

    def _refusal(self, repository: str, rights: tuple[str, ...], status: int, message: str) -> LtfError | None:
        app, expected = f"the GitHub App {self._app.client_id}", f"{', '.join(rights)}: read and write"
        if status == HTTPStatus.UNAUTHORIZED:
            return self._unknown(message)
        if status == HTTPStatus.NOT_FOUND and "Integration" in message:
            return AccessDenied(f"GitHub knows no App {self._app.client_id}", cure="look at LTF_CI_APP_CLIENT_ID")
        if status == HTTPStatus.NOT_FOUND:
            found = f"{app} is not installed on {repository}, or there is no such repository"
            cure = f"install it at {repository.partition('/')[0]}, with this repository selected"
            return AccessDenied(found, expected=expected, cure=cure)
        if status == HTTPStatus.FORBIDDEN and "suspended" in message:
            return AccessDenied(
                f"{app} is suspended for {repository}: {message}", cure="unsuspend it at its installation"
            )
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            cure = "give the App these permissions, and accept them at its installation"
            return AccessDenied(f"{app} may not do this in {repository}: {message}", expected=expected, cure=cure)
        return None

    def _unknown(self, message: str) -> LtfError:
        """Return why GitHub does not take what the key signed."""
        if "claim" in message:  # 'Issued at' claim ('iat') …, 'Expiration time' claim ('exp') …
            return AccessDenied(f"this machine's clock is not GitHub's: {message}", cure="set the clock")
        return AccessDenied(
            f"{APP_KEY} is no key of the GitHub App {self._app.client_id}: {message}",
            cure="look at both: the client ID and the key are those of one App",
        )
