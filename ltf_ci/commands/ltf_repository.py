"""What a release needs to know of an LTF repository's folder."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ltf_ci.clients.files import read_file
from ltf_ci.errors import BadInput
from ltf_ci.model import located_json
from ltf_ci.model.image import ImageName
from ltf_ci.model.manifest import PATHS, Manifest

IMAGE_NAME = "docker/image_name.json"
README = "README.md"


class Layout(StrEnum):
    """What a repository holds: an image's sources, a start point, or both, as in the notes."""

    WHOLE = "whole"
    IMAGE = "image"
    START_POINT = "start-point"


@dataclass(frozen=True, slots=True)
class LtfRepository:
    """A repository as it lies in a folder."""

    layout: Layout
    manifest: Manifest | None
    image: ImageName | None
    readme: str


def read_repository(directory: Path) -> LtfRepository:
    """Read a folder; raise BadInput where it is no LTF repository, or where a file cannot be read."""
    if not directory.is_dir():
        raise BadInput(f"{directory} is no folder", cure="name the folder of an LTF repository")
    manifest = _manifest(directory)
    image = _image_name(directory)
    if manifest is None and image is None:
        raise BadInput(
            f"neither a manifest nor {IMAGE_NAME} is in {directory}",
            expected=f"{PATHS[0]} or {PATHS[1]} (a start point), or {IMAGE_NAME} (an image's own repository)",
            cure="name the folder of an LTF repository",
        )
    readme = (read_file(directory, README) or b"").decode("utf-8", "replace")
    return LtfRepository(_layout(directory, manifest), manifest, image, readme)


def _layout(directory: Path, manifest: Manifest | None) -> Layout:
    if manifest is None:
        return Layout.IMAGE
    return Layout.WHOLE if (directory / "docker").is_dir() else Layout.START_POINT


def _manifest(directory: Path) -> Manifest | None:
    found = {path: raw for path in PATHS if (raw := read_file(directory, path)) is not None}
    if len(found) > 1:
        raise BadInput(f"both {PATHS[0]} and {PATHS[1]} are there", expected="one manifest", cure="remove one")
    return next((Manifest.parse(raw, path) for path, raw in found.items()), None)


def _image_name(directory: Path) -> ImageName | None:
    raw = read_file(directory, IMAGE_NAME)
    if raw is None:
        return None
    _, root = located_json.read(raw, IMAGE_NAME)
    name = root.member("image_name")
    if name is None or not isinstance(name.value, str):
        raise BadInput(f"{IMAGE_NAME} names no image", expected='{"image_name": "HOST/PATH"}')
    image = ImageName.parse(name.value)
    if image.tag or image.digest:
        raise BadInput(f"{name.place}: image_name is {name.value!r}", expected=f"{image.untagged}, without a tag")
    return image
