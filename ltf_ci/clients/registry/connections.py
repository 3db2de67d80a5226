"""Connections to registries: through which proxy, with which certificates, and with an end to every answer."""

from __future__ import annotations

import io
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from urllib3 import (  # noqa: TID251 - this is the door
    HTTPConnectionPool,
    HTTPSConnectionPool,
    PoolManager,
    ProxyManager,
    Timeout,
    disable_warnings,
    make_headers,
)
from urllib3.connection import HTTPConnection, HTTPSConnection  # noqa: TID251 - this is the door
from urllib3.exceptions import InsecureRequestWarning  # noqa: TID251 - this is the door

from ltf_ci.clients.deadline import seconds_left
from ltf_ci.clients.docker.registry_hosts import Certificates, DockerRegistries, files_of
from ltf_ci.clients.registry.address import is_private
from ltf_ci.errors import BadInput
from ltf_ci.model.network import Network

_call = threading.local()
AT_ONCE = 32  # connections to one registry
_CONNECT = 10  # seconds


class Connections:
    """Lends the pool of connections for an address; each read takes no longer than `seconds`."""

    def __init__(self, network: Network, docker: DockerRegistries, seconds: float) -> None:
        self._network = network
        self._docker = docker
        self._seconds = seconds
        self._lock = Lock()  # many threads may be the first to ask
        self._managers: dict[tuple[str, str], PoolManager] = {}

    def to(self, address: str) -> PoolManager:
        """Return the connections for an address."""
        parts = urlsplit(address)
        origin = parts.scheme, parts.netloc
        with self._lock:
            if origin not in self._managers:
                self._managers[origin] = self._made_for(address, parts.netloc)
            return self._managers[origin]

    def _made_for(self, address: str, host: str) -> PoolManager:
        certificates, is_tls = self._docker.certificates(host), address.startswith("https:")
        has_own = certificates or self._network.ca_file or self._network.ca_folders
        needs_context = has_own or self._docker.is_insecure(host)
        context = self._context(host, certificates) if is_tls and needs_context else None
        return self._manager(self._network.proxy_of(address), context)

    @contextmanager
    def expecting(self, *, public: bool) -> Iterator[None]:
        """Let this thread connect to no private address in this block, whatever a name means by then."""
        _call.is_public = public
        try:
            yield
        finally:
            _call.is_public = False

    def proxy_of(self, address: str) -> str:
        """Return the proxy's host that an address is reached through; empty where it is reached directly."""
        proxy = urlsplit(self._network.proxy_of(address))
        return proxy.netloc.rpartition("@")[2]

    def _manager(self, proxy: str, context: ssl.SSLContext | None) -> PoolManager:
        timeout = Timeout(connect=min(_CONNECT, self._seconds), read=self._seconds)
        given: dict[str, Any] = {"maxsize": AT_ONCE, "retries": False, "timeout": timeout}
        given |= {"ssl_context": context} if context else {}
        manager = ProxyManager(proxy, **_proxy_login(proxy), **given) if proxy else PoolManager(**given)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager

    def _context(self, host: str, certificates: Certificates | None) -> ssl.SSLContext:
        """Return what a host is trusted by: the machine's authorities and those that docker has for it."""
        context = ssl.create_default_context()
        for file in (file for folder in self._network.every_ca_folder for file in files_of(folder)):
            with suppress(OSError, ssl.SSLError):  # a folder may have anything else
                context.load_verify_locations(file)
        named = self._network.ca_file
        files = [] if named is None or named.is_dir() else [named]
        files += certificates.authorities if certificates else ()
        try:
            for file in files:
                context.load_verify_locations(file)
            for certificate, key in certificates.pairs if certificates else ():
                context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise BadInput(
                f"the certificates {', '.join(map(str, files))} cannot be read: {error}",
                expected="files in PEM form",
                cure="write them with openssl x509 -in FILE -out FILE.pem -outform PEM",
            ) from error
        if self._docker.is_insecure(host):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            disable_warnings(InsecureRequestWarning)  # docker's configuration asks for it
        return context


def _proxy_login(proxy: str) -> dict[str, Any]:
    parts = urlsplit(proxy)
    if not parts.username:
        return {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"proxy_headers": make_headers(proxy_basic_auth=login)}


class _Timed(io.RawIOBase):
    """Reads a socket until the end that the call has."""

    def __init__(self, raw: io.RawIOBase, sock: Any) -> None:
        self._raw = raw
        self._socket = sock
        self._longest: float | None = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = seconds_left()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        if left < (self._longest or left):
            self._socket.settimeout(left)
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    """What a server sends, head and body, in time."""

    def __init__(self, sock: Any, *rest: Any, **more: Any) -> None:
        super().__init__(sock, *rest, **more)
        fp: Any = self.fp
        self.fp = io.BufferedReader(_Timed(fp.detach(), sock))


def _expected(sock: socket.socket) -> socket.socket:
    """Return a connection; raise OSError where a name that meant a public address now means a private one."""
    if getattr(_call, "is_public", False) and is_private(str(sock.getpeername()[0])):
        sock.close()
        raise OSError("the name means an address of a private network now")
    return sock


class _Connection(HTTPConnection):
    response_class = _Answer

    def _new_conn(self) -> socket.socket:
        return _expected(super()._new_conn())


class _SecureConnection(HTTPSConnection):
    response_class = _Answer

    def _new_conn(self) -> socket.socket:
        return _expected(super()._new_conn())


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
