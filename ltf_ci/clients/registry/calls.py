"""Calls to a registry: with the login that it asks for, by the scheme that it speaks, again where that may help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ltf_ci.clients.registry.address import host_of, path_of, same_origin
from ltf_ci.clients.registry.auth import Login, Scope, scope_of
from ltf_ci.clients.registry.failures import AGAIN, OtherProtocol
from ltf_ci.clients.registry.hosts import Hosts
from ltf_ci.clients.registry.http import READS, Http, Request, Response
from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.errors import AccessDenied, RegistryUnavailable
from ltf_ci.model.credentials import Credentials, no_credentials
from ltf_ci.model.image import DOCKER_HUB, ImageName

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse  # noqa: TID251 - this is the door

_DENIED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_OF_TLS = (b"HTTPS server", b"HTTPS port")  # what Go's and nginx's servers say to HTTP without TLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request about an image: to a path below its repository, or to an `address` that the registry gave.

    `source` is another image, whose repository is read by the same call.
    """

    request: Request
    image: ImageName
    path: str = ""
    address: str = ""
    source: ImageName | None = None

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.request.method in READS

    @property
    def scope(self) -> Scope:
        """What a token must allow."""
        own = (self.image.repository[1], "pull" if self.is_read else "pull,push")
        return scope_of([own, (self.source.repository[1], "pull")] if self.source else [own])


class Calls:
    """Makes calls, and knows the login of each registry."""

    def __init__(
        self,
        http: Http,
        hosts: Hosts,
        patience: Patience,
        credentials: Callable[[str], Credentials | None],
        login_cure: Callable[[str], str],
    ) -> None:
        self.patience = patience
        self._http = http
        self._hosts = hosts
        self._credentials = credentials
        self._login_cure = login_cure
        self._logins: dict[str, Login] = {}
        self._hub_is_away = False

    def ask(self, call: Call) -> Response:
        """Return the answer, whatever its status; raise AccessDenied for 401 and 403, RegistryUnavailable for none."""
        mirrors = self._hosts.mirrors if call.is_read and call.image.registry == DOCKER_HUB else ()
        if mirrors and self._hub_is_away:
            return self._by_mirror(call, mirrors) or self._repeated(call)
        try:
            return self._repeated(call)
        except RegistryUnavailable:
            answer = self._by_mirror(call, mirrors)
            if answer is None:
                raise
            self._hub_is_away = True
            return answer

    def once(self, call: Call) -> Response:
        """Return the answer to a call that is not made again by itself."""
        host = host_of(call.image)
        schemes, failed = [*self._hosts.schemes(host)], list[OtherProtocol]()
        for scheme in schemes:  # it may grow meanwhile
            try:
                return self._by_scheme(call, scheme, host)
            except OtherProtocol as error:
                failed.append(error)
                if "http" not in schemes and self._hosts.means_loopback(host):
                    schemes.append("http")
        raise failed[0]

    def _by_scheme(self, call: Call, scheme: str, host: str) -> Response:
        """Return the answer; raise OtherProtocol where the host does not speak this scheme."""
        answer = self._logged_in(call, f"{scheme}://{host}", self._login(call.image.registry))
        if scheme == "http" and answer.status == HTTPStatus.BAD_REQUEST and _is_tls(answer):
            raise OtherProtocol(f"{host} speaks TLS alone", cure=AGAIN)
        self._hosts.settle(host, scheme)
        return answer

    @contextmanager
    def opened(self, call: Call) -> Iterator[BaseHTTPResponse]:
        """Lend the answer to a call that reads, whose body is read piece by piece."""
        base, login = self._place(replace(call, request=Request("HEAD")))
        request = call.request.with_headers(login.headers(call.scope))
        with self._http.opened(request, f"{base}{path_of(call.image, call.path)}") as (raw, _):
            if raw.status in _DENIED:
                raise login.denied(str(call.image.untagged), raw.status, b"")
            yield raw

    def _place(self, head: Call) -> tuple[str, Login]:
        """Return the server that answers a call, and its login, which is known once it was asked by HEAD."""
        with suppress(AccessDenied, RegistryUnavailable):  # a server may refuse HEAD alone
            self.ask(head)
        for mirror in self._hosts.mirrors if self._hub_is_away and head.image.registry == DOCKER_HUB else ():
            login = self._login(urlsplit(mirror).netloc)
            with suppress(AccessDenied, RegistryUnavailable):
                if self._logged_in(head, mirror, login).is_there:
                    return mirror, login
        host = host_of(head.image)
        return f"{self._hosts.schemes(host)[0]}://{host}", self._login(head.image.registry)

    def _repeated(self, call: Call) -> Response:
        return with_retries(lambda: self.once(call), self.patience)

    def _by_mirror(self, call: Call, mirrors: tuple[str, ...]) -> Response | None:
        """Return what a mirror of Docker Hub has; None where none has it: that says nothing of Docker Hub."""
        for mirror in mirrors:
            try:
                answer = self._logged_in(call, mirror, self._login(urlsplit(mirror).netloc))
            except RegistryUnavailable:
                continue
            if answer.is_there:
                return answer
        return None

    def _logged_in(self, call: Call, base: str, login: Login) -> Response:
        """Ask once, and once more with the login that is asked for; one never goes to another server."""
        address = call.address or f"{base}{path_of(call.image, call.path)}"
        is_own = same_origin(address, base)
        known = login.headers(call.scope) if is_own else {}
        answer = self._http.send(call.request.with_headers(known), address)
        is_elsewhere = not same_origin(answer.address, base)
        if answer.status == HTTPStatus.UNAUTHORIZED and (call.is_read or is_own):
            if is_elsewhere:  # redirected: that server knows nothing of this one's login
                login = Login(urlsplit(answer.address).netloc, no_credentials, self._http, login.cure)
            header = login.answer(answer, call.scope)
            if not call.request.can_be_resent:
                raise RegistryUnavailable(f"{login.host} asks for a login within an upload", cure=AGAIN, again_after=0)
            answer = self._http.send(call.request.with_headers(header), answer.address)
        if answer.status in _DENIED:
            raise login.denied(str(call.image.untagged), answer.status, answer.body)
        return answer

    def _login(self, registry: str) -> Login:
        new = Login(registry, self._credentials, self._http, self._login_cure(registry))
        return self._logins.setdefault(registry, new)


def _is_tls(answer: Response) -> bool:
    return any(text in answer.body for text in _OF_TLS)
