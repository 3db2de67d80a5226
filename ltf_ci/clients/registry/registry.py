"""The one door to registries, by the OCI distribution protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from ltf_ci.clients.registry.failures import AGAIN, not_put, refused
from ltf_ci.clients.registry.media_types import ACCEPTED, INDEXES, MANIFESTS, manifest_type
from ltf_ci.clients.registry.own_writes import OwnWrites
from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.errors import AccessDenied, BadInput, LtfError, RegistryUnavailable
from ltf_ci.model.credentials import Credentials, no_credentials
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.network import Network
from ltf_ci.model.registry import (
    Absent,
    Answer,
    Present,
    StoredManifest,
    digest_of,
    labels_of,
)

if TYPE_CHECKING:
    from ltf_ci.clients.registry.blobs import Blobs
    from ltf_ci.clients.registry.calls import Calls
    from ltf_ci.clients.registry.http import Response
    from ltf_ci.clients.registry.index import FoundImage

_LARGEST_MANIFEST = 4 * 1024 * 1024  # bytes: what the specification asks registries to take
_LOOKS = 4  # more, for the parts of a manifest that were just written: registries with copies lag behind
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
        self._own_writes = OwnWrites(pause)
        self._manifests: dict[ImageName, StoredManifest] = {}  # by digest, whose bytes never change

    def resolve(self, image: ImageName) -> Answer:
        """Return whether an image exists.

        Raise RegistryUnavailable where the registry does not answer, AccessDenied where these credentials may not ask:
        only an answer that says so is ever taken for "absent".
        """
        try:
            return self._own_writes.answer(image, lambda: self._resolve(image))
        except RegistryUnavailable as error:
            raise RegistryUnavailable(
                f"cannot look up {image}: {error.found}",
                expected=error.expected,
                cure=error.cure or AGAIN,
            ) from error

    def _resolve(self, image: ImageName) -> Answer:
        """Ask by HEAD, the short way; what it does not say, GET does: servers differ in what they answer to HEAD."""
        found = self._by_head(image)
        if found:
            return found
        answer = self._manifest_answer(image)
        if answer.is_not_found:
            return Absent()
        stored = self._stored(image, answer)
        return Present(stored.digest, stored.media_type)

    def _by_head(self, image: ImageName) -> Present | None:
        with suppress(AccessDenied):
            answer = self._ask("HEAD", image, f"manifests/{image.reference}", headers=ACCEPTED)
            digest = _digest_in(answer) if answer.is_there else None
            if digest:
                return Present(digest, answer.headers.get("Content-Type", ""))
        return None

    def manifest(self, image: ImageName) -> StoredManifest:
        """Return a manifest, fetched by its digest once; its bytes are compared with the digest that was asked for."""
        if image.digest and image in self._manifests:
            return self._manifests[image]
        found = self._stored(image, self._manifest_answer(image))
        return self._manifests.setdefault(image.at(found.digest), found)

    def _manifest_answer(self, image: ImageName) -> Response:
        path = f"manifests/{image.reference}"
        return self._own_writes.until_present(
            image,
            lambda: self._ask("GET", image, path, headers=ACCEPTED, limit=_LARGEST_MANIFEST),
            lambda answer: answer.is_not_found,
        )

    @staticmethod
    def _stored(image: ImageName, answer: Response) -> StoredManifest:
        if not answer.is_there:
            raise refused(image.registry, str(image), answer.status, answer.body)
        digest = digest_of(answer.body)
        if image.digest not in (None, digest):
            raise RegistryUnavailable(
                f"{image.registry} sent other bytes than {image.digest} names",
                expected="the bytes of that digest",
                cure="run it again; if it comes again, look at the registry's storage, and at a proxy between",
            )
        data = StoredManifest(answer.body, "", digest).data
        media_type = manifest_type(answer.headers.get("Content-Type", ""), data)
        if not isinstance(data.get("schemaVersion"), int) and media_type not in (*INDEXES, *MANIFESTS):
            raise RegistryUnavailable(
                f"{image.registry} sent no manifest for {image}",
                expected="an image's manifest",
                cure="look at what is under that name: docker buildx imagetools inspect",
            )
        return StoredManifest(answer.body, media_type, digest)

    def labels(self, image: ImageName) -> Mapping[str, str]:
        """Return an image's labels; an index's are those of its first platform, none where it has no image."""
        first = next(self.images(image), None)
        if first is None:
            return {}
        manifest = self.manifest(first.name)
        return labels_of(manifest, self.blob(image, manifest.parts[0]))

    def images(self, image: ImageName) -> Iterator[FoundImage]:
        """Yield an image, or those of an index, each as soon as it is known."""
        from ltf_ci.clients.registry.index import images_under

        return images_under(image, self.manifest)

    def size(self, image: ImageName) -> int | None:
        """Return an image's compressed size in bytes, an index's first platform's; None where it cannot be had."""
        try:
            data = self.manifest(next(self.images(image)).name).data
            size = sum(int(part["size"]) for part in (data["config"], *data["layers"]))
        except (LtfError, LookupError, TypeError, ValueError, OverflowError, StopIteration):
            return None  # it is for comparison alone
        return size if 0 <= size <= _LARGEST else None

    def tags(self, image: ImageName) -> tuple[str, ...]:
        """Return all tags of an image; none where the registry does not know it."""
        from ltf_ci.clients.registry.tag_list import tags_of

        return self._own_writes.tags(image, lambda: tags_of(image, self._calls))

    def put_manifest(self, image: ImageName, content: bytes, media_type: str) -> Digest:
        """Write a manifest under the image's tag (or digest), and return its digest."""
        patience = Patience(retries=_LOOKS, pause=min(1, self._patience.pause) / 2)
        with_retries(lambda: self._put(image, content, media_type), patience)
        digest = digest_of(content)
        self.note_push(image, digest)
        return digest

    def _put(self, image: ImageName, content: bytes, media_type: str) -> None:
        path, headers = f"manifests/{image.reference}", {"Content-Type": media_type}
        answer = self._ask("PUT", image, path, headers=headers, body=content)
        if not answer.is_success:
            raise not_put(image.registry, str(image), media_type, (answer.status, answer.body))

    def note_push(self, image: ImageName, digest: Digest) -> None:
        """Remember that a name was written: by this client, or by a program that does a part of its run's work."""
        self._own_writes.add(image, digest)

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
