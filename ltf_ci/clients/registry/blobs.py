"""Blobs, the configs and layers of images: read, written, and brought from one repository to another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from ltf_ci.clients.registry.address import joined, query_of
from ltf_ci.clients.registry.calls import Call, Calls
from ltf_ci.clients.registry.failures import AGAIN, is_lost, no_repository, refused
from ltf_ci.clients.registry.http import LONG, MEGABYTE, Body, Request, Response
from ltf_ci.clients.retry import with_retries
from ltf_ci.errors import AccessDenied, LtfError, RegistryUnavailable
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import digest_of

LARGEST = 8 * MEGABYTE  # bytes of a blob that is read as a whole: configs
_PIECE = MEGABYTE
_BREAKS = 5  # of a layer's download, each of which is gone on with where it ended
_BYTES = {"Content-Type": "application/octet-stream"}


class Blobs:
    """The blobs of every registry."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, image: ImageName, digest: Digest) -> bytes:
        """Return a blob, compared with its digest."""
        answer = self._calls.ask(Call(request=Request("GET", limit=LARGEST), image=image, path=f"blobs/{digest}"))
        if not answer.is_there:
            raise refused(image.registry, f"{digest} of {image.untagged}", answer.status, answer.body)
        if digest_of(answer.body) != digest:
            raise RegistryUnavailable(
                f"{image.registry} sent other bytes than {digest} names",
                expected="the bytes of that digest",
                cure="run it again; if it comes again, look at the registry's storage, and at a proxy between",
            )
        return answer.body

    def look_for(self, image: ImageName, digest: Digest) -> None:
        """Raise NotInRegistry where an image's repository has no such blob."""
        answer = self._calls.ask(Call(request=Request("HEAD"), image=image, path=f"blobs/{digest}"))
        if not answer.is_there:
            raise refused(image.registry, f"{digest} of {image.untagged}", answer.status, answer.body)

    def expect_push(self, image: ImageName) -> None:
        """Raise where an image's repository takes no upload from this login: one is begun, and cancelled."""
        place = self._begin(image)
        with suppress(LtfError):  # a registry may keep it for its own while
            self._calls.once(Call(request=Request("DELETE"), image=image, address=place))

    def write(self, image: ImageName, content: bytes) -> Digest:
        """Write a blob, where the repository does not have it already."""
        digest = digest_of(content)
        if not self._has(image, digest):
            with_retries(lambda: self._finish(image, self._begin(image), digest, content), self._calls.patience)
        return digest

    def write_file(self, image: ImageName, path: Path) -> Digest:
        """Write a file as a blob, piece by piece, where the repository does not have it already."""
        with path.open("rb") as file:
            digest = Digest(f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}")
        if not self._has(image, digest):
            with_retries(lambda: self._stream(image, digest, _read(path)), self._calls.patience)
        return digest

    def bring(self, source: ImageName, target: ImageName, digest: Digest) -> None:
        """Make a source's blob the target's too: mounted within one registry, else copied, piece by piece."""
        if self._has(target, digest):
            return
        mounted = self._mount(source, target, digest) if source.registry == target.registry else None
        if mounted is None or mounted.status != HTTPStatus.CREATED:
            with_retries(lambda: self._stream(target, digest, self._pieces(source, digest)), self._calls.patience)

    def _has(self, image: ImageName, digest: Digest) -> bool:
        return self._calls.ask(Call(request=Request("HEAD"), image=image, path=f"blobs/{digest}")).is_there

    def _mount(self, source: ImageName, target: ImageName, digest: Digest) -> Response | None:
        """Ask a registry to mount a source's blob; None where it does not, for whatever reason."""
        path = f"blobs/uploads/?mount={digest}&from={source.repository[1]}"
        try:
            return self._calls.once(Call(request=Request("POST"), image=target, path=path, source=source))
        except (AccessDenied, RegistryUnavailable):  # a token for both may be refused where one for each is given
            return None

    def _begin(self, image: ImageName) -> str:
        """Begin an upload, and return the address for it."""
        answer = self._calls.ask(Call(request=Request("POST"), image=image, path="blobs/uploads/"))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise no_repository(image.registry, str(image.untagged), answer.status, answer.body)
        return self._next_place(image, answer)

    def _stream(self, target: ImageName, digest: Digest, pieces: Iterator[bytes]) -> None:
        """Send a blob as it is read: no more of it than a piece is held."""
        begun = self._begin(target)
        sent = self._send("PATCH", target, begun, pieces)
        place = self._next_place(target, sent) if "Location" in sent.headers else begun
        self._finish(target, place, digest, b"")

    def _finish(self, image: ImageName, place: str, digest: Digest, content: bytes) -> None:
        join = "&" if query_of(place) else "?"
        self._send("PUT", image, f"{place}{join}digest={digest}", content)

    def _send(self, method: str, image: ImageName, place: str, body: Body) -> Response:
        """Send a part of an upload; one that the registry has lost may be begun again."""
        request = Request(method, _BYTES, body, seconds=LONG)
        answer = self._calls.once(Call(request=request, image=image, address=place))
        if is_lost(answer.status, answer.body):
            found = f"{image.registry} lost the upload of {image.untagged} (status {answer.status})"
            raise RegistryUnavailable(found, cure=AGAIN, again_after=0)
        if not answer.is_success:
            raise refused(image.registry, str(image), answer.status, answer.body)
        return answer

    def _next_place(self, image: ImageName, answer: Response) -> str:
        if not answer.is_success:
            raise refused(image.registry, str(image), answer.status, answer.body)
        location = answer.headers.get("Location", "")
        place = joined(answer.address, location) if location else ""
        is_downgrade = answer.address.startswith("https:") and not place.startswith("https:")
        if not place or is_downgrade:
            found = f"{image.registry} takes an upload of {image.untagged} at {location[:200]!r}"
            raise RegistryUnavailable(
                found, expected="an address to send it to", cure="look at the registry, or at a proxy between"
            )
        return place

    def _pieces(self, image: ImageName, digest: Digest) -> Iterator[bytes]:
        """Yield a blob, gone on with where a download breaks; raise RegistryUnavailable where it is another one."""
        algorithm, had = hashlib.sha256(), 0
        for left in reversed(range(_BREAKS + 1)):
            try:
                for piece in self._rest(image, digest, had):
                    algorithm.update(piece)
                    had += len(piece)
                    yield piece
                break
            except RegistryUnavailable as error:
                if f"sha256:{algorithm.hexdigest()}" == str(digest):
                    break  # the connection broke when all of it was there
                if not left or error.again_after is None:
                    raise
        if f"sha256:{algorithm.hexdigest()}" != str(digest):
            raise RegistryUnavailable(
                f"{image.registry} sent other bytes than {digest} names",
                expected="the bytes of that digest",
                cure="run it again; if it comes again, look at the registry's storage, and at a proxy between",
            )

    def _rest(self, image: ImageName, digest: Digest, had: int) -> Iterator[bytes]:
        """Yield a blob from a byte on; a registry that begins again is read up to there first."""
        request = Request("GET", {"Range": f"bytes={had}-"} if had else {}, seconds=LONG)
        with self._calls.opened(Call(request=request, image=image, path=f"blobs/{digest}")) as raw:
            if raw.status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
                raise refused(image.registry, f"{digest} of {image.untagged}", raw.status, b"")
            skip = had if raw.status == HTTPStatus.OK else 0
            for piece in raw.stream(_PIECE, decode_content=False):
                yield piece[skip:]
                skip = max(0, skip - len(piece))


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
