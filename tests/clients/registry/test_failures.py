"""What is told of a registry that refuses, or does not answer; how soon a call is made again."""

from __future__ import annotations

import json
import re

import pytest

from ltf_ci.clients.registry.failures import busy, denied, message_of, refused, unreachable
from ltf_ci.errors import BadInput, RegistryUnavailable
from ltf_ci.model.image import ImageName


def failed(reason: Exception) -> Exception:
    """Return the error of a library that was raised for another one."""
    error = OSError("no connection")
    error.__cause__ = reason
    return error


@pytest.mark.parametrize(
    ("reason", "again_after"),
    [
        (ConnectionRefusedError(111, "Connection refused"), 0.25),
        (type("NameResolutionError", (OSError,), {})("no such host"), 0.25),
        (type("ProxyError", (OSError,), {})("it refuses"), 0.25),
        (TimeoutError("the answer takes too long"), 0),  # then the waits grow, from the run's pause on
    ],
)
def test_a_host_that_refuses_at_once_is_asked_again_as_soon_as_the_run_says(
    reason: Exception, again_after: float
) -> None:
    error = unreachable("https://registry.example/v2/", "GET", failed(reason), 0.25, "proxy:3128")
    assert (type(error), error.again_after) == (RegistryUnavailable, again_after)


def errors(code: str, message: str = "") -> bytes:
    return json.dumps({"errors": [{"code": code, "message": message}]}).encode()


MESSAGES: dict[str, tuple[int, bytes, str]] = {
    "as the specification has it": (403, errors("DENIED", "not yours"), "DENIED not yours"),
    "a code alone": (400, errors("MANIFEST_INVALID"), "MANIFEST_INVALID"),
    "an empty list": (400, b'{"errors": []}', "Bad Request"),
    "one error, not in a list": (403, b'{"errors": {"code": "DENIED", "message": "no"}}', "DENIED no"),
    "texts for errors": (403, b'{"errors": ["no such plan"]}', "no such plan"),
    "numbers for errors": (403, b'{"errors": [7]}', "Forbidden"),
    "a token server's": (401, b'{"details": "incorrect username or password"}', "incorrect username or password"),
    "OAuth's": (400, b'{"error": "invalid_grant", "error_description": "it ended"}', "it ended"),
    "OAuth's, short": (400, b'{"error": "invalid_grant"}', "invalid_grant"),
    "a gateway's": (403, b'{"message": "Forbidden by rule 12"}', "Forbidden by rule 12"),
    "a message that is none": (403, b'{"message": {"a": 1}}', "Forbidden"),
    "a page": (502, b"<html><head><title>502\n Bad Gateway</title></head><body>x</body></html>", "502 Bad Gateway"),
    "a page without a title": (503, b"<html><body>come back</body></html>", "Service Unavailable"),
    "words": (429, b"You have reached your pull rate limit", "You have reached your pull rate limit"),
    "bytes that are no text": (500, b"\xff\xfe\x00\x01", "Internal Server Error"),
    "a status that nobody knows": (599, b"", "without a message"),
    "more words than anybody reads": (500, b"x" * 10_000, "Internal Server Error"),
}


@pytest.mark.parametrize("form", MESSAGES)
def test_a_registrys_message_is_read_in_each_form(form: str) -> None:
    status, body, text = MESSAGES[form]
    assert message_of(status, body) == text


BUSY = "https://r.example/v2/o/lang/manifests/1-1"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (413, b""),
        (507, b""),
        (403, errors("DENIED", "Storage quota exceeded for this organisation")),
        (400, errors("UNKNOWN", "insufficient storage")),
        (500, errors("UNKNOWN", "write /data: no space left on device")),
        (403, b'{"message": "your plan\'s storage limit is reached"}'),
    ],
)
def test_no_room_is_told_as_such_whatever_the_status(status: int, body: bytes) -> None:
    what = "r.example/o/lang"
    told = [refused("r.example", what, status, body), busy(BUSY, status, {}, body)]
    told += [denied("r.example", what, "the login of 'me'", "", (status, body))] if status == 403 else []
    assert {error.found.partition(": ")[0] for error in told} == {"r.example has no room for r.example/o/lang"}
    assert all("quota" in error.cure and error.again_after is None for error in told)


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (429, {"Retry-After": "7200"}, r"limits how often it is asked for r\.example/o/lang: for 7200 seconds, until "),
        (429, {"Retry-After": "Fri, 31 Dec 2999 23:59:59 GMT"}, r"limits .*, until 2999-12-31 "),
        (503, {"Retry-After": "7200"}, r"is busy for r\.example/o/lang: "),
        (429, {"ratelimit-remaining": "0;w=21600"}, r"limits .*: for 21600 seconds, until "),
        (429, {"Retry-After": "1"}, r"limits .*: for 1 second, until "),
        (429, {}, r"answered 429 for r\.example/o/lang: Too Many Requests"),
        (503, {"Retry-After": "soon"}, r"answered 503 for r\.example/o/lang: Service Unavailable"),
        (502, {"Retry-After": "-5"}, r"answered 502 for r\.example/o/lang: "),
    ],
)
def test_a_registry_that_is_busy_is_told_with_host_and_image_and_time(
    status: int, headers: dict[str, str], words: str
) -> None:
    error = busy(BUSY, status, headers, b"")
    assert re.match(rf"r\.example {words}", error.found), error.found
    assert (error.cure != "", error.again_after is not None) == (True, True)


NAMES = {
    "docker.io/library/python": ("docker.io", "library/python"),
    "index.docker.io/python": ("docker.io", "library/python"),
    "index.docker.io/library/python": ("docker.io", "library/python"),
    "registry-1.docker.io/library/python": ("registry-1.docker.io", "library/python"),  # docker too knows it as another
    "host:5000/lang": ("host:5000", "lang"),
    "localhost/lang": ("localhost", "lang"),
    "Host.Example/lang": ("Host.Example", "lang"),
}


@pytest.mark.parametrize("name", NAMES)
def test_which_registry_a_name_means(name: str) -> None:
    image = ImageName.parse(f"{name}:1")
    assert (image.repository, str(image)) == (NAMES[name], f"{name}:1")


@pytest.mark.parametrize("name", ["ghcr.io/Acme/lang:1", "Acme/lang:1", "host:5000/o/Lang@sha256:" + "0" * 64])
def test_a_name_with_capitals_is_told_to_be_written_without(name: str) -> None:
    with pytest.raises(BadInput, match="is not an image name") as told:
        ImageName.parse(name)
    assert told.value.cure == f"write it in lower case: '{name.lower()}'"
