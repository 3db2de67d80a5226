"""Tags as versions, and which of them are newer in the same flavour: `3.7.5` than `3.7.4`; no beta, no `-alpine`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from ltf_ci.model.image import LATEST, is_commit

_PRE = r"(?:alpha|beta|rc|cr|pre|preview|dev|snapshot|nightly|canary|milestone|a|b|m)"
_NUMBER = r"[0-9]{1,18}"
_UPDATE = rf"u(?P<update>{_NUMBER})(?:-b(?P<build>{_NUMBER})(?=[-_]|$))?"  # java's 8u392-b08 is 8.0.392_8
_TAG = re.compile(
    rf"(?P<prefix>(?:[a-z]+-)?v?)(?P<numbers>{_NUMBER}(?:\.{_NUMBER})*)"
    rf"(?:{_UPDATE}|(?P<pre>[-_.]?{_PRE}[0-9.]*(?=[-_]|$)))?(?P<suffix>(?:[-_].*)?)",
    re.IGNORECASE,
)
_REVISION = re.compile(r"^_(?P<build>[0-9]{1,18})(?=-)|(?<=[-_])(?P<letter>r?)(?P<number>[0-9]{1,18})$")
_DATED = 6  # digits of a number that is a date, a build or a commit: 20240101
_YEAR = 4  # digits of a year: 2024.1 is no newer version of 3.7
_PATCHED = 3  # numbers of a version that has a patch: 3.7.4
_LOOKED_AT = 5  # lines, of which `latest` may be the newest
STABLE = "stable"
_CHANNELS = {LATEST, STABLE, "current", "lts", "edge", "mainline", "rolling"}  # words of a tag that name no flavour


class Flavour(NamedTuple):
    """What two tags must share so that one may be newer than the other."""

    prefix: str
    kinds: tuple[int, ...]
    suffix: str


class Version(NamedTuple):
    """A tag's place among those of its flavour; a pre-release comes before its release."""

    numbers: tuple[int, ...]
    is_stable: bool
    revision: int
    tag: str

    @property
    def line(self) -> tuple[int, ...]:
        """What the patches of one version share: 3.7 of 3.7.4; where there is no patch, the whole."""
        return self.numbers[:-1] if len(self.numbers) >= _PATCHED else self.numbers


def read(tag: str) -> tuple[Flavour, Version] | None:
    """Read a tag; None where it is no version: `latest`, `bookworm`, a commit."""
    match = _TAG.fullmatch(tag)
    if not match or is_commit(tag) or is_commit(match["numbers"]):
        return None
    texts = match["numbers"].split(".")
    if match["update"]:
        texts += ["0", match["update"]]
    suffix = f"_{match['build']}{match['suffix']}" if match["build"] else match["suffix"]
    revision = _REVISION.search(suffix)
    shape = _REVISION.sub(r"\g<letter>#", suffix, count=1)
    kinds = (_kind(texts[0], _YEAR), *(_kind(text, _DATED) for text in texts[1:]))
    number = int(revision["build"] or revision["number"]) if revision else 0
    version = Version(tuple(map(int, texts)), not match["pre"], number, tag)
    return Flavour(match["prefix"], kinds, shape), version


def language_version(tag: str) -> str:
    """Return the numbers of a version's tag as they are written: 3.7.4 of v3.7.4-slim, 8u392 of 8u392-b08-jdk."""
    match = _TAG.fullmatch(tag)
    update = f"u{match['update']}" if match and match["update"] else ""
    return f"{match['numbers']}{update}" if match else ""


def of_version(floating: str, version: str) -> str:
    """Return the tag that a version has in the flavour of a floating tag: `3.14.3-slim` of `slim`."""
    return "-".join([version, *(word for word in floating.split("-") if word not in _CHANNELS)])


def newer(ours: Collection[str], tags: Iterable[str]) -> Iterator[tuple[Version, Version]]:
    """Return each of our versions that has something newer, and that: its line's newest patch, the newest of all."""
    known = _by_flavour(tags)
    for flavour, mine in sorted(_by_flavour(ours).items()):
        yield from _newer(mine, _stable(flavour, known))


