"""An internet of this machine's own: public names behind a proxy, which leads each to a server of the tests.

Programs are led there as in a company's network: by HTTPS_PROXY, and by a file with the authority that they trust. No
name is looked up, and nothing leaves this machine.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

_CHUNK = 256 * 1024  # bytes
_NEAR = "127.0.0.1,localhost"


class Internet(ThreadingTCPServer):
    """Leads names to ports of loopback, where servers speak TLS; `unknown` has the requests that led nowhere."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, ports: Mapping[str, int], certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ports = ports
        self.certificate = certificate
        self.unknown: list[str] = []

    @property
    def environ(self) -> dict[str, str]:
        """What leads programs here: ltf-ci, git, docker and its daemons."""
        proxy = f"http://127.0.0.1:{self.server_address[1]}"
        authority = dict.fromkeys(("SSL_CERT_FILE", "GIT_SSL_CAINFO"), str(self.certificate))
        proxies = {"HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": _NEAR, "no_proxy": _NEAR}
        return {**authority, **proxies, "GIT_ALLOW_PROTOCOL": "https:file"}

    def handle_error(self, request: object, client_address: object) -> None:
        """Do nothing: a client that was killed ends its connection."""


class _Handler(StreamRequestHandler):
    server: Internet

    def handle(self) -> None:
        """Answer `CONNECT NAME:443`, and pass on what comes then."""
        method, target = self.rfile.readline().decode().split(" ")[:2]
        while self.rfile.readline().strip():  # headers
            pass
        port = self.server.ports.get(target.removesuffix(":443")) if method == "CONNECT" else None
        if port is None:
            self.server.unknown.append(f"{method} {target}")
            self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as far:
            back = threading.Thread(target=_pass_on, args=(far, self.connection), daemon=True)
            back.start()
            _pass_on(self.connection, far)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # either end may go at any moment
        while data := source.recv(_CHUNK):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def running_internet(ports: Mapping[str, int], certificate: Path) -> Iterator[Internet]:
    """Lead each of these names to its port of loopback, whose server has this certificate."""
    with Internet(ports, certificate) as internet:
        threading.Thread(target=internet.serve_forever, args=(0.01,), daemon=True).start()
        yield internet
        internet.shutdown()
