"""What the settings of a repository keep its releases from, or say in vain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import image_in, is_fixed
from ltf_ci.model.layout import DOCKER_FOLDER, DOCKERFILE, SETTINGS
from ltf_ci.model.release_tag import LanguageVersion, release_tag_in

NO_SOURCE = "no-image-from"


class SettingsFacts(NamedTuple):
    """What the settings say of a release, and where they have keys of a languages repository.

    `image_from` is the image that a start point is made of: empty where it names none, None where it needs none.
    """

    version_command: str = ""
    image_from: str | None = None
    of_list: tuple[Place, ...] = ()


def findings(settings: SettingsFacts, manifest: Manifest | None, version: LanguageVersion | None) -> Iterator[Finding]:
    """Find an image that is not named, or is another version's; and keys that count elsewhere."""
    if version:
        yield from _source_version(settings.image_from, version)
    if settings.image_from == "":
        yield _no_source(manifest)
    yield from map(_of_list, settings.of_list)


def _source_version(image_from: str | None, version: LanguageVersion) -> Iterator[Finding]:
    """Find that the image which a start point is made of is the release of another version."""
    source = image_in(image_from or "")
    tag = release_tag_in(source.tag) if source else None
    if tag and tag.revision and tag.version != version:
        yield Finding(
            rule="image-from-version",
            place=Place(SETTINGS),
            found=f"image-from is {source}, and the release is of version {version}",
            expected=f"an image of version {version}",
            cure=f"name the image that has {version} in image-from, or release it as {tag.version}",
        )


def _no_source(manifest: Manifest | None) -> Finding:
    named = image_in((manifest and manifest.string("image_name")) or "")
    source = named if named and is_fixed(named) else "HOST/PATH:TAG"
    return Finding(
        rule=NO_SOURCE,
        place=Place(SETTINGS),
        found="no setting names the image that this start point is made of, so that no tag of it can be released",
        expected=f"image-from: {source}; or {DOCKER_FOLDER}/, where this repository builds its image",
        cure=f"write it into {SETTINGS}, or add {DOCKERFILE}; then commit it",
    )


def _of_list(place: Place) -> Finding:
    return Finding(
        rule="settings-of-list",
        place=place,
        found="this key says how a languages list is written, and this is an LTF's repository",
        expected=f"it in {SETTINGS} of the languages repository, where every bump obeys it",
        cure="remove the line",
    )
