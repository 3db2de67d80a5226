"""A GitHub App: its tokens, each for one repository and the rights of its calls, renewed before they end."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from http import HTTPStatus
from threading import RLock
from typing import Any

from ltf_ci.clients.github.call import Answer, Call
from ltf_ci.clients.github.http import GithubHttp, parsed
from ltf_ci.errors import AccessDenied, LtfError
from ltf_ci.model.access import APP_KEY
from ltf_ci.model.credentials import App

SECONDS = 540  # that a signed assertion is good for: GitHub allows ten minutes
SKEW = 60  # seconds that GitHub's clock may be behind
RENEWED_BEFORE = 20  # seconds before a token ends
_BY_ID = re.compile(r"/repositories/(\d+)/")


@dataclass(frozen=True, slots=True)
class _Installation:
    """An App's installation, and how a token for the repository is asked for: by its name, or its id if renamed."""

    number: int
    repository: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Token:
    """A token, and when it ends, in seconds of the epoch."""

    text: str
    ends: float


class GithubApp:
    """The App's tokens, one for each repository and set of rights."""

    def __init__(self, app: App, http: GithubHttp) -> None:
        self._app = app
        self._http = http
        self._lock = RLock()
        self._installations: dict[str, _Installation] = {}
        self._tokens: dict[tuple[str, tuple[str, ...]], _Token] = {}

    def token(self, repository: str, rights: tuple[str, ...]) -> str:
        """Return a token that has these rights in this repository, and no more; or raise AccessDenied."""
        with self._lock:
            known = self._tokens.get((repository, rights))
            if known is None or known.ends - RENEWED_BEFORE < time.time():
                known = self._tokens[repository, rights] = self._new_token(repository, rights)
            return known.text

    def forget(self, token: str) -> None:
        """Ask for another token in place of this one from now on."""
        with self._lock:
            for key in [key for key, known in self._tokens.items() if known.text == token]:
                del self._tokens[key]

    def revoke(self) -> None:
        """End the tokens; what GitHub does not end now, or has ended already, ends by itself within the hour."""
        for (repository, _), token in self._tokens.items():
            call = Call(repository=repository, method="DELETE", url=f"{self._http.address}/installation/token")
            with suppress(LtfError):
                self._http.send(call, f"token {token.text}")
        self._tokens.clear()

    def _new_token(self, repository: str, rights: tuple[str, ...]) -> _Token:
        installation = self._installation(repository, rights)
        wanted = {"permissions": dict.fromkeys(rights, "write"), **installation.repository}
        path = f"/app/installations/{installation.number}/access_tokens"
        found = self._as_app(repository, rights, "POST", path, wanted).data
        with parsed(repository):
            ends = datetime.fromisoformat(str(found["expires_at"]))
            return _Token(str(found["token"]), ends.timestamp())

    def _installation(self, repository: str, rights: tuple[str, ...]) -> _Installation:
        if repository not in self._installations:
            answer = self._as_app(repository, rights, "GET", f"/repos/{repository}/installation")
            by_id = _BY_ID.search(answer.url)  # where GitHub redirects a renamed repository
            name = repository.partition("/")[2]
            selected = {"repository_ids": [int(by_id[1])]} if by_id else {"repositories": [name]}
            with parsed(repository):
                self._installations[repository] = _Installation(int(answer.data["id"]), selected)
        return self._installations[repository]

    def _as_app(self, repository: str, rights: tuple[str, ...], method: str, path: str, given: Any = None) -> Answer:
        meaning = partial(self._refusal, repository, rights)
        url = f"{self._http.address}{path}"
        call = Call(repository=repository, method=method, url=url, given=given, meaning=meaning)
        return self._http.send(call, f"Bearer {self._assertion()}")

    def _assertion(self) -> str:
        from github.Auth import AppAuth  # noqa: TID251 - this is the door

        key = self._readable_key
        return AppAuth(self._app.client_id, key, jwt_expiry=SECONDS, jwt_issued_at=-SKEW).token

    @cached_property
    def _readable_key(self) -> str:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        text = self._app.key.reveal()
        try:
            key = load_pem_private_key(text.encode(), password=None)
        except (TypeError, ValueError) as error:  # a key with a password, a public key, …; what it has is not shown
            raise self._unreadable(type(error).__name__) from None
        if not isinstance(key, RSAPrivateKey):
            raise self._unreadable(type(key).__name__)
        return text

    @staticmethod
    def _unreadable(why: str) -> AccessDenied:
        return AccessDenied(
            f"{APP_KEY} is no RSA private key that can be read: {why}",
            expected="the whole .pem file that GitHub made for the App, from -----BEGIN to END …-----",
            cure="paste the whole file into the secret, with its line ends",
        )

    def _refusal(self, repository: str, rights: tuple[str, ...], status: int, message: str) -> LtfError | None:
        """Return what GitHub's refusal means for an App; None where it means the same for everybody."""
        app, expected = f"the GitHub App {self._app.client_id}", f"{', '.join(rights)}: read and write"
        match status:
            case HTTPStatus.UNAUTHORIZED:
                return self._unknown(message)
            case HTTPStatus.NOT_FOUND if "Integration" in message:
                return AccessDenied(
                    f"GitHub knows no App {self._app.client_id}",
                    expected="the client ID that the App's page shows",
                    cure="look at LTF_CI_APP_CLIENT_ID",
                )
            case HTTPStatus.UNPROCESSABLE_ENTITY if "accessible" not in message:
                cure = "give the App these permissions, and accept them at its installation"
                return AccessDenied(f"{app} may not do this in {repository}: {message}", expected=expected, cure=cure)
            case HTTPStatus.NOT_FOUND | HTTPStatus.UNPROCESSABLE_ENTITY:
                found = f"{app} is not installed on {repository}, or there is no such repository"
                cure = f"install it at {repository.partition('/')[0]}, with this repository selected"
                return AccessDenied(found, expected=expected, cure=cure)
            case HTTPStatus.FORBIDDEN if "suspended" in message:
                found = f"{app} is suspended for {repository}: {message}"
                return AccessDenied(
                    found,
                    expected="an App that is installed, and not suspended",
                    cure="unsuspend it at its installation",
                )
            case _:
                return None

    def _unknown(self, message: str) -> LtfError:
        """Return why GitHub does not take what the key signed."""
        if "claim" in message:  # 'Issued at' claim ('iat') …, 'Expiration time' claim ('exp') …
            return AccessDenied(
                f"this machine's clock differs from GitHub's: {message}", expected="the time", cure="set the clock"
            )
        return AccessDenied(
            f"{APP_KEY} is no key of the GitHub App {self._app.client_id}: {message}",
            expected="the key of that App",
            cure="check both: client ID and key must belong to one App",
        )
