"""Answers that differ from those of the registries here, each of a kind that docker lives with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ltf_ci.clients.registry.auth import scopes
from ltf_ci.clients.registry.media_types import INDEXES, MANIFESTS, manifest_type
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import BadInput, LtfError, NotInRegistry, RegistryUnavailable
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.image import ImageName
from ltf_ci.model.network import Network
from ltf_ci.model.registry import Absent, Present, digest_of
from ltf_ci.model.secret import Secret
from tests.support.scripted import FINE, Script, Seen, noted, says

Scripted = Callable[..., str]
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": MANIFESTS[0], "config": {}, "layers": []}).encode()
LAYER = b"a layer " * 1000
PAGE = b"<html><head><title>404 Not Found</title></head></html>"


def client(credentials: Credentials | None = None, **more: Any) -> Registry:
    return Registry(**{"credentials": lambda _: credentials, "tries": 2, "seconds": 5, "pause": 0, **more})


def image(host: str, name: str = "a:1-1") -> ImageName:
    return ImageName.parse(f"{host}/{name}")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 501])
def test_what_head_refuses_is_asked_by_get(scripted: Scripted, status: int) -> None:
    def by_method(handler: BaseHTTPRequestHandler) -> None:
        (says(status) if handler.command == "HEAD" else says(200, MANIFEST))(handler)

    assert client().resolve(image(scripted(by_method))) == Present(digest_of(MANIFEST), MANIFESTS[0])


@pytest.mark.parametrize("ask", [Registry.resolve, Registry.manifest, Registry.tags, Registry.labels])
def test_a_page_that_something_else_answers_says_nothing_of_an_image(
    scripted: Scripted, ask: Callable[[Registry, ImageName], object]
) -> None:
    with pytest.raises(RegistryUnavailable, match="404 Not Found") as told:
        ask(client(), image(scripted(says(404, PAGE, Content_Type="text/html"))))
    assert not isinstance(told.value, NotInRegistry)


@pytest.mark.parametrize("body", [b"", b"{}", b"not found", b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}'])
def test_absent_is_said_in_any_other_words(scripted: Scripted, body: bytes) -> None:
    host = scripted(says(404, body))
    assert (client().resolve(image(host)), client().tags(image(host))) == (Absent(), ())


OCI, OF_DOCKER = {"config": {"mediaType": "x"}, "layers": []}, {"config": {"mediaType": "application/vnd.docker.x"}}


@pytest.mark.parametrize(
    ("header", "manifest", "expected"),
    [
        (MANIFESTS[0], {}, MANIFESTS[0]),
        (f"{MANIFESTS[1]}; charset=utf-8", {}, MANIFESTS[1]),
        (f" {INDEXES[0].upper()} ;q=1", {}, INDEXES[0]),
        ("application/json", {"mediaType": INDEXES[1]}, INDEXES[1]),
        ("text/plain; charset=utf-8", {"mediaType": MANIFESTS[1]}, MANIFESTS[1]),
        (MANIFESTS[0], {"mediaType": MANIFESTS[1]}, MANIFESTS[1]),
        ("application/octet-stream", {"manifests": []}, INDEXES[0]),
        ("application/json", OCI, MANIFESTS[0]),
        ("application/json", {**OF_DOCKER, "layers": []}, MANIFESTS[1]),
        ("application/json", OF_DOCKER, "application/json"),
        ("", OCI, MANIFESTS[0]),
        ("application/vnd.x+json", {"mediaType": "application/vnd.y+json"}, "application/vnd.x+json"),
    ],
)
def test_a_manifests_type_is_its_own(header: str, manifest: dict[str, object], expected: str) -> None:
    assert manifest_type(header, manifest) == expected


class Storage:
    """A registry of blobs that answers `odd` once to the first request that fits."""

    def __init__(self, odd: tuple[str, str, Script]) -> None:
        self.method, self.path, self.script = odd
        self.is_left = True
        self.blobs: dict[str, bytes] = {}
        self.open: dict[str, bytes] = {}

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        given = self._given(handler)
        if self.is_left and handler.command == self.method and re.search(self.path, handler.path):
            self.is_left = False
            self.script(handler)
            return
        self._answer(handler, given)(handler)

    @staticmethod
    def _given(handler: BaseHTTPRequestHandler) -> bytes:
        if handler.headers.get("Transfer-Encoding") != "chunked":
            return bytes(handler.given)  # type: ignore[attr-defined]
        found = b""
        while size := int(handler.rfile.readline(), 16):
            found += handler.rfile.read(size)
            handler.rfile.readline()
        handler.rfile.readline()
        return found

    def _answer(self, handler: BaseHTTPRequestHandler, given: bytes) -> Script:
        name = urlsplit(handler.path).path.rpartition("/")[2]
        if handler.command == "POST":
            place = f"/v2/up/{len(self.open)}"
            self.open[place.rpartition("/")[2]] = b""
            return says(202, Location=place)
        if handler.command == "PATCH":
            self.open[name] += given
            return says(202, Location=f"/v2/up/{name}")
        if handler.command == "PUT":
            whole = self.open[name] + given
            digest = parse_qs(urlsplit(handler.path).query)["digest"][0]
            self.blobs[digest] = whole
            return says(201 if digest == str(digest_of(whole)) else 400)
        return says(200, self.blobs[name]) if name in self.blobs else says(404)


ODD_UPLOADS: dict[str, tuple[str, str, Script]] = {
    "nothing odd": ("NONE", "", says(500)),
    "no new place after a part": ("PATCH", "", says(202)),
    "a login within an upload": ("PATCH", "", says(401, WWW_Authenticate='Basic realm="r"')),
    "an upload that is unknown, by its code": ("PUT", "", says(400, b'{"errors": [{"code": "BLOB_UPLOAD_UNKNOWN"}]}')),
    "an upload that is gone": ("PATCH", "", says(410)),
    "a place elsewhere for the upload": ("POST", "^/v2/a/", says(307, Location="/v2/b/blobs/uploads/")),
    "a busy moment": ("PATCH", "", says(503)),
}


@pytest.mark.parametrize("odd", ODD_UPLOADS)
def test_a_layer_is_sent(scripted: Scripted, odd: str) -> None:
    storage = Storage(ODD_UPLOADS[odd])
    source, target = Storage(ODD_UPLOADS["nothing odd"]), image(scripted(storage))
    digest = digest_of(LAYER)
    source.blobs[str(digest)] = LAYER
    if odd == "no new place after a part":  # the part itself arrived

        def taken(handler: BaseHTTPRequestHandler) -> None:
            storage.open["0"] = LAYER
            says(202)(handler)

        storage.script = taken
    client(Credentials("me", Secret("p"))).bring_blob(image(scripted(source)), target, digest)
    assert storage.blobs == {str(digest): LAYER}


@pytest.mark.parametrize(
    ("method", "script"),
    [("HEAD", says(403)), ("HEAD", says(405)), ("HEAD", says(404)), ("GET", says(503)), ("GET", says(429))],
)
def test_a_layer_is_read_where_a_server_refuses_once(scripted: Scripted, method: str, script: Script) -> None:
    source, target = Storage((method, "", script)), Storage(ODD_UPLOADS["nothing odd"])
    digest = digest_of(LAYER)
    source.blobs[str(digest)] = LAYER
    client().bring_blob(image(scripted(source)), image(scripted(target)), digest)
    assert target.blobs == {str(digest): LAYER}


@pytest.mark.parametrize("code", ["MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN"])
def test_a_manifest_is_put_again_while_its_parts_are_not_known_everywhere(scripted: Scripted, code: str) -> None:
    unknown = says(404 if code == "BLOB_UNKNOWN" else 400, json.dumps({"errors": [{"code": code}]}).encode())
    written = client().put_manifest(image(scripted(unknown, unknown, says(201))), MANIFEST, MANIFESTS[0])
    assert written == digest_of(MANIFEST)
    with pytest.raises(LtfError, match="does not know all parts of"):
        client().put_manifest(image(scripted(unknown)), MANIFEST, MANIFESTS[0])


@pytest.mark.parametrize(
    ("media_type", "status", "body", "kind"),
    [
        (MANIFESTS[1], 415, b"", "docker's"),
        (INDEXES[1], 400, b'{"errors": [{"code": "MANIFEST_INVALID"}]}', "docker's"),
        (MANIFESTS[1], 400, b"", ""),
        (MANIFESTS[0], 400, b"", ""),
        (MANIFESTS[0], 415, b"", "OCI's"),
        (INDEXES[0], 400, b'{"errors": [{"code": "MANIFEST_INVALID"}]}', "OCI's"),
    ],
)
def test_a_registry_that_takes_one_kind_of_types_alone_is_told_as_that(
    scripted: Scripted, media_type: str, status: int, body: bytes, kind: str
) -> None:
    with pytest.raises(LtfError) as told:
        client().put_manifest(image(scripted(says(status, body))), MANIFEST, media_type)
    assert f"{kind or 'whose'} media types" in told.value.found or not kind
    assert ("--builder" in told.value.cure) == bool(kind)


@pytest.mark.parametrize("status", [400, 416, 422])
def test_tags_are_listed_where_a_number_of_them_is_refused(scripted: Scripted, status: int) -> None:
    seen: Seen = []
    host = scripted(noted(seen, says(status)), noted(seen, says(200, b'{"tags": ["1-1"]}')))
    assert client().tags(image(host)) == ("1-1",)
    assert [path for _, path, _ in seen] == ["/v2/a/tags/list?n=1000", "/v2/a/tags/list"]


@pytest.mark.parametrize(
    ("challenged", "more"),
    [
        ("", ()),
        ("repository:a:pull", ()),
        ("repository:a:pull,push,delete", ()),
        ("repository:real/name:pull", ("repository:real/name:pull",)),
        ("*", ()),
        ("repository:a:pull registry:catalog:*", ("registry:catalog:*",)),
    ],
)
def test_what_a_challenge_names_besides_is_asked_for_too(challenged: str, more: tuple[str, ...]) -> None:
    assert scopes(("repository:a:pull",), challenged) == ("repository:a:pull", *more)


def test_a_password_is_sent_where_bearer_names_no_place(scripted: Scripted) -> None:
    seen: Seen = []
    challenge = says(401, WWW_Authenticate=('Bearer authorization_uri="https://h/tenant"', 'Basic realm="r"'))
    client(Credentials("me", Secret("p"))).resolve(image(scripted(challenge, noted(seen, FINE))))
    assert seen[0][2] == f"Basic {Credentials('me', Secret('p')).basic()}"


def test_a_token_server_that_takes_posts_alone_is_sent_the_password_by_post(scripted: Scripted) -> None:
    forms: list[dict[str, list[str]]] = []

    def token(handler: BaseHTTPRequestHandler) -> None:
        if handler.command == "GET":
            says(405)(handler)
            return
        forms.append(parse_qs(handler.given.decode()))  # type: ignore[attr-defined]
        says(200, b'{"access_token": "of-the-server"}')(handler)

    seen: Seen = []
    challenge = says(401, WWW_Authenticate=f'Bearer realm="http://{scripted(token)}/token"')
    client(Credentials("me", Secret("p"))).resolve(image(scripted(challenge, noted(seen, FINE))))
    assert (forms[0]["grant_type"], forms[0]["username"], forms[0]["password"]) == (["password"], ["me"], ["p"])
    assert seen[0][2] == "Bearer of-the-server"


@pytest.mark.parametrize("place", ["http://127.0.0.1:99999/x", "http://127.0.0.1:0x5/x", "http://[bad/x", "ftp://h/x"])
def test_an_upload_at_no_address_is_that_registrys_error(scripted: Scripted, place: str) -> None:
    with pytest.raises(RegistryUnavailable):
        client(tries=0).put_blob(image(scripted(says(404), says(202, Location=place))), LAYER)


@pytest.mark.parametrize("proxy", ["http://[bad", "http://h:99999", "http://", "//h:1", "http://me:secret@h:x"])
def test_a_proxy_whose_address_is_none_is_told(proxy: str) -> None:
    with pytest.raises(BadInput, match="the proxy's address") as told:
        client(network=Network(https_proxy=proxy)).resolve(image("ghcr.io"))
    assert "secret" not in str(told.value)


def test_no_body_goes_where_a_redirect_leads_to_another_server(scripted: Scripted) -> None:
    seen: Seen = []
    other = scripted(noted(seen, says(201)))
    with pytest.raises(LtfError):
        client().put_manifest(image(scripted(says(307, Location=f"http://{other}/x"))), MANIFEST, MANIFESTS[0])
    assert seen == []
