"""The fleet as its dashboard shows it: a row for each listed release, and for each other image of dependents.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

from ltf_ci.dashboard.rules.natural_order import natural_order
from ltf_ci.errors import BadInput
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.dependents import Dependent, key_of
from ltf_ci.languages.languages_list import LanguagesList, ListEntry, Unreadable
from ltf_ci.languages.lock import Lock, LockEntry
from ltf_ci.manifest.display_name import DisplayName
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import release_tag_in
from ltf_ci.model.repository_url import RepositoryUrl

BASE = "base image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A release or an image as the files name it; `image` is None where they do not name it.

    `keys` are its entries' in dependents.json, and `bases` the images that those are made FROM. `traffic_light` has the
    colours that its start files gave before the push; it is empty where the lock has none.
    """

    place: Place
    language: str
    framework: str
    version: str
    url: RepositoryUrl | None
    image: ImageName | None
    digest: str
    traffic_light: str = ""
    keys: tuple[str, ...] = ()
    bases: tuple[ImageName, ...] = ()

    @property
    def asked_for(self) -> ImageName | None:
        """What a registry is asked about: the lock's digest where there is one."""
        if self.image and self.digest:
            return ImageName.parse(f"{self.image.untagged}@{self.digest}")
        return self.image


@dataclass(frozen=True, slots=True)
class Known:
    """What a registry has of an image: its digest, its compressed size where that can be had, and its labels."""

    digest: str
    size: int | None
    labels: ImageLabels


@dataclass(frozen=True, slots=True)
class Row:
    """A member, and what is known of it: by its registry, and by watch where that has looked."""

    member: Member
    known: Known | None
    is_watched: bool
    findings: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """The image's digest; empty where neither lock nor registry has it."""
        return self.member.digest or (self.known.digest if self.known else "")

    @property
    def bases(self) -> tuple[ImageName, ...]:
        """The images that it is made FROM: those of its labels, else those of dependents.json."""
        made_of = self.known.labels.made_of if self.known else ()
        return tuple(base.without_digest for base in made_of) or self.member.bases


def members(listed: LanguagesList | None, lock: Lock | None, graph: ImageGraph) -> tuple[Member, ...]:
    """Return what the files name, in the order of languages, frameworks and versions, the newest first."""
    releases = tuple(_releases(listed, lock or Lock({}), graph))
    released = {key for member in releases for key in member.keys}
    newest_first = sorted((*releases, *_others(graph, released)), key=_version, reverse=True)
    return tuple(sorted(newest_first, key=lambda each: (natural_order(each.language), natural_order(each.framework))))


def _releases(listed: LanguagesList | None, lock: Lock, graph: ImageGraph) -> Iterator[Member]:
    for place, entry in _listed(listed) if listed else _locked(lock):
        key = lock.find(entry)
        locked = lock.entry(key) if key else None
        yield _release(place, entry, locked, graph) if locked else _unlocked(place, entry, graph)


def _listed(listed: LanguagesList) -> Iterator[tuple[Place, ListEntry]]:
    for line in listed.every_line():
        if not isinstance(line, Unreadable):
            yield listed.place(line), line.entry


def _locked(lock: Lock) -> Iterator[tuple[Place, ListEntry]]:
    for key in sorted(lock.entries):
        with suppress(BadInput):  # `list check` reports it
            yield Place(key), ListEntry.parse(key)


def _release(place: Place, entry: ListEntry, locked: LockEntry, graph: ImageGraph) -> Member:
    image = ImageName.parse(locked.image)
    language, framework = _named(locked.display_name)
    made = [graph.entries[number] for number in (*graph.makers.of(image), *graph.makers.start_points(image))]
    return Member(
        place=place,
        language=language,
        framework=framework,
        version=entry.ref,
        url=entry.url,
        image=image,
        digest=locked.digest,
        traffic_light=locked.traffic_light,
        keys=tuple(each.key for each in made),
        bases=tuple(dict.fromkeys(chain.from_iterable(each.bases for each in made))),
    )


def _unlocked(place: Place, entry: ListEntry, graph: ImageGraph) -> Member:
    """Return a release that the lock does not know, by its line, and by dependents.json at the same tag."""
    version = entry.tag.version if entry.tag else None
    start_point = graph.numbers.get(key_of(entry.url.owner_and_name, version))
    if start_point is not None:
        return _start_point(place, entry, graph.entries[start_point], graph)
    number = graph.numbers.get(key_of(entry.url.name, version))
    made = graph.entries[number] if number is not None else None
    member = Member(
        place=place,
        language=entry.url.name,
        framework="",
        version=entry.ref or entry.commit,
        url=entry.url,
        image=None,
        digest="",
    )
    if made is None or made.image.tag != entry.ref:
        return member
    return replace(member, image=made.image, keys=(made.key,), bases=made.bases)


def _start_point(place: Place, entry: ListEntry, own: Dependent, graph: ImageGraph) -> Member:
    """Return a release of a start point that the lock does not know: its image is the one that it is made of."""
    image = own.bases[0]
    made = [graph.entries[number] for number in graph.makers.of(image)]
    return Member(
        place=place,
        language=own.name,
        framework="",
        version=entry.ref or entry.commit,
        url=entry.url,
        image=image,
        digest="",
        keys=(own.key, *(each.key for each in made)),
        bases=tuple(dict.fromkeys(chain.from_iterable(each.bases for each in made))),
    )


def _others(graph: ImageGraph, released: Iterable[str]) -> Iterator[Member]:
    """Return the images that no release of the list is: bases, and what is not listed."""
    for entry in graph.entries:
        if entry.key not in released:
            yield Member(
                place=entry.place,
                language=entry.repository,
                framework="" if entry.test_framework else BASE,
                version=entry.image.tag or entry.line,
                url=None,
                image=entry.image,
                digest="",
                keys=(entry.key,),
                bases=entry.bases,
            )


def _named(display_name: str) -> tuple[str, str]:
    try:
        name = DisplayName.parse(display_name)
    except BadInput:
        return display_name, ""
    return name.language, name.framework


def _version(member: Member) -> tuple[bool, object]:
    tag = release_tag_in(member.version)
    return (True, tag) if tag else (False, member.version)


def versions_in_order(rows: Iterable[Row]) -> Mapping[str, int]:
    """Return the number of each version in the order of versions."""
    in_order = sorted((row.member for row in rows), key=_version)
    return {version: number for number, version in enumerate(dict.fromkeys(member.version for member in in_order))}
