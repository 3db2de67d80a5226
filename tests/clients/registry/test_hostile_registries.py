"""Registries that mean harm, or are broken: each answer ends as that registry's error, soon and in little memory."""

from __future__ import annotations

import json
import threading
import tracemalloc
from base64 import b64decode, b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from ltf_ci.clients.registry.media_types import MANIFESTS
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import LtfError, RegistryUnavailable
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import digest_of
from ltf_ci.model.secret import Secret
from tests.support.bombs import bomb
from tests.support.scripted import Script, says

pytestmark = pytest.mark.machine
Scripted = Callable[..., str]
MEGABYTE = 1024 * 1024
MOST = 40 * MEGABYTE  # bytes of memory: the largest answer is read, decoded, and parsed


def client(**more: object) -> Registry:
    return Registry(**{"tries": 1, "seconds": 5, "pause": 0, **more})  # type: ignore[arg-type]


def image(host: str) -> ImageName:
    return ImageName.parse(f"{host}/a:1-1")


def sends(text: bytes) -> Script:
    def script(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)

    return script


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * MEGABYTE)


def one_index_in_another(handler: BaseHTTPRequestHandler) -> None:
    """Answer each manifest by an index of another one, whose bytes are those that its digest names."""
    depth = 1500
    content = b'{"schemaVersion": 2, "manifests": []}'
    known = {}
    for _ in range(depth):
        digest = str(digest_of(content))
        known[digest] = content
        content = json.dumps({"schemaVersion": 2, "manifests": [{"digest": digest}]}).encode()
    reference = handler.path.rpartition("/")[2]
    says(200, known.get(reference, content), Content_Type=MANIFESTS[0])(handler)


def more_pages(handler: BaseHTTPRequestHandler) -> None:
    number = len(handler.path)
    says(200, b'{"tags": ["1-1"]}', Link=f'</v2/a/tags/list?{"x" * (number % 60_000)}>; rel="next"')(handler)


BOMB = bomb(128)
HARM: dict[str, Script] = {
    "a body of gzip that is a bomb": says(200, BOMB, Content_Encoding="gzip"),
    "a body without an end": endless,
    "a body that is larger than a manifest may be": says(200, b" " * 5 * MEGABYTE),
    "JSON in JSON": says(200, b"[" * 3 * MEGABYTE),
    "a number without an end": says(200, b'{"schemaVersion": ' + b"1" * MEGABYTE + b"}"),
    "an index in an index": one_index_in_another,
    "a realm that is no address": says(401, WWW_Authenticate='Bearer realm="http://[bad/token"'),
    "a challenge without an end": says(401, WWW_Authenticate="Bearer " + "a" * 65_000),
    "a redirect to no address": says(307, Location="http://[bad/x"),
    "a realm whose port is none": says(401, WWW_Authenticate='Bearer realm="http://127.0.0.1:99999/token"'),
    "a redirect to a port that is none": says(307, Location="http://127.0.0.1:99999/x"),
    "a redirect to itself": says(307, Location="?again"),
    "a redirect to a file": says(307, Location="file:///etc/passwd"),
    "a header that no client reads": says(200, b"{}", Content_Length="-5"),
    "a status that is none": sends(b"HTTP/1.1 abc def\r\n\r\n"),
    "no HTTP": sends(b"\x00\xff\r\n" * 100),
    "headers without an end": sends(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000),
    "a date that is none": says(429, Retry_After="Fri, 31 Dec 9999 23:59:59 +2400"),
    "a wait of a day, and a space": says(429, Retry_After="86400 "),
}


@pytest.mark.parametrize("harm", HARM)
def test_harm_is_that_registrys_error(scripted: Scripted, harm: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(LtfError):
            client().labels(image(scripted(HARM[harm])))
        assert tracemalloc.get_traced_memory()[1] < MOST + len(BOMB)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("token", ["a\nb", "a\r\nX: y", "", " ", "\u00fc", "x" * 70_000])
def test_a_token_that_cannot_be_sent_is_not_printed(scripted: Scripted, token: str) -> None:
    tokens = scripted(says(200, json.dumps({"token": f"SECRET{token}" if token.strip() else token}).encode()))
    challenge = says(401, WWW_Authenticate=f'Bearer realm="http://{tokens}/token"')
    with pytest.raises(RegistryUnavailable) as told:
        client().resolve(image(scripted(challenge)))
    assert "SECRET" not in str(told.value)


@pytest.mark.parametrize("status", [400, 403, 429, 500])
def test_a_login_that_the_answer_repeats_is_not_shown(scripted: Scripted, status: int) -> None:
    def repeats(handler: BaseHTTPRequestHandler) -> None:
        login = handler.headers["Authorization"].split()[1]
        message = f"I was sent {login}, which is {b64decode(login).decode()}"
        says(status, json.dumps({"errors": [{"code": "DENIED", "message": message}]}).encode())(handler)

    host = scripted(says(401, WWW_Authenticate='Basic realm="x"'), repeats)
    with pytest.raises(LtfError, match=r"I was sent") as raised:
        client(credentials=lambda _: Credentials("u", Secret("of the tests"))).tags(image(host))
    assert "of the tests" not in str(raised.value)
    assert b64encode(b"u:of the tests").decode() not in str(raised.value)


def test_a_link_that_is_none_ends_the_tags(scripted: Scripted) -> None:
    assert client().tags(image(scripted(says(200, b'{"tags": ["1-1"]}', Link="<" * 60_000)))) == ("1-1",)


@pytest.mark.parametrize("link", ["<http://[bad>; rel=next", "</v2/a/tags/list>; rel=next", "<>; rel=next"])
def test_a_next_page_that_cannot_be_had_is_no_end_of_the_tags(scripted: Scripted, link: str) -> None:
    with pytest.raises(RegistryUnavailable, match="without an end"):
        client().tags(image(scripted(says(200, b'{"tags": ["1-1"]}', Link=link))))


def test_pages_of_tags_come_to_an_end(scripted: Scripted) -> None:
    with pytest.raises(RegistryUnavailable, match="without an end"):
        client().tags(image(scripted(more_pages)))


@pytest.mark.parametrize("part", ["head", "body"])
def test_an_answer_that_drips_is_ended(scripted: Scripted, part: str) -> None:
    stopped = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"X: " if part == "head" else b"\r\n"))
        while not stopped.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    with pytest.raises(RegistryUnavailable):
        client(tries=0, seconds=0.5).manifest(image(scripted(drip)))
    stopped.set()
