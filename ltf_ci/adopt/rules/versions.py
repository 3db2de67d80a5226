"""Which language version a repository's first tag has, and the command that makes it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ltf_ci.adopt.rules.waiting import Maker, Name
from ltf_ci.errors import BadInput
from ltf_ci.model.image import image_in
from ltf_ci.model.release_tag import LanguageVersion

_LINE = re.compile(r"(?P<place>\S+)\s+(?P<version>\S+)")


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions that a person wrote down, by repository in lower case, and those that the fleet's own files say."""

    written: Mapping[str, LanguageVersion]
    known: Mapping[Maker, LanguageVersion]

    @classmethod
    def of(cls, fleet: Collection[Maker], written: Mapping[str, LanguageVersion]) -> Versions:
        """Return them: a repository's own word first, then what its start point says, then what is made of it."""
        stated = {maker.image.repository: maker.version for maker in fleet if maker.version and maker.is_start_point}
        known: dict[Maker, LanguageVersion] = {}
        for maker in fleet:
            version = maker.version or stated.get(maker.image.repository) or _of_all_above(maker, fleet, stated)
            if version:
                known[maker] = version
        return cls(written, known)

    def of_maker(self, maker: Maker) -> LanguageVersion | None:
        """Return the version of a repository's first tag; None where a person must say it."""
        return self.written.get(maker.place.lower()) or self.known.get(maker)

    def first_tag(self, maker: Maker) -> str:
        """Return the command that makes the first tag; VERSION in it is for a person to say."""
        version = self.of_maker(maker)
        if version and version == maker.version and maker.is_start_point:
            return "ltf-ci next --push"
        return f"ltf-ci next --language-version {version or 'VERSION'} --push"


def read_versions(text: str, path: str) -> Mapping[str, LanguageVersion]:
    """Read lines `REPOSITORY VERSION`; raise BadInput at one of another form, or where two lines disagree."""
    found: dict[str, LanguageVersion] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if not match:
            raise BadInput(
                f"{path}:{number}: {line[:200]!r}",
                expected="REPOSITORY VERSION, such as o/python 3.14.3",
                cure="write the line so, or remove it",
            )
        place, version = match["place"].lower(), LanguageVersion.parse(match["version"])
        if found.setdefault(place, version) != version:
            raise BadInput(
                f"{path}:{number}: {place} has the version {found[place]} already",
                expected="one line for each repository",
                cure="remove one line",
            )
    return found


def _of_all_above(
    maker: Maker, fleet: Collection[Maker], stated: Mapping[Name, LanguageVersion]
) -> LanguageVersion | None:
    """Return the version of a language's base image, where all start points that are made of it have one and the same.

    A base is one of a language where its name begins theirs: `python` of `python_unittest`.
    """
    if maker.is_start_point:
        return None
    word = _last_part(maker.image.path)
    above = [name for name in _made_of(maker.image.repository, fleet) if name in stated]
    versions = {stated[name] for name in above}
    is_language = all(re.match(rf"{re.escape(word)}[-_]", _last_part(path)) for _, path in above)
    return versions.pop() if len(versions) == 1 and is_language else None


def _made_of(name: Name, fleet: Iterable[Maker]) -> frozenset[Name]:
    """Return the images that are made of an image, directly or through others."""
    every, found, left = tuple(fleet), set[Name](), [name]
    while left:
        below = left.pop()
        above = {maker.image.repository for maker in every if below in _bases(maker)} - {*found, name}
        found |= above
        left += above
    return frozenset(found)


def _bases(maker: Maker) -> frozenset[Name]:
    return frozenset(
        image.repository
        for text in maker.bases
        if (image := image_in(text)) and image.repository != maker.image.repository
    )


def _last_part(path: str) -> str:
    return path.rpartition("/")[2]
