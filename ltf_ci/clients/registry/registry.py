"""The one door to registries, by the OCI distribution protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ltf_ci.clients.registry.address import address_of, is_at, next_page
from ltf_ci.clients.registry.auth import Login, Scope
from ltf_ci.clients.retry import Patience, asked_wait, with_retries
from ltf_ci.errors import AccessDenied, BadInput, LtfError, NotInRegistry, RegistryUnavailable
from ltf_ci.model.access import Credentials, no_credentials
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent, Answer, Present, StoredManifest, images_of, json_object, labels_of

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager  # noqa: TID251 - this is the door

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_ACCEPT = {"Accept": ", ".join((*INDEXES, *MANIFESTS))}
AT_ONCE = 32  # connections to one registry
_LARGEST = 2**63 - 1  # bytes: a size that is more is none
_AGAIN = "run it again when the registry answers"
# Such a call may succeed a moment later; every call may be made twice, for content is named by its digest.
_BUSY = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_REDIRECTS = 5


class Registry:
    """Asks and writes; every call is tried again on 429 and 5xx, with back-off, as Retry-After says."""

    def __init__(
        self,
        *,
        credentials: Callable[[str], Credentials | None] = no_credentials,
        tries: int = 5,
        seconds: float = 60,
        pause: float = 1,
    ) -> None:
        self._credentials = credentials
        self._patience = Patience(retries=tries, pause=pause)
        self._seconds = seconds
        self._making = Lock()  # many threads may be the first to ask: one pool is for all
        self._logins: dict[str, Login] = {}
        self._manifests: dict[ImageName, StoredManifest] = {}  # by digest, whose bytes never change

    def resolve(self, image: ImageName) -> Answer:
        """Return whether an image exists, asked by HEAD.

        Raise RegistryUnavailable where the registry does not answer, AccessDenied where these credentials may not ask:
        only an answer that says so is ever taken for "absent".
        """
        try:
            answer = self._ask("HEAD", image, f"manifests/{image.reference}", headers=_ACCEPT)
            if answer.status == HTTPStatus.NOT_FOUND:
                return Absent()
            self._expect(answer, image, HTTPStatus.OK)
            return Present(_digest_in(answer, image), answer.headers.get("Content-Type", ""))
        except RegistryUnavailable as error:
            raise RegistryUnavailable(
                f"whether {image} exists could not be asked: {error.found}",
                expected=error.expected,
                cure=error.cure or _AGAIN,
            ) from error

    def manifest(self, image: ImageName) -> StoredManifest:
        """Fetch a manifest, by its digest once; its bytes are held against the digest that was asked for."""
        if image.digest and image in self._manifests:
            return self._manifests[image]
        answer = self._ask("GET", image, f"manifests/{image.reference}", headers=_ACCEPT)
        self._expect(answer, image, HTTPStatus.OK)
        digest = digest_of(answer.data)
        if image.digest not in (None, digest):
            raise RegistryUnavailable(f"{image.registry} gave other bytes than {image.digest} names")
        found = StoredManifest(answer.data, answer.headers.get("Content-Type", ""), digest)
        return self._manifests.setdefault(image.at(digest), found)

    def labels(self, image: ImageName) -> Mapping[str, str]:
        """Return an image's labels; an index's are those of its first platform."""
        manifest = self.manifest(image)
        data = manifest.data
        if isinstance(data.get("manifests"), list):
            first = next(iter(images_of(data)), None)
            return self.labels(image.at(Digest.parse(str(first.get("digest"))))) if first is not None else {}
        config = data.get("config")
        if not isinstance(config, dict):
            raise RegistryUnavailable(f"the manifest of {image} has no config")
        return labels_of(manifest, self.blob(image, Digest.parse(str(config.get("digest")))))

    def blob(self, image: ImageName, digest: Digest) -> bytes:
        """Fetch a blob, held against its digest."""
        answer = self._ask("GET", image, f"blobs/{digest}")
        self._expect(answer, image, HTTPStatus.OK)
        if digest_of(answer.data) != digest:
            raise RegistryUnavailable(f"{image.registry} gave other bytes than {digest} names")
        return answer.data

    def look_for_blob(self, image: ImageName, digest: Digest) -> None:
        """Raise NotInRegistry where an image's repository has no such blob."""
        self._expect(self._ask("HEAD", image, f"blobs/{digest}"), image, HTTPStatus.OK)

    def size(self, image: ImageName) -> int | None:
        """Return an image's compressed size in bytes, an index's first platform's; None where it cannot be had."""
        try:
            data = self.manifest(image).data
            if isinstance(data.get("manifests"), list):
                first = images_of(data)[0]
                return self.size(image.at(Digest.parse(str(first["digest"]))))
            size = sum(int(part["size"]) for part in (data["config"], *data["layers"]))
        except (LtfError, LookupError, TypeError, ValueError, OverflowError):
            return None  # it is told for comparison alone
        return size if 0 <= size <= _LARGEST else None

    def tags(self, image: ImageName) -> tuple[str, ...]:
        """Return all tags of an image; none where the registry does not know it."""
        found: list[str] = []
        path: str | None = "tags/list?n=1000"
        asked: set[str] = set()
        while path:
            if path in asked:
                raise RegistryUnavailable(f"{image.registry} lists the tags of {image.untagged} without an end")
            asked.add(path)
            answer = self._ask("GET", image, path)
            if answer.status == HTTPStatus.NOT_FOUND and not found:
                return ()
            self._expect(answer, image, HTTPStatus.OK)
            names = json_object(answer.data, f"the tags of {image.untagged}").get("tags")
            found += [str(name) for name in names] if isinstance(names, list) else []
            path = next_page(answer.headers.get("Link", ""))
        return tuple(found)

    def put_manifest(self, image: ImageName, content: bytes, media_type: str) -> Digest:
        """Write a manifest under the image's tag (or digest)."""
        headers = {"Content-Type": media_type}
        answer = self._ask("PUT", image, f"manifests/{image.reference}", headers=headers, body=content)
        self._expect(answer, image, HTTPStatus.CREATED)
        return digest_of(content)

    def put_blob(self, image: ImageName, content: bytes) -> Digest:
        """Write a blob, where it is not there already."""
        digest = digest_of(content)
        if self._ask("HEAD", image, f"blobs/{digest}").status == HTTPStatus.OK:
            return digest
        begun = self._ask("POST", image, "blobs/uploads/")
        self._expect(begun, image, HTTPStatus.ACCEPTED)
        self._finish(image, begun, digest, content)
        return digest

    def bring_blob(self, source: ImageName, target: ImageName, digest: Digest) -> None:
        """Make a source's blob the target's too: mounted within one registry, else copied."""
        if self._ask("HEAD", target, f"blobs/{digest}").status == HTTPStatus.OK:
            return
        begun = self._mounted(source, target, digest) or self._ask("POST", target, "blobs/uploads/")
        if begun.status == HTTPStatus.CREATED:
            return
        self._expect(begun, target, HTTPStatus.ACCEPTED)
        self._finish(target, begun, digest, self.blob(source, digest))

    def _mounted(self, source: ImageName, target: ImageName, digest: Digest) -> BaseHTTPResponse | None:
        """Ask a registry to mount a source's blob; None where it is another registry, or where that may not be done."""
        if source.registry != target.registry:
            return None
        query = f"?mount={digest}&from={source.repository[1]}"
        try:
            return self._ask("POST", target, f"blobs/uploads/{query}", source=source)
        except AccessDenied:  # a token for both at once may be refused where one for each is given
            return None

    def _finish(self, image: ImageName, begun: BaseHTTPResponse, digest: Digest, content: bytes) -> None:
        place = urljoin(address_of(image, "blobs/uploads/"), begun.headers.get("Location", ""))
        join = "&" if urlsplit(place).query else "?"
        headers = {"Content-Type": "application/octet-stream"}
        answer = self._ask("PUT", image, f"{place}{join}digest={digest}", headers=headers, body=content)
        self._expect(answer, image, HTTPStatus.CREATED)

    def _ask(
        self,
        method: str,
        image: ImageName,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        source: ImageName | None = None,
    ) -> BaseHTTPResponse:
        """Ask once, and once more with the login that the registry asks for."""
        host = image.registry
        login = self._login(host)
        scope: Scope = (f"repository:{image.repository[1]}:{'pull' if method in ('GET', 'HEAD') else 'pull,push'}",)
        scope += (f"repository:{source.repository[1]}:pull",) if source else ()
        address = address_of(image, path)
        own = is_at(image, address)  # an upload may be sent elsewhere: without the login
        known = login.headers(scope) if own else {}
        answer = self._send(method, address, {**(headers or {}), **known}, body)
        if answer.status == HTTPStatus.UNAUTHORIZED and own:
            logged_in = login.answer(answer.headers.get("WWW-Authenticate", ""), scope)
            answer = self._send(method, address, {**(headers or {}), **logged_in}, body)
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise AccessDenied(
                f"{host} does not allow {method} on {image.untagged}: {_words(answer)}",
                cure=f"look at the username, password and rights for {host}",
            )
        return answer

    def _login(self, host: str) -> Login:
        if host not in self._logins:  # to ask for credentials may start docker's helper, a program of its own
            self._logins[host] = Login(host, self._credentials(host), self._get)
        return self._logins[host]

    def _get(self, address: str, headers: Mapping[str, str]) -> BaseHTTPResponse:
        return self._send("GET", address, headers, None)

    def _send(self, method: str, address: str, headers: Mapping[str, str], body: bytes | None) -> BaseHTTPResponse:
        from urllib3.exceptions import HTTPError  # noqa: TID251 - this is the door

        with self._making:
            pool = self._pool
        host = urlsplit(address).netloc

        def send() -> BaseHTTPResponse:
            try:
                answer = pool.request(method, address, headers=dict(headers), body=body)
            except HTTPError as error:
                reason = getattr(error, "reason", None) or error
                found = f"{host} does not answer {method}: {type(reason).__name__}: {reason}"
                raise RegistryUnavailable(found, cure=_AGAIN, again_after=0) from error
            if answer.status in _BUSY:
                raise _busy(host, answer, self._patience.longest)
            return answer

        return with_retries(send, self._patience)

    @staticmethod
    def _expect(answer: BaseHTTPResponse, image: ImageName, status: int) -> None:
        if answer.status != status:
            kind = NotInRegistry if answer.status == HTTPStatus.NOT_FOUND else RegistryUnavailable
            raise kind(f"{image.registry} answered {answer.status} for {image}: {_words(answer)}", cure=_AGAIN)

    @cached_property
    def _pool(self) -> PoolManager:
        from urllib3 import PoolManager, Retry, Timeout  # noqa: TID251 - this is the door

        once = Retry(total=None, connect=0, read=0, other=0, redirect=_REDIRECTS)
        wait = Timeout(connect=min(10, self._seconds), read=self._seconds)
        return PoolManager(maxsize=AT_ONCE, retries=once, timeout=wait)


