"""The next release tag, and the manifest that has it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ltf_ci.errors import BadInput
from ltf_ci.manifest.display_name import DisplayName
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules.agreement import with_version
from ltf_ci.model.image import ImageName
from ltf_ci.model.located_json import Located
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag

LIKE_A_RELEASE = re.compile(r"\d+(?:\.\d+)*-\d+")


def next_tag(version: LanguageVersion, known: Iterable[str]) -> ReleaseTag:
    """Return the revision after this version's highest among the known tags; revision 1 where none is known."""
    revisions = [
        tag.revision or 0 for tag in map(ReleaseTag.parse, filter(is_release_tag, known)) if tag.version == version
    ]
    return ReleaseTag(version, max(revisions, default=0) + 1)


def next_release(version: LanguageVersion, proposed: ReleaseTag | None, known: Iterable[str]) -> ReleaseTag:
    """Return the manifest's own tag, unless a known tag is as high; else the revision after the highest."""
    highest = next_tag(version, known)
    return max(highest, proposed) if proposed and proposed.version == version else highest


def version_of(manifest: Manifest) -> LanguageVersion:
    """Return the language version that a manifest's display_name has, or raise BadInput."""
    text = manifest.string("display_name")
    name = DisplayName.parse(text or "")
    if name.version is None:
        raise BadInput(
            f"display_name has no version: {text!r}",
            expected="NAME (VERSION), FRAMEWORK",
            cure="name the version with --language-version",
        )
    return name.version


def retagged(manifest: Manifest, tag: ReleaseTag) -> bytes:
    """Return the manifest with this tag in image_name and its version in the names; every other byte is kept.

    Where the display name has no version yet, an empty one of the `language` pair is written too.
    """
    of_name, pair = _text(manifest, "display_name"), manifest.pair("language")
    name = DisplayName.parse(str(of_name.value))
    changes = {
        of_name: str(with_version(manifest, name, tag.version)),
        _text(manifest, "image_name"): str(ImageName.parse(manifest.string("image_name") or "").tagged(tag)),
    }
    if pair and (pair[1].value or name.version is None):
        changes[pair[1]] = str(tag.version)
    return manifest.edited({value: new for value, new in changes.items() if value.value != new})


def _text(manifest: Manifest, key: str) -> Located:
    member = manifest.member(key)
    if member is None or not isinstance(member.value, str):
        raise BadInput(f"{manifest.path} has no {key}", expected="a text")
    return member


def unlike(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags that look like a release's, and are none: `v3.7.4-1`, `python-3.7.4-1`."""
    return tuple(name for name in names if not is_release_tag(name) and LIKE_A_RELEASE.search(name))
