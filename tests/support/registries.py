"""Real registries on loopback (Debian's docker-registry): open, with a password, and with a token server."""

from __future__ import annotations

import base64
import datetime as dt
import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USERNAME = "maintainer"
PASSWORD = "pass-word-of-the-tests"  # a test greps what we print for it
BCRYPT = "$2y$04$adrLtWhVg6xkBiXoUh5azeo/TDoEA9Z/VUjmrdMiDbvdyBSe8vKje"  # of that password
SERVICE, ISSUER = "registry-of-the-tests", "issuer-of-the-tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_registry(folder: Path, auth: Mapping[str, object]) -> Iterator[str]:
    """Run a docker-registry; give its HOST:PORT."""
    port = free_port()
    config = {
        "version": "0.1",
        "log": {"accesslog": {"disabled": True}, "level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": f"127.0.0.1:{port}", "secret": "of-the-tests"},
        **({"auth": auth} if auth else {}),
    }
    file = folder / "config.yml"
    file.write_text(json.dumps(config))  # JSON is YAML
    program = shutil.which("docker-registry", path="/usr/bin:/usr/local/bin")
    assert program, "docker-registry is missing: run bin/setup"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "serve", str(file)], stdout=log, stderr=log)
    try:
        wait_for(port, process, folder / "log")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"docker-registry did not start:\n{log.read_text()[-2000:]}")


class TokenServer(ThreadingHTTPServer):
    """Gives registry tokens to whoever knows the password; to anybody else for pull alone."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), TokenHandler)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = _certificate(self.key)
        self.asked: list[str] = []

    @property
    def realm(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"


class TokenHandler(BaseHTTPRequestHandler):
    server: TokenServer

    def do_GET(self) -> None:
        scopes = [scope for many in parse_qs(urlsplit(self.path).query).get("scope", []) for scope in many.split()]
        self.server.asked += scopes
        given = self.headers.get("Authorization", "")
        known = given == "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        if given and not known:
            self.answer(401, {"errors": [{"code": "UNAUTHORIZED", "message": "incorrect username or password"}]})
        else:
            self.answer(200, {"token": self.token(scopes, may_push=known)})

    def token(self, scopes: list[str], *, may_push: bool) -> str:
        now = dt.datetime.now(dt.UTC)
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":")
            allowed = [action for action in actions.split(",") if may_push or action == "pull"]
            access.append({"type": kind, "name": name, "actions": allowed})
        claims = {"iss": ISSUER, "aud": SERVICE, "sub": "", "iat": now, "nbf": now - dt.timedelta(minutes=1)}
        claims |= {"exp": now + dt.timedelta(minutes=5), "access": access}
        der = self.server.certificate.public_bytes(serialization.Encoding.DER)
        return jwt.encode(claims, self.server.key, "ES256", headers={"x5c": [base64.b64encode(der).decode()]})

    def answer(self, status: int, data: object) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - dt.timedelta(days=1))
    return builder.not_valid_after(now + dt.timedelta(days=1)).sign(key, hashes.SHA256())


@pytest.fixture(scope="session")
def open_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_registry(tmp_path_factory.mktemp("open"), {}) as host:
        yield host


@pytest.fixture(scope="session")
def basic_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("basic")
    (folder / "htpasswd").write_text(f"{USERNAME}:{BCRYPT}\n")
    auth = {"htpasswd": {"realm": "of-the-tests", "path": str(folder / "htpasswd")}}
    with running_registry(folder, auth) as host:
        yield host


@pytest.fixture(scope="session")
def token_server() -> Iterator[TokenServer]:
    with TokenServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def token_registry(tmp_path_factory: pytest.TempPathFactory, token_server: TokenServer) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("token")
    bundle = folder / "bundle.pem"
    bundle.write_bytes(token_server.certificate.public_bytes(serialization.Encoding.PEM))
    auth = {"realm": token_server.realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(bundle)}
    with running_registry(folder, {"token": auth}) as host:
        yield host