def digest_of(content: bytes) -> Digest:
    """Return the digest that names these bytes."""
    return Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")


def _digest_in(answer: BaseHTTPResponse, image: ImageName) -> Digest:
    """Return the digest that an answer's header names; raise RegistryUnavailable where there is none."""
    try:
        return Digest.parse(answer.headers.get("Docker-Content-Digest", ""))
    except BadInput as error:
        raise RegistryUnavailable(f"{image.registry} answered without a digest: {error.found}") from error


def _busy(host: str, answer: BaseHTTPResponse, longest: float) -> RegistryUnavailable:
    wait = asked_wait(answer.headers)
    if wait > longest:
        found = f"{host} is busy for {wait} seconds (status {answer.status})"
        return RegistryUnavailable(found, cure="run it again then", again_after=wait)
    return RegistryUnavailable(f"{host} answered {answer.status}: {_words(answer)}", cure=_AGAIN, again_after=wait)


def _words(answer: BaseHTTPResponse) -> str:
    try:
        first = json_object(answer.data, "the answer").get("errors")
    except RegistryUnavailable:
        first = None
    entry = first[0] if isinstance(first, list) and first and isinstance(first[0], dict) else {}
    return f"{entry.get('code', '')} {entry.get('message', '')}".strip()[:300] or f"status {answer.status}"
