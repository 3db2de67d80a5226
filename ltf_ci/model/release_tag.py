"""LANGVERSION-REVISION, e.g. `3.7.4-18`: what names a release in git, in the registry and in the list."""

from __future__ import annotations

import re
from functools import total_ordering
from typing import Final, NamedTuple

from ltf_ci.errors import BadInput

LONGEST = 128  # characters: docker's limit for a tag, which is the narrower one
_VERSION = r"([0-9]{1,12}(?:\.[0-9]{1,12}){0,3})(?:-?([A-Za-z][0-9A-Za-z]*(?:\.[0-9A-Za-z]+)*))?"
_REVISION = r"[1-9][0-9]{0,11}"


@total_ordering
class LanguageVersion:
    """A language's own version: one to four numbers joined by dots, perhaps a pre-release.

    Its identity is its text: `3.14` and `3.14.0` are two. Its order is by number, part by part, a missing
    part counting as 0; a pre-release precedes its release, in semver's order; then by text.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text: Final = text

    @classmethod
    def parse(cls, text: str) -> LanguageVersion:
        """Read a version such as `3.14.3`, `21`, `2.16.01` or `3.15.0-rc1`, or raise BadInput."""
        match = re.fullmatch(_VERSION, text)
        if not match or text.endswith(".lock") or len(text) > LONGEST or not _orders(match[2]):
            raise BadInput(
                f"{text[:LONGEST]!r} is not a language version",
                expected="one to four numbers joined by dots, such as 3.14.3, or a pre-release: 3.15.0-rc1",
                cure="write the version as the language itself does, without spaces",
            )
        return cls(text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"LanguageVersion({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LanguageVersion) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __lt__(self, other: LanguageVersion) -> bool:
        mine, theirs = _split(self.text), _split(other.text)
        if mine == theirs:
            return self.text < other.text
        if mine[0] != theirs[0]:
            return mine[0] < theirs[0]
        return _precedes(mine[1], theirs[1])


class ReleaseTag(NamedTuple):
    """A language version and a revision, which counts from 1 in each version; 0 is none, and before them all."""

    version: LanguageVersion
    revision: int = 0

    @classmethod
    def parse(cls, text: str) -> ReleaseTag:
        """Read a tag such as `3.7.4-18` or `3.7.4`, split at the last `-`, or raise BadInput."""
        head, dash, tail = text.rpartition("-")
        try:
            if dash and re.fullmatch(_REVISION, tail) and len(text) <= LONGEST:
                return cls(LanguageVersion.parse(head), int(tail))
            return cls(LanguageVersion.parse(text))
        except BadInput as error:
            raise BadInput(
                f"{text[:LONGEST]!r} is not a release tag",
                expected="LANGVERSION-REVISION, such as 3.7.4-18, the revision counting from 1",
                cure="tag the commit with the language version and its next revision (`ltf-ci next`)",
            ) from error

    def __str__(self) -> str:
        return f"{self.version}-{self.revision}" if self.revision else f"{self.version}"

    def next(self) -> ReleaseTag:
        """Return the tag of the next revision of the same version line."""
        return ReleaseTag(self.version, self.revision + 1)


def release_tag_in(text: str) -> ReleaseTag | None:
    """Return the release tag that a text is, or None."""
    try:
        return ReleaseTag.parse(text)
    except BadInput:
        return None


def is_release_tag(text: str) -> bool:
    """Return whether the text is LANGVERSION-REVISION: with a revision, as no short commit is."""
    tag = release_tag_in(text)
    return tag is not None and tag.revision > 0


def _split(text: str) -> tuple[tuple[int, ...], str]:
    match = re.fullmatch(_VERSION, text)
    if match is None:
        return (), text
    numbers = [int(number) for number in match[1].split(".")]
    return (*numbers, *[0] * (4 - len(numbers))), match[2] or ""


def _orders(pre_release: str | None) -> bool:
    """Return whether semver can order it; imported late, for hardly any language version is a pre-release."""
    if not pre_release:
        return True
    from semver import Version

    return Version.is_valid(f"0.0.0-{pre_release}")


def _precedes(mine: str, theirs: str) -> bool:
    if not (mine and theirs):
        return bool(mine)
    from semver import Version

    return Version.parse(f"0.0.0-{mine}") < Version.parse(f"0.0.0-{theirs}")
