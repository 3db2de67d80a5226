"""An LTF repository's files, as far as a release needs them."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from ltf_ci.clients.files import expect_folder, read_file
from ltf_ci.errors import BadInput
from ltf_ci.manifest.ltf_repository import LtfRepository
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model import located_json
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import (
    DOCKER_FOLDER,
    IMAGE_NAME_JSON,
    LANGUAGES_LIST,
    MANIFEST_NAME,
    MANIFESTS,
    README,
    START_POINT_FOLDER,
)

MOST_FOLDERS = 5_000
_SIGNS = (*MANIFESTS, IMAGE_NAME_JSON)  # an LTF repository has one of these


def read_repository(directory: Path) -> LtfRepository:
    """Read a folder; raise BadInput where it is not an LTF repository, or where a file cannot be read."""
    expect_folder(directory)
    if whole := _repository_around(directory):
        found, named = f"{directory} is a part of the LTF repository {whole}", shlex.quote(str(whole))
        cure = f"cd {named}, then run it again; or give -C {named} as the first words"
        raise BadInput(found, expected="the repository's own folder", cure=cure)
    manifest = _manifest(directory)
    image = _image_name(directory)
    if manifest is None and image is None:
        raise _no_ltf(directory.absolute())
    readme = (read_file(directory, README) or b"").decode("utf-8", "replace")
    return LtfRepository((directory / DOCKER_FOLDER).is_dir(), manifest, image, readme)


def _repository_around(directory: Path) -> Path | None:
    """Return the LTF repository of which a folder is start_point/ or docker/; None where it is none of these."""
    folder = directory.resolve()
    whole = folder.parent
    if folder.name not in (START_POINT_FOLDER, DOCKER_FOLDER) or (folder / ".git").exists():
        return None
    is_ltf = any((whole / path).is_file() for path in (MANIFESTS[0], IMAGE_NAME_JSON))
    return whole if is_ltf and ((whole / ".git").exists() or (whole / DOCKER_FOLDER).is_dir()) else None


def read_start_point(directory: Path) -> Manifest:
    """Return the manifest of a start point's folder; raise BadInput where it is an image's own repository."""
    manifest = read_repository(directory).manifest
    if manifest is None:
        raise BadInput(
            "an image's own repository has no manifest",
            expected="a start point's repository",
            cure="list the start point's repository, which has start_point/manifest.json",
        )
    return manifest


def every_manifest(directory: Path) -> tuple[Manifest, ...]:
    """Read all manifests that cyber-dojo finds; raise BadInput where it finds none."""
    paths = manifest_paths(directory)
    if not paths:
        raise BadInput(
            f"no {MANIFEST_NAME} is in the repository",
            expected="a start point's repository",
            cure="look at the address: is it a start point's?",
        )
    return tuple(Manifest.parse(read_file(directory, path) or b"", path) for path in paths)


def manifest_paths(directory: Path) -> tuple[str, ...]:
    """Return each manifest.json that cyber-dojo finds: none below a dot folder or behind a link to a folder.

    Raise BadInput where the repository has more than MOST_FOLDERS folders.
    """
    found = []
    for number, (folder, folders, files) in enumerate(os.walk(directory)):
        if number == MOST_FOLDERS:
            raise BadInput(
                f"more than {MOST_FOLDERS} folders are in the repository",
                expected="a start point's",
                cure="look at the address: is it a start point's?",
            )
        folders[:] = [name for name in folders if not name.startswith(".")]
        if MANIFEST_NAME in files or MANIFEST_NAME in folders:
            found.append(str(Path(folder, MANIFEST_NAME).relative_to(directory)))
    return tuple(sorted(found))


def _no_ltf(directory: Path) -> BadInput:
    """Return the error of a folder that is no LTF's, with the folder that was meant, where one above it is one."""
    above = next((each for each in directory.parents if any((each / path).exists() for path in _SIGNS)), None)
    cure = f"ltf-ci -C {above} COMMAND" if above else "go into the repository's folder, or name it: ltf-ci -C FOLDER"
    if (directory / LANGUAGES_LIST).exists():
        cure = "this is the languages repository: ltf-ci list check, ltf-ci status, ltf-ci watch"
    return BadInput(
        f"neither a manifest nor {IMAGE_NAME_JSON} is in {directory}",
        expected=f"{' or '.join(MANIFESTS)} (a start point), or {IMAGE_NAME_JSON} (an image's own repository)",
        cure=cure,
    )


def _manifest(directory: Path) -> Manifest | None:
    found = {path: raw for path in MANIFESTS if (raw := read_file(directory, path)) is not None}
    if len(found) > 1:
        raise BadInput(f"the repository has both {' and '.join(MANIFESTS)}", expected="one manifest", cure="remove one")
    return next((Manifest.parse(raw, path) for path, raw in found.items()), None)


def _image_name(directory: Path) -> ImageName | None:
    raw = read_file(directory, IMAGE_NAME_JSON)
    if raw is None:
        return None
    _, root = located_json.read(raw, IMAGE_NAME_JSON)
    name = root.member("image_name")
    if name is None or not isinstance(name.value, str):
        raise BadInput(
            f"{IMAGE_NAME_JSON} names no image",
            expected='{"image_name": "HOST/PATH"}',
            cure=f"write it into {IMAGE_NAME_JSON}",
        )
    image = ImageName.parse(name.value)
    if image.tag or image.digest:
        raise BadInput(
            f"{name.place}: image_name is {name.value!r}",
            expected=f"{image.untagged}, without a tag",
            cure="remove the tag: a release has the git tag's",
        )
    return image
