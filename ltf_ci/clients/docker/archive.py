"""An image's archive, as `docker save` writes it: from docker 20.10's layers to the OCI layout of today."""

from __future__ import annotations

import hashlib
import io
import json
import posixpath
import tarfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ltf_ci.errors import DockerFailed
from ltf_ci.model.image import Digest

_BLOBS = "blobs/sha256/"
_PIECE = 1024**2  # bytes


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file of an archive: the digest of its content, and where it was unpacked; nowhere if it was not wanted."""

    digest: Digest
    path: Path | None


@dataclass(frozen=True, slots=True)
class SavedImage:
    """An image's config, its layers from the lowest on, and its manifest, which docker's older image store has not.

    An index has its own images in place of config and layers: those of its platforms, and their attestations.
    """

    config: bytes = b""
    layers: tuple[SavedFile, ...] = ()
    manifest: bytes = b""
    images: tuple[SavedImage, ...] = ()


def read_archive(pieces: Iterator[bytes], image_id: str, folder: Path, unwanted: Collection[str]) -> SavedImage:
    """Unpack an archive into a folder, but for the files of these digests; raise DockerFailed where it is another's."""
    try:
        files = _unpacked(pieces, folder, unwanted)
        found = _by_manifest(image_id, files) or _of_list(image_id, files)
    except (tarfile.TarError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(image_id) from error
    if found is None:
        raise _unreadable(image_id)
    return found


def _of_list(image_id: str, files: Mapping[str, SavedFile]) -> SavedImage | None:
    """Return the image of docker's older list, manifest.json; None where that has none of it."""
    listed = _object(_content(files.get("manifest.json")), kind=list)
    config = _content(files.get(str(listed[0]["Config"]))) if listed else b""
    if hashlib.sha256(config).hexdigest() != image_id.removeprefix("sha256:"):
        return None
    return SavedImage(config, tuple(files[name] for name in listed[0]["Layers"]))


def _by_manifest(digest: str, files: Mapping[str, SavedFile]) -> SavedImage | None:
    """Return the image of a manifest's, or an index's, digest; None where the archive has none of it."""

    def blob(descriptor: Mapping[str, Any]) -> SavedFile:
        return files[_blob(str(descriptor["digest"]))]

    raw = _content(files.get(_blob(digest)))
    manifest = _object(raw) if raw else {}
    if "manifests" in manifest:
        images = [_by_manifest(str(entry["digest"]), files) for entry in manifest["manifests"]]
        whole = images and all(images)
        return SavedImage(manifest=raw, images=tuple(image for image in images if image)) if whole else None
    if "layers" in manifest:
        return SavedImage(_content(blob(manifest["config"])), tuple(map(blob, manifest["layers"])), raw)
    return None


def _blob(digest: str) -> str:
    return _BLOBS + digest.removeprefix("sha256:")


def _unpacked(pieces: Iterator[bytes], folder: Path, unwanted: Collection[str]) -> Mapping[str, SavedFile]:
    """Return an archive's files by their names; a link has the file that it points to."""
    found: dict[str, SavedFile] = {}
    links: dict[str, str] = {}
    with tarfile.open(fileobj=io.BufferedReader(_Stream(pieces), _PIECE), mode="r|") as tar:
        for member in tar:
            if member.issym():
                links[member.name] = posixpath.normpath(posixpath.join(posixpath.dirname(member.name), member.linkname))
            elif content := tar.extractfile(member):
                found[member.name] = _kept(content, folder / str(len(found)), unwanted)
    return {**found, **{name: found[target] for name, target in links.items() if target in found}}


def _kept(content: Any, path: Path, unwanted: Collection[str]) -> SavedFile:
    content_hash = hashlib.sha256()
    with path.open("wb") as file:
        while piece := content.read(_PIECE):
            content_hash.update(piece)
            file.write(piece)
    digest = Digest(f"sha256:{content_hash.hexdigest()}")
    if str(digest) in unwanted:
        path.unlink()
        return SavedFile(digest, None)
    return SavedFile(digest, path)


class _Stream(io.RawIOBase):
    """Pieces of bytes, read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is, at most as much as the buffer takes."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def _content(file: SavedFile | None) -> bytes:
    return file.path.read_bytes() if file and file.path else b""


def _object(raw: bytes, kind: type = dict) -> Any:
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    return found if isinstance(found, kind) else kind()


def _unreadable(image_id: str) -> DockerFailed:
    return DockerFailed(
        f"the docker daemon saves the image {image_id} in a form that is not known",
        expected="an archive as `docker save` of docker 20.10 or newer writes it",
        cure="use a builder of docker buildx: --builder (on GitHub: docker/setup-buildx-action)",
    )
