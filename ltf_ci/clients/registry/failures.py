"""What a registry's refusal, or its silence, means, and what to do about it, in the words of a user of docker."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from ltf_ci.clients.rate_limit import asked_wait, until
from ltf_ci.clients.registry.media_types import OF_DOCKER
from ltf_ci.errors import AccessDenied, LtfError, NotInRegistry, RegistryUnavailable
from ltf_ci.model.bounds import foreign_json

AGAIN = "run it again when the registry answers"
_TEXT = 300  # characters of a registry's own message
_NO_ROOM = frozenset({HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.INSUFFICIENT_STORAGE})
_LOST = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE})
_UPLOAD_LOST = frozenset({"BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID"})
_PARTS_UNKNOWN = frozenset({"MANIFEST_BLOB_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN"})
_WORDS = (
    "message",
    "error_description",
    "details",
    "detail",
    "error",
)  # where a registry's own message is, if not in `errors`
_FULL = re.compile(r"quota|insufficient storage|storage (?:limit|space)|no space left", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_OF_REPOSITORY = re.compile(r"/v2/(.+)/(?:manifests|blobs|tags)/")
_OTHER_PROTOCOL = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNEXPECTED_EOF")


class OtherProtocol(RegistryUnavailable):
    """The host does not speak what was spoken to it: TLS, or HTTP without."""


def unreachable(address: str, method: str, error: Exception, soon: float, proxy: str = "") -> RegistryUnavailable:
    """Return the error of a call that got no answer which can be read.

    `soon` are the seconds until a call is made again where a host refuses a connection: it does so at once, and will
    for a while.
    """
    host = urlsplit(address).netloc
    causes = list(_causes(error))
    text = " ".join(map(str, causes))
    if any(type(each).__name__ in ("ProxyError", "ProxySchemeUnknown") for each in causes) and proxy:
        return _of_proxy(host, proxy, causes[-1], soon)
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes) or "CERTIFICATE_VERIFY" in text:
        return _of_certificate(host, causes[-1])
    if any(isinstance(each, ssl.SSLError) for each in causes) and any(word in text for word in _OTHER_PROTOCOL):
        return OtherProtocol(
            f"{host} does not speak TLS",
            expected="a registry that is reached by https",
            cure=f'if it is meant to be without: list "{host}" in insecure-registries of docker\'s daemon.json',
        )
    return _of_connection(host, address, method, causes, soon)


def busy(address: str, status: int, headers: Mapping[str, str], body: bytes) -> RegistryUnavailable:
    """Return the error of a registry that answers 429 or 5xx, with how long it asks to be left alone."""
    host, wait, what = urlsplit(address).netloc, asked_wait(headers), _repository(address)
    text = message_of(status, body)
    if is_full(status, text):
        return _no_room(host, what.removeprefix(" for ") or "this", text)
    if not wait:
        return RegistryUnavailable(f"{host} answered {status}{what}: {text}", cure=AGAIN, again_after=0)
    is_limit = status == HTTPStatus.TOO_MANY_REQUESTS
    why = "limits how often it is asked" if is_limit else "is busy"
    cure = "run it again then; with a login the limit is higher" if is_limit else "run it again then"
    found = f"{host} {why}{what}: for {until(wait)} (status {status}: {text})"
    return RegistryUnavailable(found, cure=cure, again_after=wait)


def is_page(body: bytes) -> bool:
    """Whether an answer is a page for people: not the registry's own, but of something before it."""
    return body.lstrip().startswith(b"<")


def is_full(status: int, text: str) -> bool:
    """Whether a registry says that it has no room left, or takes nothing of this size."""
    return status in _NO_ROOM or _FULL.search(text) is not None


def refused(host: str, what: str, status: int, body: bytes) -> LtfError:
    """Return the error of a call that a registry did not do; `what` names the image, or the repository."""
    codes, text = _codes(body), message_of(status, body)
    if is_full(status, text):
        return _no_room(host, what, text)
    if status == HTTPStatus.NOT_FOUND and not is_page(body):
        return NotInRegistry(
            f"{host} does not have {what}: {text}",
            expected="an image that was pushed",
            cure="check its name, and that it was pushed",
        )
    if "NAME_INVALID" in codes:
        return RegistryUnavailable(
            f"{host} does not take the name of {what}: {text}",
            expected="a name in lower case that it allows",
            cure="correct image_name",
        )
    return RegistryUnavailable(f"{host} answered {status} for {what}: {text}", cure=AGAIN)


def not_put(host: str, what: str, media_type: str, response: tuple[int, bytes]) -> LtfError:
    """Return the error of a manifest that a registry did not take; one whose parts it does not know may pass later."""
    status, body = response
    codes, text = _codes(body), message_of(status, body)
    if codes & _PARTS_UNKNOWN:
        return RegistryUnavailable(f"{host} does not know all parts of {what}: {text}", cure=AGAIN, again_after=0)
    is_of_type = status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE or "MANIFEST_INVALID" in codes
    if is_of_type and media_type.startswith(OF_DOCKER):
        return RegistryUnavailable(
            f"{host} does not take {what} with docker's media types: {text}",
            expected="a registry that takes them, or an image of OCI's",
            cure="build by a builder of docker buildx, whose images are OCI's: --builder (on GitHub: "
            "docker/setup-buildx-action); or let the registry take docker's (zot: compat)",
        )
    if is_of_type:
        return RegistryUnavailable(
            f"{host} does not take {what}, which has OCI's media types: {text}",
            expected="a registry that takes them, as `docker push` of docker 29 needs it",
            cure="look at the registry's version and settings; or build by an older docker, without --builder",
        )
    return refused(host, what, status, body)


