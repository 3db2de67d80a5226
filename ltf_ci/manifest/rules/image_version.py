"""The language version of an image's own repository, which has no manifest: from its tags and its files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ltf_ci.errors import LtfError, UsageError
from ltf_ci.manifest.display_name import DisplayName
from ltf_ci.model.layout import CHECK_VERSION, README
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag

_DISPLAY_NAME = re.compile(r"""\bdisplay_name=(["'])(.*?)\1""")
_VERSION = re.compile(r"\d+(?:\.\d+){0,3}")
_GIVEN = "name it once with --language-version; later it is read from the tags"


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A language version, and what says it; nothing where a person does, or the manifest."""

    version: LanguageVersion
    sources: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.version} (from {' and '.join(self.sources)})"


def known_version(tags: Iterable[str], readme: str, expected: str) -> KnownVersion:
    """Return the version of the newest of these tags, those in HEAD's history; without one that of the files.

    `expected` is what check_version.sh expects of the language's own program; empty where it asks another's. Raise
    UsageError where nothing names a version, where two files differ, or one says a newer version than the tag.
    """
    newest = max(map(ReleaseTag.parse, filter(is_release_tag, tags)), default=None)
    texts = {CHECK_VERSION: _version_in(expected), README: _of_readme(readme)}
    files = {source: version for source, version in texts.items() if version}
    newer = {source: version for source, version in files.items() if newest is None or version > newest.version}
    if newest and not newer:
        return KnownVersion(newest.version, (f"the newest tag, {newest}",))
    if not newest and len(set(files.values())) == 1:
        return KnownVersion(next(iter(files.values())), tuple(files))
    tagged = {f"the newest tag, {newest}": newest.version} if newest else {}
    named = ", ".join(f"{version} ({source})" for source, version in {**tagged, **files}.items())
    found = f"the image's version differs: {named}" if named else "no tag and no file names the image's version"
    raise UsageError(found, expected="one version, such as 3.14.3", cure=_GIVEN)


def _of_readme(readme: str) -> LanguageVersion | None:
    """Return the version in a README's copy of the display name, `Bash 5.3.3` or `Python 3.14.3, unittest`."""
    match = _DISPLAY_NAME.search(readme)
    if not match:
        return None
    try:
        return DisplayName.parse(match[2] if "," in match[2] else f"{match[2]}, -").version
    except LtfError:
        return None


def _version_in(expected: str) -> LanguageVersion | None:
    match = _VERSION.search(expected)
    return LanguageVersion.parse(match[0]) if match else None
