"""The registry client against real registries, and against servers that answer badly."""

from __future__ import annotations

import base64
import json
import re
import threading
import tracemalloc
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from embedded.base_image import push_image
from embedded.programs import free_port
from embedded.registry import PASSWORD, USERNAME
from ltf_ci.clients.registry.media_types import MANIFESTS
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import AccessDenied, LtfError, RegistryUnavailable
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent, Present, digest_of
from ltf_ci.model.secret import Secret
from tests.support.registries import TokenServer
from tests.support.scripted import DIGEST, FINE, Script, says, says_half

pytestmark = pytest.mark.machine


def client(username: str = "", password: str = "") -> Registry:
    given = Credentials(username, Secret(password)) if username else None
    return Registry(credentials=lambda _: given, tries=2, seconds=1, pause=0)


def push(registry: Registry, image: ImageName, layer: bytes = b"layer", **labels: str) -> Digest:
    return push_image(registry, image, {"os": "linux", "config": {"Labels": labels}}, [layer])


@pytest.fixture(params=["open_registry", "basic_registry", "token_registry"])
def any_registry(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture(params=["basic_registry", "token_registry"])
def locked_registry(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def test_what_is_pushed_is_there(any_registry: str) -> None:
    registry = client(USERNAME, PASSWORD)
    image = ImageName.parse(f"{any_registry}/a/pushed:3.7.4-1")
    assert registry.resolve(image) == Absent()
    assert registry.tags(image) == ()
    digest = push(registry, image, hello="world")
    assert registry.resolve(image) == Present(digest, MANIFESTS[1])
    assert registry.resolve(image.at(digest)) == Present(digest, MANIFESTS[1])
    assert registry.labels(image) == {"hello": "world"}
    assert registry.tags(image) == ("3.7.4-1",)
    assert digest_of(registry.manifest(image).content) == digest


def test_a_wrong_password_is_denied_and_not_shown(locked_registry: str) -> None:
    image = ImageName.parse(f"{locked_registry}/a/b:1-1")
    with pytest.raises(AccessDenied) as denied:
        client(USERNAME, "another-" + PASSWORD).resolve(image)
    assert PASSWORD not in str(denied.value)


def test_without_a_password_nothing_is_pushed(locked_registry: str) -> None:
    with pytest.raises(AccessDenied):
        push(client(), ImageName.parse(f"{locked_registry}/a/b:1-1"))


def test_one_registrys_password_is_not_sent_to_another(basic_registry: str, open_registry: str) -> None:
    asked: list[str] = []

    def credentials(host: str) -> Credentials | None:
        asked.append(host)
        return Credentials(USERNAME, Secret(PASSWORD)) if host == basic_registry else None

    registry = Registry(credentials=credentials, tries=0)
    registry.resolve(ImageName.parse(f"{open_registry}/a:1-1"))
    registry.resolve(ImageName.parse(f"{basic_registry}/a:1-1"))
    assert asked == [basic_registry]  # the open one wants none


def test_a_layer_is_mounted_within_a_registry(token_registry: str, token_server: TokenServer) -> None:
    registry = client(USERNAME, PASSWORD)
    source, target = (ImageName.parse(f"{token_registry}/{name}:1-1") for name in ("from/here", "to/there"))
    push(registry, source, b"a layer to mount")
    registry.bring_blob(source, target, digest_of(b"a layer to mount"))
    assert registry.blob(target, digest_of(b"a layer to mount")) == b"a layer to mount"
    assert "repository:from/here:pull" in token_server.asked


def test_a_layer_is_copied_between_registries(open_registry: str, basic_registry: str) -> None:
    registry = client(USERNAME, PASSWORD)
    source, target = ImageName.parse(f"{open_registry}/from:1-1"), ImageName.parse(f"{basic_registry}/to:1-1")
    push(registry, source, b"a layer to copy")
    registry.bring_blob(source, target, digest_of(b"a layer to copy"))
    assert registry.blob(target, digest_of(b"a layer to copy")) == b"a layer to copy"


def test_a_layer_is_copied_piece_by_piece(open_registry: str, basic_registry: str) -> None:
    registry, layer = client(USERNAME, PASSWORD), bytes(range(256)) * 4096 * 16
    source, target = ImageName.parse(f"{open_registry}/large:1"), ImageName.parse(f"{basic_registry}/large:1")
    digest = registry.put_blob(source, layer)
    tracemalloc.start()
    registry.bring_blob(source, target, digest)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    registry.look_for_blob(target, digest)
    assert peak < len(layer) / 2


def test_many_tags_are_read_page_by_page(open_registry: str) -> None:
    registry = client()
    image = ImageName.parse(f"{open_registry}/many:1-1")
    digest = push(registry, image)
    content = registry.manifest(image.at(digest)).content
    expected = {f"1-{revision}" for revision in range(1, 1102)}
    for tag in expected:
        registry.put_manifest(image.tagged(tag), content, MANIFESTS[1])
    assert set(registry.tags(image)) == expected


def test_an_index_has_the_labels_of_its_first_platform(open_registry: str) -> None:
    registry = client()
    image = ImageName.parse(f"{open_registry}/two-platforms:1-1")
    digest = push(registry, image, hello="world")
    size = len(registry.manifest(image).content)
    child = {"mediaType": MANIFESTS[1], "digest": str(digest), "size": size}
    index = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [
            {**child, "platform": {"os": "unknown", "architecture": "unknown"}},
            {**child, "platform": {"os": "linux", "architecture": "amd64"}},
        ],
    }
    registry.put_manifest(image.tagged("1-2"), json.dumps(index).encode(), str(index["mediaType"]))
    assert registry.labels(image.tagged("1-2")) == {"hello": "world"}


@pytest.mark.parametrize("child", [{}, {"digest": None}, {"digest": "x"}])
def test_an_index_that_names_nothing_is_told(scripted: Callable[..., str], child: dict[str, object]) -> None:
    image = ImageName.parse(f"{scripted(says(200, json.dumps({'manifests': [child]}).encode()))}/x:1-1")
    with pytest.raises(LtfError):
        client().labels(image)


@pytest.mark.parametrize("size", ["-1", "1e999", "Infinity", "1" * 400, "1" * 5000, '"x"', "null"])
def test_a_size_that_is_none_is_not_known(scripted: Callable[..., str], size: str) -> None:
    manifest = f'{{"config": {{"size": {size}}}, "layers": []}}'.encode()
    image = ImageName.parse(f"{scripted(says(200, manifest))}/x:1-1")
    assert client().size(image) is None


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (says(500), "500"),
        (says(503, Retry_After="0"), "503"),
        (says(429, Retry_After="0"), "429"),
        (says(503, Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"), "is busy for"),
        (says(429, Retry_After="9" * 5000), ": for 100000000000 seconds"),
        (says(429, Retry_After="\u00b2"), "429"),
        (says(200), "is not a JSON object"),
        (says(200, Docker_Content_Digest="sha256:1\r\n"), "is not a JSON object"),
        (says(302, Location="http://127.0.0.1:9/"), "connection refused"),
        (says(401, WWW_Authenticate="Negotiate"), "'negotiate'"),
        (says(401, WWW_Authenticate='Bearer realm="http://example.org/token"'), "sends for its token"),
        (says(418), "418"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_outage_is_an_error_and_never_absent(scripted: Callable[..., str], script: Script, why: str) -> None:
    image = ImageName.parse(f"{scripted(script)}/a:1-1")
    with pytest.raises(RegistryUnavailable, match=re.escape(why)) as outage:
        client().resolve(image)
    assert f"cannot look up {image}" in outage.value.found


def test_a_dead_port_is_an_outage() -> None:
    with pytest.raises(RegistryUnavailable):
        client().resolve(ImageName.parse(f"127.0.0.1:{free_port()}/a:1-1"))


def test_a_server_that_hangs_is_an_outage(scripted: Callable[..., str]) -> None:
    wait = threading.Event()
    host = scripted(lambda _: (wait.wait(20), None)[1])
    registry = Registry(tries=0, seconds=0.2)
    with pytest.raises(RegistryUnavailable):
        registry.resolve(ImageName.parse(f"{host}/a:1-1"))
    wait.set()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_registry_is_asked_again(scripted: Callable[..., str], status: int) -> None:
    host = scripted(says(status, Retry_After="0"), says(status), FINE)
    assert client().resolve(ImageName.parse(f"{host}/a:1-1")) == Present(Digest.parse(DIGEST), MANIFESTS[0])


def test_a_manifest_is_put_again_when_the_registry_was_busy(scripted: Callable[..., str]) -> None:
    image = ImageName.parse(f"{scripted(says(429, Retry_After='0'), says(503), says(201))}/a:1-1")
    assert client().put_manifest(image, b"{}", MANIFESTS[0]) == digest_of(b"{}")


@pytest.mark.parametrize("status", [401, 403])
def test_denied_is_never_absent(scripted: Callable[..., str], status: int) -> None:
    body = b'{"errors": [{"code": "DENIED", "message": "requested access to the resource is denied"}]}'
    host = scripted(says(status, body, WWW_Authenticate="Basic realm=x"))
    with pytest.raises(AccessDenied):
        client("x", "y").manifest(ImageName.parse(f"{host}/a:1-1"))


@pytest.mark.parametrize(
    "script",
    [
        says_half,
        says(200, b"<html>"),
        says(200, b"[]"),
        says(200, b"{}"),
        says(200, b"[" * 100_000),
        says(200, b"\xff"),
    ],
)
def test_a_manifest_that_cannot_be_read(scripted: Callable[..., str], script: Script) -> None:
    with pytest.raises(RegistryUnavailable):
        client().labels(ImageName.parse(f"{scripted(script)}/a:1-1"))


def test_bytes_that_are_not_the_asked_ones(scripted: Callable[..., str]) -> None:
    with pytest.raises(LtfError, match="other bytes"):
        client().manifest(ImageName.parse(f"{scripted(says(200, b'{}'))}/a@{DIGEST}"))


def test_credentials_are_asked_for_once(basic_registry: str) -> None:
    asked: list[str] = []

    def credentials(host: str) -> Credentials:
        asked.append(host)
        return Credentials(USERNAME, Secret(PASSWORD))

    registry = Registry(credentials=credentials, tries=1, pause=0)
    push(registry, ImageName.parse(f"{basic_registry}/asked/once:1"))
    assert asked == [basic_registry]


@pytest.mark.parametrize("status", [201, 401])
def test_a_login_does_not_follow_an_upload_elsewhere(scripted: Callable[..., str], status: int) -> None:
    seen: list[str | None] = []
    challenge = says(401, WWW_Authenticate="Basic realm=x")

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers.get("Authorization"))
        says(status, WWW_Authenticate="Basic realm=x")(handler)

    upload = says(202, Location=f"http://{scripted(elsewhere)}/upload")
    image = ImageName.parse(f"{scripted(challenge, says(404), challenge, upload)}/a:1-1")
    if status == 201:
        assert client("x", "y").put_blob(image, b"layer") == digest_of(b"layer")
    else:
        with pytest.raises(AccessDenied):
            client("x", "y").put_blob(image, b"layer")
    assert seen == [None]


def test_a_password_of_any_letters_is_sent_as_docker_sends_it(scripted: Callable[..., str]) -> None:
    seen: list[str | None] = []

    def known(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers.get("Authorization"))
        FINE(handler)

    host = scripted(says(401, WWW_Authenticate="Basic realm=x"), known)
    client("me", "pässwörd €").resolve(ImageName.parse(f"{host}/a:1-1"))
    assert seen == [f"Basic {base64.b64encode('me:pässwörd €'.encode()).decode()}"]


def test_a_list_of_tags_without_an_end_is_told(scripted: Callable[..., str]) -> None:
    host = scripted(says(200, b'{"tags": ["1-1"]}', Link='</v2/a/tags/list?last=1-1&n=1000>; rel="next"'))
    with pytest.raises(RegistryUnavailable, match="without an end"):
        client().tags(ImageName.parse(f"{host}/a:1-1"))
