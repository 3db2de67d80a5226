"""Releases that are in git and not in the registry, or in the registry and not in git; and what could not be asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.rules.tags import newest_of_lines, release_tags
from ltf_ci.languages.dependents import Dependent, key_of
from ltf_ci.languages.rules.lines import renamed_address
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Finding
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.watch.rules import versions
from ltf_ci.watch.watched import OwnImage, Renamed, Unreachable

NOT_ASKED = "unknown"
RENAMED = "repository-renamed"
_MISSED = "finish each by its release workflow (workflow_dispatch, with the tag); or remove a tag that is no release"
Links = Mapping[OwnImage, Collection[RepositoryUrl]]
Addresses = tuple[RepositoryUrl, ...]  # of one repository: that of today, then older ones
ByImage = dict[ImageName, list[tuple[OwnImage, list[Addresses]]]]


@dataclass(frozen=True, slots=True)
class UnreleasedTags:
    """A repository's git tags without an image, the oldest first, and the images that it makes."""

    url: RepositoryUrl
    ours: tuple[OwnImage, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WithoutEntry:
    """A release whose version line no entry of dependents.json has, and an entry of its image."""

    known: Dependent
    tag: ReleaseTag

    @property
    def key(self) -> str:
        """The key of the entry that is missing."""
        return key_of(self.known.repository, self.tag.version)


def missed(
    links: Links, tags: Mapping[str, Mapping[str, Commit]], there: Mapping[ImageName, Collection[str]]
) -> Iterator[UnreleasedTags]:
    """Return the git tags without an image, of repositories whose images could all be asked for."""
    for url, made in sorted(_makers(links).items(), key=lambda item: item[0].key):
        if url.key not in tags or not all(ours.image in there for ours in made):
            continue
        known = set(chain.from_iterable(there[ours.image] for ours in made))
        without = [str(tag) for tag in reversed(release_tags(tags[url.key])) if str(tag) not in known]
        if without:
            yield UnreleasedTags(url, tuple(made), tuple(without))


def images(each: Iterable[UnreleasedTags]) -> Iterator[Finding]:
    """Return which git tags have no image: of more than three that are pushed at once GitHub starts no workflow."""
    for one in each:
        named = tuple(ours.image for ours in one.ours)
        yield Finding(
            rule="tag-without-image",
            place=one.ours[0].place,
            images=named,
            repositories=(one.url,),
            found=f"{one.url} has git tags without an image: {', '.join(one.tags)}",
            expected=f"an image of each: {', '.join(map(str, named))}",
            cure=_MISSED,
        )


def git_tags(
    links: Links, tags: Mapping[str, Mapping[str, Commit]], there: Mapping[ImageName, Collection[str]]
) -> Iterator[Finding]:
    """Find released images whose git tag no repository has that makes them."""
    for ours, urls in links.items():
        if not urls or ours.image not in there or not all(url.key in tags for url in urls):
            continue
        known = set(chain.from_iterable(tags[url.key] for url in urls))
        lost = [
            str(tag) for tag in release_tags(there[ours.image]) if is_release_tag(str(tag)) and str(tag) not in known
        ]
        if lost:
            yield Finding(
                rule="image-without-tag",
                place=ours.place,
                images=tuple(map(ours.image.tagged, lost)),
                repositories=tuple(urls),
                found=f"{ours.image} has releases without a git tag: {', '.join(lost)}",
                expected=f"a git tag of each in {', '.join(map(str, urls))}",
                cure="push the tag, which the image's label names the commit of; or remove the image",
            )


def without_entry(graph: ImageGraph, there: Mapping[ImageName, Collection[str]]) -> Iterator[WithoutEntry]:
    """Find released version lines that have no entry: the newest patch of each that has one, and the newest of all."""
    by_image: defaultdict[ImageName, list[Dependent]] = defaultdict(list)
    for entry in graph.entries:
        by_image[entry.image.untagged].append(entry)
    for image, known in by_image.items():
        lines = [entry.version for entry in known if entry.version]
        if len(lines) == len(known):
            yield from (WithoutEntry(known[-1], tag) for tag in _newer(lines, newest_of_lines(there.get(image, ()))))


def entries(each: Iterable[WithoutEntry]) -> Iterator[Finding]:
    """Return which versions are released that nothing can be made FROM in the file."""
    for one in each:
        yield Finding(
            rule="entry-missing",
            place=one.known.place,
            images=(one.known.image.tagged(one.tag),),
            found=f"{one.known.image.tagged(one.tag)} is released, and no entry has its version",
            expected=f'"{one.key}"',
            cure="`ltf-ci watch --open-pull-requests` proposes it, and so does `ltf-ci dependents add`",
        )


def by_image(links: Links, older: Mapping[str, Collection[RepositoryUrl]]) -> ByImage:
    """Return the links by the images' names, for who asks of thousands of entries.

    `older` are the older addresses of repositories, by the key of that of today.
    """
    found: ByImage = defaultdict(list)
    for ours, urls in links.items():
        found[ours.image].append((ours, [(url, *older.get(url.key, ())) for url in urls]))
    return found


def makers_of(entry: Dependent, links: ByImage) -> Iterator[RepositoryUrl]:
    """Return the repositories of an entry's image that have the entry's name, or had it once, in whatever letters.

    Of several with that name a start point's entry is of the one that the lock names, and an image's of the others.
    """
    for ours, makers in links.get(entry.image.untagged, ()):
        named = [addresses for addresses in makers if any(is_named(url, entry.repository) for url in addresses)]
        locked = {url.key for url in ours.urls}
        apart = [addresses for addresses in named if _has_any(addresses, locked) is entry.is_start_point]
        yield from (addresses[0] for addresses in (apart if len(named) > 1 and apart else named))


def _has_any(addresses: Addresses, keys: Collection[str]) -> bool:
    return any(url.key in keys for url in addresses)


def is_named(url: RepositoryUrl, name: str) -> bool:
    """Whether a repository has this NAME or OWNER/NAME, in whatever letters."""
    return name.lower() == (url.owner_and_name if "/" in name else url.name).lower()


def renamed(each: Iterable[Renamed]) -> Iterator[Finding]:
    """Return which repositories the files name by an older address."""
    cure = "the bump of its next release writes it into list, lock and dependents.json"
    for one in each:
        yield renamed_address(RENAMED, one.url, one.today, one.place, cure)


def unreachable(each: Iterable[Unreachable]) -> Iterator[Finding]:
    """Return what could not be asked, by host: not why, which is another thing each time."""
    by_host: defaultdict[str, list[Unreachable]] = defaultdict(list)
    for one in each:
        by_host[one.host].append(one)
    for host, found in sorted(by_host.items()):
        what = sorted({one.what for one in found}, key=str)
        yield Finding(
            rule=NOT_ASKED,
            place=found[0].place,
            images=tuple(one for one in what if isinstance(one, ImageName)),
            repositories=tuple(one for one in what if isinstance(one, RepositoryUrl)),
            found=f"{host} could not be asked for {', '.join(map(str, what))}",
            expected="a registry that answers",
            cure="run it again when it answers; the run's steps show why",
        )


def _newer(lines: Collection[LanguageVersion], there: Mapping[LanguageVersion, ReleaseTag]) -> Iterator[ReleaseTag]:
    newer = {LanguageVersion(new.tag) for _, new in versions.newer([str(line) for line in lines], map(str, there))}
    newest = max(there, default=max(lines))
    yield from (there[line] for line in sorted(newer | ({newest} if newest > max(lines) else set())))


def _makers(links: Links) -> dict[RepositoryUrl, list[OwnImage]]:
    found: defaultdict[str, list[tuple[RepositoryUrl, OwnImage]]] = defaultdict(list)
    for ours, urls in links.items():
        for url in urls:
            found[url.key].append((url, ours))
    return {made[0][0]: [ours for _, ours in made] for made in found.values()}
