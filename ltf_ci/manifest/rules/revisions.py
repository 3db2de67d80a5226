"""The next release tag, and the manifest that has it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ltf_ci.errors import BadInput
from ltf_ci.manifest.display_name import DisplayName
from ltf_ci.manifest.ltf_repository import IMAGE_NAME
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules.agreement import with_version
from ltf_ci.model.image import is_commit
from ltf_ci.model.located_json import Located
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag

_DISPLAY_NAME = ("display_name", DisplayName.parse, "NAME (VERSION), FRAMEWORK")
LIKE_A_RELEASE = r"\d+(?:\.\d+)*-\d+"
_DATE = r"\d{4}-\d\d-\d\d"
_LIKE_A_VERSION = r"^[vV]?\d+([._-]\w+)*$|\d[._]\d|[vV]\d"
_NAMED = 3  # tags


def next_tag(version: LanguageVersion, known: Iterable[str]) -> ReleaseTag:
    """Return the revision after this version's highest among the known tags; revision 1 where none is known."""
    revisions = [tag.revision for tag in map(ReleaseTag.parse, filter(is_release_tag, known)) if tag.version == version]
    return ReleaseTag(version, max(revisions, default=0) + 1)


def next_release(version: LanguageVersion, proposed: ReleaseTag | None, known: Iterable[str]) -> ReleaseTag:
    """Return the manifest's own tag, unless a known tag is as high; else the revision after the highest."""
    highest = next_tag(version, known)
    return max(highest, proposed) if proposed and proposed.version == version else highest


def version_of(manifest: Manifest) -> LanguageVersion:
    """Return the language version that a manifest's display_name has, or raise BadInput."""
    name = manifest.read(*_DISPLAY_NAME)
    if name.version is None:
        raise BadInput.at(
            _text(manifest, "display_name").place,
            f"display_name has no version: {str(name)!r}",
            expected="NAME (VERSION), FRAMEWORK",
            cure="name the version with --language-version",
        )
    return name.version


def retagged(manifest: Manifest, tag: ReleaseTag) -> bytes:
    """Return the manifest with this tag in image_name and its version in the names; every other byte is kept.

    Where the display name has no version yet, an empty one of the `language` pair is written too.
    """
    of_name, pair = _text(manifest, "display_name"), manifest.pair("language")
    name = manifest.read(*_DISPLAY_NAME)
    changes = {
        of_name: str(with_version(manifest, name, tag.version)),
        _text(manifest, "image_name"): str(manifest.read(*IMAGE_NAME).tagged(tag)),
    }
    if pair and (pair[1].value or name.version is None):
        changes[pair[1]] = str(tag.version)
    return manifest.edited({value: new for value, new in changes.items() if value.value != new})


def _text(manifest: Manifest, key: str) -> Located:
    member = manifest.member(key)
    if member is None or not isinstance(member.value, str):
        raise BadInput(
            f"{manifest.path} has no {key}",
            expected="a text",
            cure=f"add {key}; ltf-ci check names all that is missing",
        )
    return member


def unlike(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags that look like a release's, and are none: `v3.7.4-1`, `python-3.7.4-1`."""
    return tuple(name for name in no_releases(names) if re.search(LIKE_A_RELEASE, name) and not re.search(_DATE, name))


def versions(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags that look like some version, and like no release of ltf-ci's: `v1.2`, `3.7.4`, `2026-11-27`."""
    others = (name for name in no_releases(names) if name not in unlike(names))
    return tuple(name for name in others if re.search(_LIKE_A_VERSION, name) and not is_commit(name))


def no_releases(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags that are none of a release's."""
    return tuple(name for name in names if not is_release_tag(name))


def named(names: tuple[str, ...]) -> str:
    """Return tags that are no release's in words, a few of them: `v1.2 is no release tag`; nothing where none is."""
    others = no_releases(names)
    if not others:
        return ""
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    is_one = len(others) == 1
    return f"{', '.join(others[:_NAMED])}{more} {'is no release tag' if is_one else 'are no release tags'}"
