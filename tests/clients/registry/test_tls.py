"""Registries with an authority of their own, or without TLS, as docker's configuration has them."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from ltf_ci.clients.docker.registry_hosts import DockerRegistries, addresses_of
from ltf_ci.clients.registry.address import is_private
from ltf_ci.clients.registry.auth import Login
from ltf_ci.clients.registry.hosts import Hosts
from ltf_ci.clients.registry.http import Http, Response
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.retry import Patience
from ltf_ci.errors import BadInput, RegistryUnavailable
from ltf_ci.model.credentials import no_credentials
from ltf_ci.model.image import ImageName
from ltf_ci.model.network import Network
from ltf_ci.model.registry import Answer, Present
from tests.support.scripted import FINE, Seen, noted, says
from tests.support.tls import own_certificate

Scripted = Callable[..., str]
Own = tuple[Path, ssl.SSLContext]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return own_certificate(tmp_path)


def resolved(host: str, **network: object) -> Answer:
    registry = Registry(network=Network(**network), tries=0, seconds=5, pause=0)  # type: ignore[arg-type]
    return registry.resolve(ImageName.parse(f"{host}/a:1-1"))


@pytest.mark.machine
def test_an_authority_in_certs_d_is_trusted(scripted: Scripted, own: Own, tmp_path: Path) -> None:
    host = scripted(FINE, tls=own[1])
    place = tmp_path / "docker/certs.d" / host
    place.mkdir(parents=True)
    shutil.copy(own[0], place / "ca.crt")
    assert isinstance(resolved(host, docker_folders=(tmp_path / "docker",)), Present)


@pytest.mark.machine
def test_an_authority_in_the_file_of_ssl_cert_file_is_trusted(scripted: Scripted, own: Own) -> None:
    assert isinstance(resolved(scripted(FINE, tls=own[1]), ca_file=own[0]), Present)


@pytest.mark.machine
@pytest.mark.parametrize("is_file", [True, False])
def test_an_authority_in_a_folder_is_trusted(scripted: Scripted, own: Own, tmp_path: Path, *, is_file: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copy(own[0], folder / "ours.pem")  # by any name: OpenSSL itself wants hashes
    (folder / "README").write_text("no certificate")
    named: dict[str, object] = {"ca_file": folder} if is_file else {"ca_folders": (tmp_path / "none", folder)}
    assert isinstance(resolved(scripted(FINE, tls=own[1]), **named), Present)


@pytest.mark.machine
def test_an_unknown_authority_is_told_with_what_to_do(scripted: Scripted, own: Own, tmp_path: Path) -> None:
    host = scripted(FINE, tls=own[1])
    place = tmp_path / "docker/certs.d" / host
    place.mkdir(parents=True)
    shutil.copy(own_certificate(place)[0], place / "ca.crt")  # another one
    with pytest.raises(RegistryUnavailable, match="is not trusted: self") as told:
        resolved(host, docker_folders=(tmp_path / "docker",))
    assert f"certs.d/{host}/ca.crt" in told.value.cure
    assert "SSL_CERT_FILE" in told.value.cure
    assert told.value.again_after is None


@pytest.mark.machine
def test_a_certificate_that_is_none_is_told(scripted: Scripted, own: Own, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    with pytest.raises(BadInput, match=r"none\.pem"):
        resolved(scripted(FINE, tls=own[1]), ca_file=tmp_path / "none.pem")


@pytest.mark.machine
def test_a_registry_that_docker_lets_be_insecure_is_asked_whatever_its_certificate(
    scripted: Scripted, own: Own, tmp_path: Path
) -> None:
    (tmp_path / "daemon.json").write_text(json.dumps({"insecure-registries": ["127.0.0.0/8"]}))
    assert isinstance(resolved(scripted(FINE, tls=own[1]), docker_folders=(tmp_path,)), Present)


@pytest.mark.machine
def test_no_redirect_leads_from_tls_to_plain_http(scripted: Scripted, own: Own) -> None:
    seen: Seen = []
    plain = scripted(noted(seen, FINE))
    with pytest.raises(RegistryUnavailable, match="redirects to 'http:") as told:
        resolved(scripted(says(307, Location=f"http://{plain}/v2/a"), tls=own[1]), ca_file=own[0])
    assert (seen, told.value.expected) == ([], "an https address")


@pytest.mark.parametrize(
    ("place", "target", "is_refused"),
    [
        ("https://8.8.8.8/v2/", "https://9.9.9.9/x", False),
        ("https://8.8.8.8/v2/", "https://10.0.0.1/x", True),
        ("https://8.8.8.8/v2/", "https://169.254.169.254/x", True),
        ("https://8.8.8.8/v2/", "https://[::1]/x", True),
        ("https://8.8.8.8/v2/", "https://localhost/x", True),
        ("https://8.8.8.8/v2/", "https://localhost./x", True),
        ("https://8.8.8.8/v2/", "https://[::ffff:10.0.0.1]/x", True),
        ("https://8.8.8.8/v2/", "https://0.0.0.0/x", True),
        ("https://8.8.8.8/v2/", "https://2130706433/x", True),
        ("https://8.8.8.8/v2/", "https://0x7f.1/x", True),
        ("https://8.8.8.8/v2/", "https://100.64.0.1/x", True),
        ("https://8.8.8.8/v2/", "https://[fe80::1%25lo]/x", True),
        ("https://8.8.8.8/v2/", "https://u@127.0.0.1/x", True),
        ("https://8.8.8.8/v2/", "https://8.8.8.8/x", False),
        ("https://8.8.8.8/v2/", "https://10.0.0.1\\@9.9.9.9/x", True),
        ("https://10.0.0.1/v2/", "https://10.0.0.2/x", False),
        ("https://8.8.8.8/v2/", "http://9.9.9.9/x", True),
        ("https://8.8.8.8/v2/", "ftp://9.9.9.9/x", True),
        ("http://127.0.0.1/v2/", "https://9.9.9.9/x", False),
    ],
)
def test_a_redirect_leads_to_no_place_that_only_this_machine_reaches(
    place: str, target: str, *, is_refused: bool
) -> None:
    from ltf_ci.clients.registry.connections import Connections

    http = Http(Connections(Network(), DockerRegistries(()), 1), 1, Patience(retries=0))
    if is_refused:
        with pytest.raises(RegistryUnavailable, match="redirects to"):
            http.check_redirect(place, target)
    else:
        http.check_redirect(place, target)


@pytest.mark.machine
def test_a_name_of_this_machine_may_be_without_tls(scripted: Scripted) -> None:
    name = socket.gethostname()
    if addresses_of(name) != ("127.0.0.1",):
        pytest.skip(f"{name} is not loopback here")
    port = scripted(FINE).rpartition(":")[2]
    assert isinstance(resolved(f"{name}:{port}"), Present)


def test_a_network_that_docker_lets_be_insecure_has_names_too(tmp_path: Path) -> None:
    (tmp_path / "daemon.json").write_text(json.dumps({"insecure-registries": ["127.0.0.0/8", "own.corp"]}))
    docker = DockerRegistries([tmp_path])
    assert [docker.is_insecure(host) for host in ("localhost:5000", "own.corp", "8.8.8.8", "nowhere.invalid")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "realm",
    [
        "http://127.0.0.1:2375/containers/json",
        "http://localhost/x",
        "https://10.0.0.1/token",
        "https://169.254.169.254/latest/meta-data/",
        "https://[64:ff9b::a9fe:a9fe]/x",
        "https://2130706433/x",
    ],
)
def test_no_token_is_fetched_from_a_place_that_only_this_machine_reaches(realm: str) -> None:
    from ltf_ci.clients.registry.connections import Connections

    http = Http(Connections(Network(), DockerRegistries(()), 1), 1, Patience(retries=0))
    challenge = Response("https://8.8.8.8/v2/", 401, {}, lambda _: [f'Bearer realm="{realm}",service="s"'], b"")
    with pytest.raises(RegistryUnavailable, match=r"sends for its token to .*, an address of a private network"):
        Login("8.8.8.8", no_credentials, http, "").answer(challenge, ("repository:a:pull",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("localhost", True), ("localhost.", True), ("a.localhost", True), ("notlocalhost", False), ("example.org", False)]
    + [("127.0.0.1", True), ("::1", True), ("fe80::1%lo", True), ("8.8.8.8", False), ("2001:4860:4860::8888", False)]
    + [
        ("64:ff9b::10.0.0.1", True),
        ("64:ff9b::169.254.169.254", True),
        ("64:ff9b::8.8.8.8", False),
        ("::10.0.0.1", True),
    ]
    + [
        ("::10.0.0.1", True),
        ("::ffff:10.0.0.1", True),
        ("2002:a00:1::1", True),
        ("fd00:ec2::254", True),
        ("100.64.0.1", True),
    ],
)
def test_what_only_this_machine_or_its_network_reaches(text: str, *, expected: bool) -> None:
    assert is_private(text) is expected


@pytest.mark.parametrize("public", [True, False])
def test_a_name_that_meant_a_public_address_when_it_was_looked_at(
    scripted: Callable[..., str], *, public: bool
) -> None:
    """The one look is for the redirect, the next for the connection: between them a name can change its meaning."""
    from ltf_ci.clients.registry.connections import Connections

    address = f"http://{scripted(says(200, b'inside'))}/x"
    connections = Connections(Network(), DockerRegistries(()), 1)
    with connections.expecting(public=public):
        if public:
            with pytest.raises(Exception, match="an address of a private network now"):
                connections.to(address).request("GET", address)
        else:
            assert connections.to(address).request("GET", address).data == b"inside"
    assert connections.to(address).request("GET", address).data == b"inside"


@pytest.mark.parametrize(
    ("host", "schemes"),
    [
        ("ghcr.io", ("https",)),
        ("vm:5000", ("https", "http")),
        ("10.1.2.3:5000", ("https", "http")),
        ("10.1.2.3", ("https", "http")),
        ("localhost:5000", ("http", "https")),
        ("127.0.0.1:5000", ("http", "https")),
        ("own.corp", ("https",)),
    ],
)
def test_what_is_spoken_to_a_host(tmp_path: Path, host: str, schemes: tuple[str, ...]) -> None:
    (tmp_path / "daemon.json").write_text(json.dumps({"insecure-registries": ["vm:5000", "10.0.0.0/8", 7]}))
    (tmp_path / "certs.d/own.corp").mkdir(parents=True)
    (tmp_path / "certs.d/own.corp/ca.crt").touch()
    hosts = Hosts(DockerRegistries((tmp_path / "nowhere", tmp_path)))
    assert hosts.schemes(host) == schemes
    hosts.settle(host, "http")
    assert hosts.schemes(host) == ("http",)
