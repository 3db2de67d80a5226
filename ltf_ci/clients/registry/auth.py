"""How to log in at a registry: nothing, a password, or a token fetched with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlencode, urlsplit

from ltf_ci.errors import AccessDenied, RegistryUnavailable
from ltf_ci.model.access import Credentials
from ltf_ci.model.registry import json_object

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse  # noqa: TID251 - this is the door

Scope: TypeAlias = tuple[str, ...]  # `repository:NAME:pull,push`, one for each repository
_PARAMETER = re.compile(r'([a-zA-Z_]+)="([^"]*)"')
LOOPBACK = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?")


class Login:
    """The Authorization header of one registry, renewed when the registry challenges."""

    def __init__(self, host: str, credentials: Credentials | None, get: Callable[..., BaseHTTPResponse]) -> None:
        self._host = host
        self._credentials = credentials
        self._get = get
        self._headers: dict[Scope, dict[str, str]] = {}

    def headers(self, scope: Scope) -> Mapping[str, str]:
        """Return the header that was good for this scope before."""
        return self._headers.get(scope, {})

    def answer(self, challenge: str, scope: Scope) -> Mapping[str, str]:
        """Return the header that a WWW-Authenticate challenge asks for."""
        kind, _, rest = challenge.partition(" ")
        if kind.lower() == "basic":
            header = self._basic()
        elif kind.lower() == "bearer":
            header = {"Authorization": f"Bearer {self._token(dict(_PARAMETER.findall(rest)), scope)}"}
        else:
            raise RegistryUnavailable(f"{self._host} asks for a login of the kind {kind!r}", expected="Basic or Bearer")
        self._headers[scope] = header
        return header

    def _basic(self) -> dict[str, str]:
        if self._credentials is None:
            raise AccessDenied(f"{self._host} asks for a password", cure=f"docker login {self._host}, or give one")
        return {"Authorization": f"Basic {self._credentials.basic()}"}

    def _token(self, challenge: Mapping[str, str], scope: Scope) -> str:
        realm = challenge.get("realm", "")
        parts = urlsplit(realm)
        if parts.scheme != "https" and not (parts.scheme == "http" and LOOPBACK.fullmatch(parts.netloc)):
            raise RegistryUnavailable(f"{self._host} sends for its token to {realm!r}", expected="an https address")
        query = urlencode([("service", challenge.get("service", "")), *(("scope", one) for one in scope)])
        answer = self._get(f"{realm}?{query}", self._basic() if self._credentials else {})
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise AccessDenied(f"{self._host} does not let {self._name()} in", cure="look at username and password")
        data = json_object(answer.data, f"the token that {parts.netloc} gave") if answer.status == HTTPStatus.OK else {}
        token = data.get("token") or data.get("access_token")
        if not isinstance(token, str):
            raise RegistryUnavailable(f"{parts.netloc} gave no token (status {answer.status})")
        return token

    def _name(self) -> str:
        return repr(self._credentials.username) if self._credentials else "anybody without a password"
