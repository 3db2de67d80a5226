"""One call to a server: sent, redirected where that is safe, and read within bounds."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urljoin, urlsplit

from ltf_ci.clients.deadline import ends_within
from ltf_ci.clients.login_echo import without_login
from ltf_ci.clients.rate_limit import PASSING
from ltf_ci.clients.registry.address import is_private, same_origin
from ltf_ci.clients.registry.failures import busy, is_page, unreachable
from ltf_ci.clients.retry import Patience
from ltf_ci.errors import LtfError, RegistryUnavailable

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse  # noqa: TID251 - this is the door

    from ltf_ci.clients.registry.connections import Connections

MEGABYTE = 1024 * 1024
SMALL = MEGABYTE  # bytes: a token, an error
LONG = 3600  # seconds: a layer
_CHUNK = 64 * 1024
_REDIRECTS = 5
READS = ("GET", "HEAD")
_MOVED = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)
Body: TypeAlias = bytes | Iterable[bytes] | None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: its answer may have `limit` bytes, and take `seconds`, where that is not the usual time.

    `is_led_out`: a server on the internet named the address, so that it is connected to no private one.
    """

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body = None
    limit: int = SMALL
    seconds: float | None = None
    is_led_out: bool = False

    @property
    def authorization(self) -> str:
        """The login that is sent; empty without one."""
        return self.headers.get("Authorization", "")

    @property
    def can_be_resent(self) -> bool:
        """Whether the body is there still once it was sent: what is read piece by piece is not."""
        return self.body is None or isinstance(self.body, bytes)

    def with_headers(self, more: Mapping[str, str]) -> Request:
        """Return the same with more headers."""
        return replace(self, headers={**self.headers, **more})


@dataclass(frozen=True, slots=True)
class Response:
    """A server's answer, and the address that gave it: another one than was asked after a redirect."""

    address: str
    status: int
    headers: Mapping[str, str]
    fields: Callable[[str], list[str]]  # all fields of a header's name
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether what was to be written is: registries differ in their statuses of success."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_there(self) -> bool:
        """Whether what was to be read is there, and came: no other status of success says so."""
        return self.status in (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION)

    @property
    def is_not_found(self) -> bool:
        """Whether the registry says that it has no such thing; a page of HTML is of something else before it."""
        return self.status == HTTPStatus.NOT_FOUND and not is_page(self.body)


class Http:
    """Makes calls, each once; whatever a server or a library says is a RegistryUnavailable, or a Response."""

    def __init__(self, connections: Connections, seconds: float, patience: Patience) -> None:
        self._connections = connections
        self._seconds = seconds
        self._patience = patience

    def send(self, request: Request, address: str) -> Response:
        """Return the answer to a request; raise RegistryUnavailable where there is none, or one out of bounds."""
        with self.opened(request, address) as (raw, place):
            content = b"".join(_bounded(raw, place, request.limit))
            if raw.status >= HTTPStatus.BAD_REQUEST:
                content = without_login(content, request.authorization)
            return Response(place, raw.status, raw.headers, raw.headers.getlist, content)

    @contextmanager
    def opened(self, request: Request, address: str) -> Iterator[tuple[BaseHTTPResponse, str]]:
        """Lend the answer, whose body is not read yet, and the address that it came from; raise as `send` does."""
        with ends_within(request.seconds or self._seconds), self._translated(request.method, address):
            raw, place = self._followed(request, address)
            try:
                if raw.status in PASSING:  # every call may be made twice, for content is named by its digest
                    words = without_login(b"".join(_bounded(raw, place, SMALL)), request.authorization)
                    raise busy(place, raw.status, raw.headers, words)
                yield raw, place
            finally:
                raw.close()  # but for a connection whose answer was read to its end, which is free again

    def _followed(self, request: Request, address: str) -> tuple[BaseHTTPResponse, str]:
        """Return the answer, after the redirects that may be followed, and the address that it came from."""
        is_led_out = request.is_led_out  # what the name of another host on the internet means is looked at again
        place, headers = address, {"Accept-Encoding": "identity", "User-Agent": "ltf-ci", **request.headers}
        for _ in range(_REDIRECTS + 1):
            with self._connections.expecting(public=is_led_out):
                raw = self._connections.to(place).request(
                    request.method,
                    place,
                    headers=headers,
                    body=request.body,
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
            location = raw.headers.get("Location", "") if raw.status in _MOVED else ""
            target = urljoin(place, location)
            if not location or not _may_follow(request, raw.status, same_origin(place, target)):
                return raw, place
            raw.close()
            is_led_out |= self.check_redirect(place, target)
            if not same_origin(place, target):
                headers.pop("Authorization", None)
            place = target
        raise RegistryUnavailable(
            f"{urlsplit(address).netloc} redirects more than {_REDIRECTS} times",
            expected="an answer after fewer",
            cure="look at the registry, or at a proxy between",
        )

    def check_redirect(self, place: str, target: str) -> bool:
        """Return whether a redirect leads from the internet to another host there, and by no proxy.

        Raise RegistryUnavailable for one to a place without TLS, or from outside to a private network; also for
        one with a backslash, where urllib, which looks, reads another host than urllib3, which connects.
        """
        before, after = urlsplit(place), urlsplit(target)
        if after.scheme not in ("https", before.scheme) or not after.hostname or "\\" in target:
            raise RegistryUnavailable(
                f"{before.netloc} redirects to {target[:200]!r}",
                expected="an https address",
                cure="look at the registry, or at a proxy between",
            )
        return self.leads_out(place, target, "redirects")

    def leads_out(self, place: str, target: str, what: str) -> bool:
        """Return whether a server on the internet leads to another host there, and by no proxy; `what` it does for it.

        Raise RegistryUnavailable where it leads to a private network.
        """
        before, after = urlsplit(place), urlsplit(target)
        if after.netloc == before.netloc or self._is_private(place):
            return False
        if self._is_private(target):
            raise RegistryUnavailable(
                f"{before.netloc} {what} to {after.netloc}, an address of a private network",
                expected="an address on the internet, as its own",
                cure="look at the registry: it may not send there",
            )
        return not self._connections.proxy_of(target)

    def _is_private(self, address: str) -> bool:
        host = urlsplit(address).hostname or ""
        if is_private(host) or self._connections.proxy_of(address):  # a proxy looks names up: here they may be unknown
            return is_private(host)
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError:
            return False  # to connect will say so
        return any(is_private(str(each[4][0])) for each in found)

    @contextmanager
    def _translated(self, method: str, address: str) -> Iterator[None]:
        """Raise RegistryUnavailable for whatever a library raises about a connection, or about what a server sent."""
        from urllib3.exceptions import HTTPError  # noqa: TID251 - this is the door

        try:
            yield
        except LtfError:
            raise
        except (HTTPError, HTTPException, OSError, ValueError, RecursionError) as error:
            proxy, soon = self._connections.proxy_of(address), self._patience.pause / 2
            raise unreachable(address, method, error, soon, proxy) from error


def _may_follow(request: Request, status: int, is_same: bool) -> bool:  # noqa: FBT001 - a table of three
    """Whether a redirect is followed: of a call that reads, or one that keeps the method; a body goes nowhere else."""
    if request.method in READS:
        return True
    return status in _KEEPS_METHOD and (request.body is None or (is_same and request.can_be_resent))


def _bounded(raw: BaseHTTPResponse, address: str, limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in raw.stream(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > limit:
            host = urlsplit(address).netloc
            raise RegistryUnavailable(
                f"{host} sends more than {limit // MEGABYTE} MB",
                expected="a smaller answer",
                cure="look at the image, and at a proxy between",
            )
        yield chunk
