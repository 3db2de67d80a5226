"""What a fleet's files name, and what registries and repositories have of it: what the daily watch is about."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.errors import LtfError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl


@dataclass(frozen=True, slots=True)
class Locked:
    """A release as the lock has it, and where the list (or the lock) names it."""

    place: Place
    entry: ListEntry
    lock_entry: LockEntry

    @property
    def image(self) -> ImageName:
        """Its image."""
        return ImageName.parse(self.lock_entry.image)


@dataclass(frozen=True, slots=True)
class OwnImage:
    """An image of ours, whatever the tag: where it is named, under which tags, and the repositories that make it.

    `urls` are those that the lock names. `names` are the NAMEs or OWNER/NAMEs of the others, in small letters, and
    `likely` the addresses of the list that have such a name: they count where no image's label names another.
    """

    image: ImageName
    place: Place
    tags: tuple[str, ...]
    urls: tuple[RepositoryUrl, ...] = ()
    names: frozenset[str] = frozenset()
    likely: tuple[RepositoryUrl, ...] = ()


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the files say; `not_asked` is what in them cannot be read, or names an address that may not be asked."""

    locked: tuple[Locked, ...]
    ours: tuple[OwnImage, ...]
    graph: ImageGraph
    not_asked: tuple[Finding, ...] = ()

    @property
    def known(self) -> KnownReleases:
        """The lock's releases, which are trusted first."""
        return KnownReleases.of(each.lock_entry.locked(each.entry.url) for each in self.locked)


@dataclass(frozen=True, slots=True)
class StaleLatest:
    """An image whose `latest` is not its newest release, which is this one; `known` is a release that is there."""

    image: ImageName
    known: ReleaseTag
    newest: ReleaseTag


@dataclass(frozen=True, slots=True)
class Renamed:
    """A repository that a file names by an older address, the address of today, and the place that names it."""

    url: RepositoryUrl
    today: RepositoryUrl
    place: Place


@dataclass(frozen=True, slots=True)
class Unreachable:
    """An image or a repository that could not be asked: its host, the place that names it, and the error."""

    what: ImageName | RepositoryUrl
    host: str
    place: Place
    error: LtfError
