"""Which newer versions an image has upstream, in the same flavour: `3.7.5` for `3.7.4`; no beta, no `-alpine`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.rules.publishing import is_commit

_PRE = r"(?:alpha|beta|rc|cr|pre|preview|dev|snapshot|nightly|canary|milestone|a|b|m)"
_TAG = re.compile(
    r"(?P<prefix>[vV]?)(?P<numbers>[0-9]{1,18}(?:\.[0-9]{1,18})*)"
    rf"(?P<pre>[-_.]?{_PRE}[0-9.]*(?=[-_]|$))?(?P<suffix>(?:[-_].*)?)",
    re.IGNORECASE,
)
_REVISION = re.compile(r"^_(?P<build>[0-9]{1,18})(?=-)|(?<=[-_])(?P<letter>r?)(?P<number>[0-9]{1,18})$")
_DATED = 6  # digits of a number that is a date, a build or a commit: 20240101
_YEAR = 4  # digits of a year: 2024.1 is no newer version of 3.7
_PATCHED = 3  # numbers of a version that has a patch: 3.7.4
_LOOKED_AT = 5  # versions that `latest` may be


class Flavour(NamedTuple):
    """What two tags must share so that one may be newer than the other."""

    prefix: str
    kinds: tuple[int, ...]
    suffix: str


class Version(NamedTuple):
    """A tag's place among those of its flavour; a pre-release stands before its release."""

    numbers: tuple[int, ...]
    is_stable: bool
    revision: int
    tag: str

    @property
    def line(self) -> tuple[int, ...]:
        """What the patches of one version share: 3.7 of 3.7.4; where there is no patch, the whole."""
        return self.numbers[:-1] if len(self.numbers) >= _PATCHED else self.numbers


@dataclass(frozen=True, slots=True)
class Upstream:
    """An image that is not ours: its tags upstream, those of them that our images are made FROM, and what `latest` is.

    `latest` is the tag that has its digest; empty where no tag that was looked at has it; None where it is that of one
    of ours, or was not asked for.
    """

    image: ImageName
    place: Place
    tags: Sequence[str]
    ours: Sequence[str]
    latest: str | None = None


def read(tag: str) -> tuple[Flavour, Version] | None:
    """Read a tag; None where it is no version: `latest`, `bookworm`, a commit."""
    match = _TAG.fullmatch(tag)
    if not match or is_commit(tag):
        return None
    texts = match["numbers"].split(".")
    suffix = match["suffix"]
    revision = _REVISION.search(suffix)
    shape = _REVISION.sub(r"\g<letter>#", suffix, count=1)
    kinds = (_kind(texts[0], _YEAR), *(_kind(text, _DATED) for text in texts[1:]))
    number = int(revision["build"] or revision["number"]) if revision else 0
    version = Version(tuple(map(int, texts)), not match["pre"], number, tag)
    return Flavour(match["prefix"], kinds, shape), version


def language_version(tag: str) -> str:
    """Give the numbers of a version's tag as they are written: 3.7.4 of v3.7.4-slim."""
    match = _TAG.fullmatch(tag)
    return match["numbers"] if match else ""


def newer(ours: Collection[str], tags: Iterable[str]) -> Iterator[tuple[Version, Version]]:
    """Give each of our versions that has something newer, and that: its line's newest patch, the newest of all."""
    known = {read(tag) for tag in tags} - {None}
    for flavour in sorted({found[0] for found in map(read, ours) if found}):
        mine = [found[1] for found in map(read, ours) if found and found[0] == flavour]
        stable = [found[1] for found in known if found and found[0] == flavour and found[1].is_stable]
        yield from _newer(mine, stable)


def comparable(ours: Collection[str], tags: Iterable[str]) -> tuple[str, ...]:
    """Give the tags that `latest` may be, the likeliest first; none where ours are of a flavour that it never has."""
    plain = {found[0] for found in map(read, ours) if found and not found[0].suffix}
    versions = [found[1] for found in map(read, set(tags)) if found and found[0] in plain and found[1].is_stable]
    return tuple(version.tag for version in sorted(versions, reverse=True)[:_LOOKED_AT])


def findings(upstream: Upstream) -> Iterator[Finding]:
    """Find newer versions that nothing of ours is made FROM yet, and a `latest` that is none that is known."""
    told = []
    for mine, there in newer(upstream.ours, upstream.tags):
        told.append(there.tag)
        rule = "upstream-patch" if mine.line == there.line else "upstream-version"
        is_latest = f", which is {LATEST}" if there.tag == upstream.latest else ""
        yield _finding(rule, upstream, f"{upstream.image.tagged(mine.tag)} has a newer one: {there.tag}{is_latest}")
    yield from _latest(upstream, told)


def _latest(upstream: Upstream, told: Collection[str]) -> Iterator[Finding]:
    latest, named = upstream.latest, upstream.image.tagged(LATEST)
    if latest is None or latest in told or latest in upstream.ours:
        return
    ours = ", ".join(sorted(upstream.ours))
    if latest:
        versions = [found[1] for found in map(read, upstream.ours) if found]
        there = read(latest)
        if there and all(there[1] > mine for mine in versions):
            yield _finding("upstream-latest", upstream, f"{named} is {latest}, and nothing is made FROM it: {ours} is")
    elif not told:
        found = f"{named} is not {ours}, and none of the newest versions"
        yield _finding("upstream-latest", upstream, found)


def _finding(rule: str, upstream: Upstream, found: str) -> Finding:
    cure = "`ltf-ci watch --open-pull-requests` proposes it; or change the FROM, and begin the version at revision 1"
    return Finding(rule=rule, severity=Severity.NOTICE, place=upstream.place, found=found, cure=cure)


def _newer(mine: Sequence[Version], stable: Sequence[Version]) -> Iterator[tuple[Version, Version]]:
    """Look at the newest of each line of ours for a patch, and at the newest of all for the newest of all."""
    lines = {version.line: version for version in sorted(mine)}
    told = set()
    for line, newest in sorted(lines.items()):
        patch = max((version for version in stable if version.line == line), default=newest)
        if _order(patch) > _order(newest):
            told.add(patch)
            yield newest, patch
    first, last = max(mine), max(stable, default=max(mine))
    if _order(last) > _order(first) and last not in told and last.line != first.line:
        yield first, last


def _order(version: Version) -> tuple[tuple[int, ...], bool, int]:
    return version.numbers, version.is_stable, version.revision


def _kind(digits: str, least: int) -> int:
    """Tell a year, and a date or a build's number of so many digits, from a version's number."""
    if len(digits) >= _DATED:
        return len(digits)
    return _YEAR if len(digits) >= least else 0
