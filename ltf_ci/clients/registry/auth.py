"""How to log in at a registry: by nothing, a password, or a token that is fetched with one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from threading import Lock
from typing import NamedTuple, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ltf_ci.clients.registry.failures import denied
from ltf_ci.clients.registry.headers import Challenge, challenges
from ltf_ci.clients.registry.http import Http, Request, Response
from ltf_ci.errors import BadInput, LtfError, RegistryUnavailable
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.network import is_loopback
from ltf_ci.model.registry import json_object

Scope: TypeAlias = tuple[str, ...]  # `repository:NAME:pull,push`, one for each repository
CLIENT = "ltf-ci"
_SCOPE = re.compile(r"[a-z]+(\([a-z]+\))?:\S+:\S+")
_TOKENS = ("token", "access_token")  # where a token is; one may be there in both
_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}")
_POST_ALONE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)  # what a server of OAuth 2 says to GET
_DENIED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class _Server(NamedTuple):
    """Where a token is fetched, for what service, and whether a registry on the internet leads there."""

    realm: str
    service: str
    is_led_out: bool


class Login:
    """The Authorization header of one registry, renewed when the registry challenges."""

    def __init__(self, host: str, credentials: Callable[[str], Credentials | None], http: Http, cure: str) -> None:
        """`credentials` are asked for where the registry wants a login: that may start docker's helper, a program.

        `cure` says what to do where there are none, or these are rejected.
        """
        self.host = host
        self.cure = cure
        self._credentials = credentials
        self._http = http
        self._headers: dict[Scope, dict[str, str]] = {}
        self._lock = Lock()  # many threads may be the first to ask
        self._unreadable: BadInput | None = None

    @property
    def credentials(self) -> Credentials | None:
        """The credentials; None where there are none, or they cannot be read: then a registry may do without."""
        with self._lock:
            return self._read_credentials

    @cached_property
    def _read_credentials(self) -> Credentials | None:
        try:
            return self._credentials(self.host)
        except BadInput as error:
            self._unreadable = error
            return None

    def denied(self, what: str, status: int, body: bytes) -> LtfError:
        """Return the error of a login that is missing, cannot be read or is rejected; `what` needs another."""
        name = self.name
        return self._unreadable or denied(self.host, what, name, self.cure, (status, body))

    @property
    def name(self) -> str:
        """The login in words; empty where there is none."""
        if self.credentials is None:
            return ""
        username = self.credentials.username
        return f"the login of {username!r}" if username else "the token of docker's configuration"

    def headers(self, scope: Scope) -> Mapping[str, str]:
        """Return the header that was good for this scope before."""
        return self._headers.get(scope, {})

    def answer(self, response: Response, scope: Scope) -> Mapping[str, str]:
        """Return the header that the challenges of a response ask for; a token's comes before a password's."""
        offered = challenges(response.fields("WWW-Authenticate"))
        by_scheme = {challenge.scheme: challenge for challenge in reversed(offered)}
        token = by_scheme.get("bearer")
        has_realm = token is not None and bool(token.parameters.get("realm"))  # one for other services names none
        if token and (has_realm or "basic" not in by_scheme):
            header = {"Authorization": f"Bearer {self._token(token, scope, response)}"}
        elif "basic" in by_scheme or not offered:
            header = self._basic(response, scope)
        else:
            kinds = ", ".join(repr(scheme[:40]) for scheme in by_scheme)
            raise RegistryUnavailable(
                f"{self.host} asks for a login of the kind {kinds}",
                expected="Basic or Bearer",
                cure="use another registry, or a proxy that takes one of these",
            )
        self._headers[scope] = header
        return header

    def _basic(self, response: Response, scope: Scope) -> dict[str, str]:
        if self.credentials is None or not self.credentials.password:
            raise self.denied(self._named(scope), response.status, response.body)
        return {"Authorization": f"Basic {self.credentials.basic()}"}

    def _token(self, challenge: Challenge, scope: Scope, response: Response) -> str:
        if self.credentials and self.credentials.registry_token:
            return _checked(self.credentials.registry_token.reveal(), self.host)
        realm = challenge.parameters.get("realm", "")
        server = _Server(realm, challenge.parameters.get("service", ""), self._is_led_out(realm, response.address))
        asked = scopes(scope, challenge.parameters.get("scope", ""))
        if self.credentials and self.credentials.identity_token:
            answer = self._refreshed(server, asked, self.credentials.identity_token.reveal())
        else:
            answer = self._fetched(server, asked)
        return self._read(answer, scope)

    def _is_led_out(self, realm: str, address: str) -> bool:
        """Return whether a registry on the internet sends for its token to another host there.

        Raise RegistryUnavailable where a login would go to a place without TLS that the registry itself is not, or
        from the internet to a private network.
        """
        try:
            parts = urlsplit("" if "\\" in realm else realm)  # of it urllib3 would read another host
            host = parts.hostname or ""
        except ValueError:
            parts, host = urlsplit(""), ""
        asked = urlsplit(address)
        is_as_plain = asked.scheme == "http" and host == asked.hostname
        if not host or not (parts.scheme == "https" or (parts.scheme == "http" and (is_loopback(host) or is_as_plain))):
            raise RegistryUnavailable(
                f"{self.host} sends for its token to {realm[:200]!r}",
                expected="an https address",
                cure="look at the registry's own settings: its realm",
            )
        return self._http.leads_out(address, realm, "sends for its token")

    def _fetched(self, server: _Server, scope: Scope) -> Response:
        parts = urlsplit(server.realm)
        asked = [("service", server.service)] if server.service else []
        asked += [("scope", each) for each in scope]
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *asked])
        header = {"Authorization": f"Basic {self.credentials.basic()}"} if self.credentials else {}
        request = Request("GET", header, is_led_out=server.is_led_out)
        answer = self._http.send(request, urlunsplit(parts._replace(query=query, fragment="")))
        if answer.status in _POST_ALONE and self.credentials:
            login = {"username": self.credentials.username, "password": self.credentials.password.reveal()}
            return self._posted(server, scope, {"grant_type": "password", **login})
        return answer

    def _refreshed(self, server: _Server, scope: Scope, identity: str) -> Response:
        """Exchange an identity token for an access token, as OAuth 2 does."""
        return self._posted(server, scope, {"grant_type": "refresh_token", "refresh_token": identity})

    def _posted(self, server: _Server, scope: Scope, given: Mapping[str, str]) -> Response:
        body = urlencode({"service": server.service, "client_id": CLIENT, "scope": " ".join(scope), **given}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._http.send(Request("POST", headers, body, is_led_out=server.is_led_out), server.realm)

    def _named(self, scope: Scope) -> str:
        """Return the repository that a scope is about first."""
        return f"{self.host}/{scope[0].split(':')[1]}"

    def _read(self, response: Response, scope: Scope) -> str:
        server = urlsplit(response.address).netloc
        is_rejected = response.status == HTTPStatus.BAD_REQUEST and b"invalid_grant" in response.body
        if response.status in _DENIED or is_rejected:
            status = HTTPStatus.UNAUTHORIZED if is_rejected else response.status
            raise self.denied(self._named(scope), status, response.body)
        data = json_object(response.body, f"the token that {server} sent") if response.is_success else {}
        token = next((text for text in map(data.get, _TOKENS) if isinstance(text, str) and text), None)
        if token is None:
            raise RegistryUnavailable(
                f"{server} sent no token (HTTP {response.status})",
                expected="a token, as registries send",
                cure="look at the registry; run it again later",
            )
        return _checked(token, server)


def _checked(token: str, server: str) -> str:
    """Return a token that can be sent; raise RegistryUnavailable, without the token, where it cannot be."""
    if not _TOKEN.fullmatch(token):
        raise RegistryUnavailable(
            f"{server} sent a token that cannot be used",
            expected="letters, digits and signs",
            cure="look at the registry, or at a proxy between",
        )
    return token


def scopes(own: Scope, challenged: str) -> Scope:
    """Return what a token is asked for: the own scope, and what else the challenge names, which a proxy may rename."""
    asked = {each.rpartition(":")[0] for each in own}
    others = (each for each in challenged.split() if _SCOPE.fullmatch(each))
    return (*own, *(each for each in others if each.rpartition(":")[0] not in asked))


def scope_of(repositories: Sequence[tuple[str, str]]) -> Scope:
    """Return the scope of repositories, each with what is done there: `pull` or `pull,push`."""
    return tuple(f"repository:{name}:{actions}" for name, actions in repositories)
