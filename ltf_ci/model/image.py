"""Names of images, as cyber-dojo and docker read them."""

from __future__ import annotations

import re
from typing import NamedTuple

from ltf_ci.errors import BadInput, UsageError

DOCKER_HUB = "docker.io"
LATEST = "latest"
_DOCKER_HUB = frozenset({"", DOCKER_HUB, "index.docker.io"})  # a name without a host is Docker Hub's
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_PORT = r"0*(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*(?::{_PORT})?"
_PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_PATH = rf"{_PART}(?:/{_PART})*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_COMMIT = r"[0-9a-f]{7}(?:[0-9a-f]{33})?"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"


class Digest(NamedTuple):
    """The hash that names a manifest or a blob for good: `sha256:…`."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read `ALGORITHM:HEX`, or raise BadInput."""
        if not re.fullmatch(_DIGEST, text):
            raise BadInput(
                f"{text[:120]!r} is not a digest",
                expected="sha256: and 64 hexadecimal digits",
                cure="docker buildx imagetools inspect IMAGE prints it",
            )
        return cls(text)

    def __str__(self) -> str:
        return self.text


class ImageName(NamedTuple):
    """HOST/PATH:TAG@DIGEST: host, tag and digest may be absent; without a host it is Docker Hub's.

    Two spellings of one name are equal: `python:3`, `docker.io/library/python:3`. str() returns each as it was written.
    """

    host: str
    path: str
    tag: str = ""
    digest: Digest | None = None

    @classmethod
    def parse(cls, text: str) -> ImageName:
        """Read an image's name by cyber-dojo's own grammar, or raise BadInput."""
        host, rest = _cut_host(text)
        rest, at, digest = rest.partition("@")
        path, colon, tag = rest.partition(":")
        well_formed = (
            (not host or re.fullmatch(_HOST, host))
            and re.fullmatch(_PATH, path)
            and (not colon or re.fullmatch(_TAG, tag))
            and (not at or re.fullmatch(_DIGEST, digest))
        )
        if not well_formed:
            raise BadInput(
                f"{text[:200]!r} is not an image name",
                expected="[HOST/]PATH:TAG in lower case, without spaces: ghcr.io/cyber-dojo/python:3.7.4-1",
                cure=_lower_case(path, text),
            )
        return cls(host, path, tag, Digest(digest) if at else None)

    def __str__(self) -> str:
        text = f"{self.host}/{self.path}" if self.host else self.path
        if self.tag:
            text += f":{self.tag}"
        return f"{text}@{self.digest}" if self.digest else text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ImageName) and self._identity == other._identity

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[tuple[str, str], str, Digest | None]:
        return self.repository, self.tag, self.digest

    def tagged(self, tag: object) -> ImageName:
        """Return the same image under this tag, without a digest."""
        return self._replace(tag=str(tag), digest=None)

    @property
    def without_digest(self) -> ImageName:
        """The name with its tag alone, which may mean another image tomorrow."""
        return self._replace(digest=None)

    def at(self, digest: Digest) -> ImageName:
        """Return the same image by its digest alone."""
        return self._replace(tag="", digest=digest)

    def under(self, place: str) -> ImageName:
        """Return the same image at another registry, HOST or HOST/PREFIX; where none is named, itself."""
        return ImageName.parse(f"{place.rstrip('/')}/{self._replace(host='')}") if place else self

    @property
    def untagged(self) -> ImageName:
        """The name alone: host and path."""
        return self._replace(tag="", digest=None)

    @property
    def registry(self) -> str:
        """The registry's host, `docker.io` for each of the names that Docker Hub has."""
        return registry_host(self.host)

    @property
    def repository(self) -> tuple[str, str]:
        """Registry and path there, equal for every spelling: Docker Hub's official images are below `library/`."""
        official = self.registry == DOCKER_HUB and "/" not in self.path
        return self.registry, f"library/{self.path}" if official else self.path

    @property
    def reference(self) -> str:
        """What a registry is asked for: the digest where there is one, else the tag, else `latest`."""
        return str(self.digest) if self.digest else self.tag or LATEST


def image_in(text: str) -> ImageName | None:
    """Return the image that a text names, or None: anybody's text may name none that cyber-dojo could."""
    try:
        return ImageName.parse(text)
    except BadInput:
        return None


def is_tag(text: object) -> bool:
    """Whether a text may be an image's tag."""
    return isinstance(text, str) and re.fullmatch(_TAG, text) is not None


def is_commit(tag: str) -> bool:
    """Whether an image's tag is a commit, short or whole: 2733119 and 9e24065… would read as versions."""
    return re.fullmatch(_COMMIT, tag) is not None


def is_fixed(image: ImageName) -> bool:
    """Whether a name is one image's for good, without being a release's: it has a digest, or a commit for its tag."""
    return image.digest is not None or is_commit(image.tag)


def registry_host(host: str) -> str:
    """Return a registry's host under the one name that it is compared by."""
    return DOCKER_HUB if host in _DOCKER_HUB else host


def _cut_host(text: str) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first):
        return first, rest
    return "", text


def _lower_case(path: str, text: str) -> str:
    """Return what to write where capitals are all that is wrong with a name: docker and registries take none."""
    if path == path.lower() or not re.fullmatch(_PATH, path.lower()):
        return ""
    return f"write it in lower case: '{text.replace(path, path.lower(), 1)[:200]}'"


def image_place(text: str) -> str:
    """Read `HOST` or `HOST/PREFIX`, or raise UsageError."""
    expected = "HOST or HOST/PREFIX, where a host has a dot or a port: ghcr.io/mirror, localhost:5000"
    try:
        place = ImageName.parse(f"{text.rstrip('/')}/image")
    except BadInput as error:
        cure = error.cure.replace("/image'", "'")
        raise UsageError(f"{text[:200]!r} is no place of images", expected=expected, cure=cure) from error
    if not place.host:
        raise UsageError(f"{text[:200]!r} names no registry: it has no host", expected=expected)
    return text