def is_between(tag: str, older: str, newer: str) -> bool:
    """Whether a tag is a version of the flavour of two others, after the older and before the newer one."""
    low, found, high = read(older), read(tag), read(newer)
    if not low or not found or not high or found[0].suffix != low[0].suffix:
        return False
    return _order(low[1]) < _order(found[1]) < _order(high[1])


def comparable(ours: Collection[str], tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags that `latest` may be: ours, and the newest of the newest lines; none where ours are no versions.

    Whatever the flavour of ours, `latest` is mostly a plain one.
    """
    mine, known = _by_flavour(ours), _by_flavour(tags)
    plain = [there for flavour in mine for there in _stable(flavour._replace(suffix=""), known)]
    lines = {version.line: version for version in sorted(plain)}
    newest = (version.tag for version in sorted(lines.values(), reverse=True)[:_LOOKED_AT])
    versions = sorted(chain.from_iterable(mine.values()), reverse=True)
    return tuple(dict.fromkeys((*(version.tag for version in versions), *newest, *ours))) if mine else ()


def is_above(tag: str, limit: str) -> bool:
    """Whether a tag's version is above another's, whatever comes after the numbers; not where they have no order."""
    found, other = read(tag), read(limit)
    if not found or not other:
        return False
    common = min(len(found[0].kinds), len(other[0].kinds))
    is_alike = _of_what(found[0], common) == _of_what(other[0], common)
    return is_alike and found[1].numbers[:common] > other[1].numbers[:common]


def line_of(tag: str) -> tuple[int, ...] | None:
    """Return what the patches of a tag's version share; None where it is no version."""
    found = read(tag)
    return found[1].line if found else None


def _by_flavour(tags: Iterable[str]) -> Mapping[Flavour, set[Version]]:
    """Return the versions among tags."""
    known: defaultdict[Flavour, set[Version]] = defaultdict(set)
    for found in filter(None, map(read, tags)):
        known[found[0]].add(found[1])
    return known


def _stable(flavour: Flavour, known: Mapping[Flavour, set[Version]]) -> set[Version]:
    """Return the releases of a flavour: of four numbers also those of three that no fourth follows.

    erlang:28.1.1 comes after 27.3.4.2; its 27.3.4 is whatever 27.3.4.x is the newest.
    """
    found = {version for version in known.get(flavour, ()) if version.is_stable}
    if len(flavour.kinds) > _PATCHED:
        begun = {version.numbers[:-1] for version in found}
        shorter = _stable(flavour._replace(kinds=flavour.kinds[:-1]), known)
        found |= {version for version in shorter if version.numbers not in begun}
    return found


def _newer(mine: Collection[Version], stable: Collection[Version]) -> Iterator[tuple[Version, Version]]:
    """Look at the newest of each line of ours for a patch, and at the newest of all for the newest of all."""
    lines = {version.line: version for version in sorted(mine)}
    reported = set()
    for line, newest in sorted(lines.items()):
        patch = max((version for version in stable if version.line == line), default=newest)
        if _order(patch) > _order(newest):
            reported.add(patch)
            yield newest, patch
    first, last = max(mine), max(stable, default=max(mine))
    if _order(last) > _order(first) and last not in reported and last.line != first.line:
        yield first, last


def _of_what(flavour: Flavour, numbers: int) -> tuple[str, tuple[int, ...]]:
    return flavour.prefix.lower().removesuffix("v"), flavour.kinds[:numbers]


def _order(version: Version) -> tuple[tuple[int, ...], bool, int]:
    return version.numbers, version.is_stable, version.revision


def _kind(digits: str, least: int) -> int:
    """Return a year, and a date or a build's number of so many digits, from a version's number."""
    if len(digits) >= _DATED:
        return len(digits)
    return _YEAR if len(digits) >= least else 0