def is_lost(status: int, body: bytes) -> bool:
    """Whether a registry has lost an upload, so that it must be begun again."""
    return status in _LOST or bool(_codes(body) & _UPLOAD_LOST)


def no_repository(host: str, what: str, status: int, body: bytes) -> LtfError:
    """Return the error of an upload that the registry has no place for."""
    return NotInRegistry(
        f"{host} has no repository for {what}: {message_of(status, body)}",
        expected="a repository, or an owner, that exists: this registry does not make it by itself",
        cure="make it there first, then run this again",
    )


def denied(host: str, what: str, login: str, cure: str, response: tuple[int, bytes]) -> LtfError:
    """Return the error of a login that is missing or rejected; `login` says which one was used.

    It may be the one that should do it, of an owner who has no room left.
    """
    status, body = response
    text = message_of(status, body)
    if status == HTTPStatus.FORBIDDEN and is_full(status, text):
        return _no_room(host, what, text)
    why = f"(HTTP {status}: {text})"
    if not login:
        return AccessDenied(f"{host} needs a login for {what} {why}", expected="a login for that host", cure=cure)
    if status == HTTPStatus.UNAUTHORIZED:
        return AccessDenied(f"{host} rejects {login} for {what} {why}", expected="a login that may do that", cure=cure)
    found = f"{host} does not let {login} do this with {what} {why}"
    return AccessDenied(found, expected="a login with the right to do it", cure=cure)


def message_of(status: int, body: bytes) -> str:
    """Return the code and message of a registry's error, whatever form it has, or what its status means."""
    for entry in _errors(body):
        text = f"{entry.get('code', '')} {entry.get('message', '')}".strip()
        if text:
            return text[:_TEXT]
    try:
        return _other_message(body)[:_TEXT] or HTTPStatus(status).phrase
    except ValueError:
        return "without a message"


def _other_message(body: bytes) -> str:
    """Return the message of an error that no registry should send so: of a gateway, a token server, a page."""
    text = body.decode("utf-8", "replace").strip()
    data = _data(body)
    if isinstance(data, dict):
        return next((str(data[key]) for key in _WORDS if isinstance(data.get(key), str) and data[key]), "")
    if title := _TITLE.search(text):
        return " ".join(title[1].split())
    is_words = not text.startswith(("<", "{", "[")) and text.isprintable() and len(text) <= _TEXT
    return text if is_words else ""


def _no_room(host: str, what: str, text: str) -> RegistryUnavailable:
    found = f"{host} has no room for {what}: {text}"
    cure = "raise the quota, or remove what is not needed there"
    return RegistryUnavailable(found, expected="room for it", cure=cure)


def _repository(address: str) -> str:
    """Return ` for HOST/NAME` for an address of an image's; empty for any other."""
    found = _OF_REPOSITORY.search(address)
    return f" for {urlsplit(address).netloc}/{found[1]}" if found else ""


def _of_proxy(host: str, proxy: str, cause: object, soon: float) -> RegistryUnavailable:
    return RegistryUnavailable(
        f"the proxy {proxy} does not lead to {host}: {cause}",
        expected="a proxy that leads there, or none",
        cure="look at HTTPS_PROXY; name what is reached without a proxy in NO_PROXY",
        again_after=soon,
    )


def _of_certificate(host: str, cause: object) -> RegistryUnavailable:
    why = getattr(cause, "verify_message", "") or cause
    return RegistryUnavailable(
        f"the certificate of {host} is not trusted: {why}",
        expected="one of an authority that this machine knows",
        cure=f"put the authority's certificate into /etc/docker/certs.d/{host}/ca.crt, or name it in SSL_CERT_FILE",
    )


def _of_connection(
    host: str, address: str, method: str, causes: list[BaseException], soon: float
) -> RegistryUnavailable:
    names = {type(each).__name__ for each in causes}
    right = "check the host's name; if it is right, run it again later"
    if "NameResolutionError" in names or "gaierror" in names:
        found = f"{host} cannot be reached: no host of this name is known"
        return RegistryUnavailable(found, cure=f"{right}; behind a proxy set HTTPS_PROXY", again_after=soon)
    if "ConnectionRefusedError" in names or "Connection refused" in str(causes[0]):
        return RegistryUnavailable(
            f"{host} cannot be reached: connection refused",
            expected="a registry that answers",
            cure=right,
            again_after=soon,
        )
    found = f"{host} does not answer {method}: {type(causes[-1]).__name__}: {str(causes[-1])[:_TEXT]}"
    if address.startswith("http:") and names & {"BadStatusLine", "RemoteDisconnected", "ConnectionResetError"}:
        return OtherProtocol(found, cure=AGAIN, again_after=0)
    return RegistryUnavailable(found, cure=AGAIN, again_after=0)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Return an error and what it was raised for, from outside in."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        inner = getattr(error, "original_error", None) or getattr(error, "reason", None)
        error = inner if isinstance(inner, BaseException) else (error.__cause__ or error.__context__)


def _errors(body: bytes) -> list[Mapping[str, Any]]:
    data = _data(body)
    found = data.get("errors") if isinstance(data, dict) else None
    entries = found if isinstance(found, list) else [found]
    return [each if isinstance(each, dict) else {"message": each} for each in entries if isinstance(each, dict | str)]


def _data(body: bytes) -> object:
    try:
        return foreign_json(body)
    except ValueError:
        return None


def _codes(body: bytes) -> frozenset[str]:
    return frozenset(str(each.get("code")) for each in _errors(body))
