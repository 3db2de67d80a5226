"""Real registries on loopback (Debian's docker-registry): open, with a password, and with a token server."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from embedded.registry import PASSWORD, USERNAME, password_file, running_registry

SERVICE, ISSUER = "registry-of-the-tests", "issuer-of-the-tests"


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
        """Print nothing."""


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - dt.timedelta(days=1))
    return builder.not_valid_after(now + dt.timedelta(days=1)).sign(key, hashes.SHA256())


@pytest.fixture(scope="session")
def open_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_registry(tmp_path_factory.mktemp("open")) as host:
        yield host


@pytest.fixture(scope="session")
def basic_registry_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the registry with a password keeps what it has."""
    return tmp_path_factory.mktemp("basic")


@pytest.fixture(scope="session")
def basic_registry(basic_registry_folder: Path) -> Iterator[str]:
    with running_registry(basic_registry_folder, password_file(basic_registry_folder)) as host:
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
    with running_registry(folder, {"token": token_auth(token_server, folder)}) as host:
        yield host


def token_auth(server: TokenServer, folder: Path) -> Mapping[str, object]:
    """Return the `auth.token` of a registry that takes a token server's tokens."""
    bundle = folder / "bundle.pem"
    bundle.write_bytes(server.certificate.public_bytes(serialization.Encoding.PEM))
    return {"realm": server.realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(bundle)}


def docker_login(host: str) -> None:
    """Keep the login as `docker login` does: what is not the run's own registry is opened by it."""
    folder = Path(os.environ["DOCKER_CONFIG"])
    folder.mkdir(exist_ok=True)
    auth = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))
