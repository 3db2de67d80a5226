"""The one door to registries, by the OCI distribution protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from ltf_ci.clients.registry.address import query_of
from ltf_ci.clients.registry.failures import AGAIN, refused
from ltf_ci.clients.registry.headers import next_link
from ltf_ci.clients.retry import Patience
from ltf_ci.errors import BadInput, LtfError, RegistryUnavailable
from ltf_ci.model.credentials import Credentials, no_credentials
from ltf_ci.model.image import Digest, ImageName, is_tag
from ltf_ci.model.network import Network
from ltf_ci.model.registry import (
    Absent,
    Answer,
    Present,
    StoredManifest,
    digest_of,
    images_of,
    json_object,
    labels_of,
    media_type_of,
)

if TYPE_CHECKING:
    from ltf_ci.clients.registry.blobs import Blobs
    from ltf_ci.clients.registry.calls import Calls
    from ltf_ci.clients.registry.http import Response

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_ACCEPT = {"Accept": ", ".join((*INDEXES, *MANIFESTS))}
_LARGEST_MANIFEST = 4 * 1024 * 1024  # bytes: what the specification asks registries to take
_LARGEST_PAGE = 8 * 1024 * 1024  # bytes of tags
_PAGES = 1000  # of tags
_TAGS = 500_000  # of one image, and parts of a page
_DEPTH = 3  # indexes in indexes
_LAG = (0.1, 0.4, 1, 2, 4)  # seconds between looks at what was just written: registries with copies lag behind
_LARGEST = 2**63 - 1  # bytes: a size that is more is none


def docker_login(host: str) -> str:
    """Return what to do where a login is missing or rejected."""
    return f"docker login {host}"


class Registry:
    """Asks and writes; a call that failed for a moment is made again, and each waits, and reads, within bounds.

    `longest` are the seconds that a question about one of many images may take, whatever calls it needs.
    """

    longest = 180.0

    def __init__(
        self,
        *,
        credentials: Callable[[str], Credentials | None] = no_credentials,
        login_cure: Callable[[str], str] = docker_login,
        network: Network = Network(),  # noqa: B008 - it is frozen
        tries: int = 5,
        seconds: float = 60,
        pause: float = 1,
    ) -> None:
        """`seconds` are for one answer, a layer's excepted; `pause` is waited before a call is made again, at first.

        `login_cure` says what to do where a registry needs a login, or rejects it.
        """
        self._credentials = credentials
        self._login_cure = login_cure
        self._network = network
        self._patience = Patience(retries=tries, pause=pause)
        self._seconds = seconds
        self._lock = Lock()  # many threads may be the first to ask
        self._manifests: dict[ImageName, StoredManifest] = {}  # by digest, whose bytes never change

    def resolve(self, image: ImageName) -> Answer:
        """Return whether an image exists.

        Raise RegistryUnavailable where the registry does not answer, AccessDenied where these credentials may not ask:
        only an answer that says so is ever taken for "absent".
        """
        try:
            return self._resolve(image)
        except RegistryUnavailable as error:
            raise RegistryUnavailable(
                f"cannot look up {image}: {error.found}",
                expected=error.expected,
                cure=error.cure or AGAIN,
            ) from error

    def _resolve(self, image: ImageName) -> Answer:
        answer = self._ask("HEAD", image, f"manifests/{image.reference}", headers=_ACCEPT)
        if answer.status == HTTPStatus.NOT_FOUND:
            return Absent()
        digest = _digest_in(answer) if answer.is_success else None
        if digest:
            return Present(digest, answer.headers.get("Content-Type", ""))
        answer = self._manifest_answer(image)  # HEAD is not allowed, or says no digest: that of the bytes is the same
        if answer.status == HTTPStatus.NOT_FOUND:
            return Absent()
        found = self._stored(image, answer)
        return Present(found.digest, found.media_type)

    def resolve_until(self, image: ImageName, digest: Digest) -> Answer:
        """Return whether an image exists, asked for some seconds until it has a digest that was just written."""
        for wait in _LAG:
            answer = self.resolve(image)
            if isinstance(answer, Present) and answer.digest == digest:
                return answer
            time.sleep(wait * min(1, self._patience.pause))
        return self.resolve(image)

    def manifest(self, image: ImageName) -> StoredManifest:
        """Return a manifest, fetched by its digest once; its bytes are compared with the digest that was asked for."""
        if image.digest and image in self._manifests:
            return self._manifests[image]
        found = self._stored(image, self._manifest_answer(image))
        return self._manifests.setdefault(image.at(found.digest), found)

    def _manifest_answer(self, image: ImageName) -> Response:
        path = f"manifests/{image.reference}"
        return self._ask("GET", image, path, headers=_ACCEPT, limit=_LARGEST_MANIFEST)

    @staticmethod
    def _stored(image: ImageName, answer: Response) -> StoredManifest:
        if not answer.is_success:
            raise refused(image.registry, str(image), answer.status, answer.body)
        digest = digest_of(answer.body)
        if image.digest not in (None, digest):
            raise RegistryUnavailable(
                f"{image.registry} sent other bytes than {image.digest} names",
                expected="the bytes of that digest",
                cure="run it again; if it comes again, look at the registry's storage, and at a proxy between",
            )
        manifest = StoredManifest(answer.body, answer.headers.get("Content-Type", ""), digest)
        if not isinstance(manifest.data.get("schemaVersion"), int) and not manifest.media_type:
            raise RegistryUnavailable(
                f"{image.registry} sent no manifest for {image}",
                expected="an image's manifest",
                cure="look at what is under that name: docker buildx imagetools inspect",
            )
        return StoredManifest(answer.body, manifest.media_type or media_type_of(manifest.data), digest)

    def labels(self, image: ImageName) -> Mapping[str, str]:
        """Return an image's labels; an index's are those of its first platform."""
        manifest = self._first_image(image)
        if manifest is None:
            return {}
        config = manifest.data.get("config")
        if not isinstance(config, dict):
            raise RegistryUnavailable(
                f"the manifest of {image} has no config",
                expected="an image that docker can run",
                cure="look at what is under that name: docker buildx imagetools inspect",
            )
        return labels_of(manifest, self.blob(image, Digest.parse(str(config.get("digest")))))

    def _first_image(self, image: ImageName) -> StoredManifest | None:
        """Return the manifest of an image, or of an index's first; None where an index has no image."""
        for _ in range(_DEPTH):
            manifest = self.manifest(image)
            if not isinstance(manifest.data.get("manifests"), list):
                return manifest
            first = next(iter(images_of(manifest.data)), None)
            if first is None:
                return None
            image = image.at(Digest.parse(str(first.get("digest"))))
        raise RegistryUnavailable(
            f"{image.untagged} has indexes in each other, more than {_DEPTH}",
            expected="an index of images",
            cure="push the image again",
        )

    def size(self, image: ImageName) -> int | None:
        """Return an image's compressed size in bytes, an index's first platform's; None where it cannot be had."""
        try:
            manifest = self._first_image(image)
            data = manifest.data if manifest else {}
            size = sum(int(part["size"]) for part in (data["config"], *data["layers"]))
        except (LtfError, LookupError, TypeError, ValueError, OverflowError):
            return None  # it is for comparison alone
        return size if 0 <= size <= _LARGEST else None

    def tags(self, image: ImageName) -> tuple[str, ...]:
        """Return all tags of an image; none where the registry does not know it."""
        found: list[str] = []
        path, asked = "tags/list?n=1000", set[str]()
        while path not in asked and len(asked) < _PAGES:
            asked.add(path)
            answer = self._ask("GET", image, path, limit=_LARGEST_PAGE)
            if answer.status == HTTPStatus.NOT_FOUND and not found:
                return ()
            if not answer.is_success:
                raise refused(image.registry, f"the tags of {image.untagged}", answer.status, answer.body)
            names = json_object(answer.body, f"the tags of {image.untagged}", _TAGS).get("tags")
            found += filter(is_tag, names) if isinstance(names, list) else []
            if len(found) > _TAGS:
                break
            query = query_of(next_link(answer.fields("Link")) or "")
            if not query:
                return tuple(found)
            path = f"tags/list?{query}"
        raise RegistryUnavailable(
            f"{image.registry} lists the tags of {image.untagged} without an end",
            expected="pages that end",
            cure="look at the registry, or at a proxy between",
        )

    def put_manifest(self, image: ImageName, content: bytes, media_type: str) -> Digest:
        """Write a manifest under the image's tag (or digest), and return its digest."""
        path, headers = f"manifests/{image.reference}", {"Content-Type": media_type}
        answer = self._ask("PUT", image, path, headers=headers, body=content)
        if not answer.is_success:
            raise refused(image.registry, str(image), answer.status, answer.body)
        return digest_of(content)

    def blob(self, image: ImageName, digest: Digest) -> bytes:
        """Return a blob, a config for example, compared with its digest."""
        return self._blobs.read(image, digest)

    def look_for_blob(self, image: ImageName, digest: Digest) -> None:
        """Raise NotInRegistry where an image's repository has no such blob."""
        self._blobs.look_for(image, digest)

    def expect_push(self, image: ImageName) -> None:
        """Raise AccessDenied, NotInRegistry or RegistryUnavailable where a push to an image's repository would fail."""
        self._blobs.expect_push(image)

    def put_blob(self, image: ImageName, content: bytes) -> Digest:
        """Write a blob, where the repository does not have it already, and return its digest."""
        return self._blobs.write(image, content)

    def put_file(self, image: ImageName, path: Path) -> Digest:
        """Write a file as a blob, where the registry lacks it."""
        return self._blobs.write_file(image, path)

    def bring_blob(self, source: ImageName, target: ImageName, digest: Digest) -> None:
        """Make a source's blob the target's too: mounted within one registry, else copied."""
        self._blobs.bring(source, target, digest)

    def _ask(
        self,
        method: str,
        image: ImageName,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limit: int = _LARGEST_MANIFEST,
    ) -> Response:
        from ltf_ci.clients.registry.calls import Call
        from ltf_ci.clients.registry.http import Request

        request = Request(method, headers or {}, body, limit)
        return self._calls.ask(Call(request=request, image=image, path=path))

    @property
    def _calls(self) -> Calls:
        with self._lock:
            return self._made_calls

    @property
    def _blobs(self) -> Blobs:
        from ltf_ci.clients.registry.blobs import Blobs

        return Blobs(self._calls)

    @cached_property
    def _made_calls(self) -> Calls:
        from ltf_ci.clients.docker.registry_hosts import DockerRegistries
        from ltf_ci.clients.registry.calls import Calls
        from ltf_ci.clients.registry.connections import Connections
        from ltf_ci.clients.registry.hosts import Hosts
        from ltf_ci.clients.registry.http import Http

        docker = DockerRegistries(self._network.docker_folders)
        http = Http(Connections(self._network, docker, self._seconds), self._seconds, self._patience)
        return Calls(http, Hosts(docker), self._patience, self._credentials, self._login_cure)


def _digest_in(answer: Response) -> Digest | None:
    """Return the digest that an answer's header names; None where it names none."""
    try:
        return Digest.parse(answer.headers.get("Docker-Content-Digest", ""))
    except BadInput:
        return None
