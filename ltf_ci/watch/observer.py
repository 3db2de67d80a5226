"""What registries and repositories say of a fleet: each image and each repository is looked at once, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias, TypeVar

from ltf_ci.clients.concurrency import concurrently, workers
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.images.latest import image_under, latest_due
from ltf_ci.images.rules.tags import Found, TaggedImage, newest_of_lines, release_tags
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases, Standing
from ltf_ci.languages.rules import lines
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Place
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.registry import Present
from ltf_ci.model.remote_refs import RemoteRefs
from ltf_ci.model.repository_url import RepositoryUrl, repository_in
from ltf_ci.watch.rules import upstream
from ltf_ci.watch.rules.drift import BuiltImage
from ltf_ci.watch.rules.missing import UnreleasedTags, is_named, missed
from ltf_ci.watch.rules.upstream import Upstream
from ltf_ci.watch.watched import Fleet, OwnImage, Renamed, StaleLatest, Unreachable

A = TypeVar("A")
B = TypeVar("B")
Answers: TypeAlias = Mapping[RepositoryUrl, RemoteRefs | LtfError]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageObservation:
    """What was seen of an image of ours: all its tags, the images of those that matter, and where `latest` is."""

    tags: tuple[str, ...]
    found: Mapping[ImageName, Found] = field(hash=False)
    behind: StaleLatest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What was seen of the fleet; what could not be asked is in `unasked` alone."""

    observations: Mapping[OwnImage, ImageObservation]
    bases: Mapping[ImageName, str | None]  # digests now; None of one that is gone
    upstream: tuple[Upstream, ...] = ()
    links: Mapping[OwnImage, tuple[RepositoryUrl, ...]]
    git_tags: Mapping[str, Mapping[str, Commit]]
    known: KnownReleases = NOTHING_LOCKED
    renamed: tuple[Renamed, ...] = ()
    unasked: tuple[Unreachable, ...] = ()

    @property
    def images(self) -> Mapping[ImageName, Found]:
        """The image under each name of the fleet."""
        return {
            image: found for observation in self.observations.values() for image, found in observation.found.items()
        }

    @property
    def tags(self) -> Mapping[ImageName, tuple[str, ...]]:
        """All tags of each image of ours."""
        return {ours.image: observation.tags for ours, observation in self.observations.items()}

    def missed(self) -> Iterator[UnreleasedTags]:
        """Return the git tags without an image."""
        return missed(self.links, self.git_tags, self.tags)

    def built(self) -> Iterator[BuiltImage]:
        """Return the newest release of each version line, with the base that it was made of."""
        for ours, observation in self.observations.items():
            for tag in _newest_of_lines(observation.tags, ours.tags):
                yield from _built(ours, ours.image.tagged(tag), observation.found)


class Observer:
    """Looks, and keeps what could not be asked."""

    def __init__(self, registry: CachedRegistry, git: Git, *, local: bool) -> None:
        self._registry = registry
        self._remote_refs = git.remote_refs
        self._local = local
        self._unasked: list[Unreachable] = []
        self._today: dict[str, RepositoryUrl] = {}  # by the key of an older address

    def look(self, fleet: Fleet) -> Observations:
        """Look at all of a fleet."""
        places = _places((ours.place, ours.urls) for ours in fleet.ours)
        with workers(1) as beside:  # git is slow where registries are far away, and the other way round
            git = beside.submit(concurrently, self._remote_refs, places)
            observations = self._each(self._observation, {ours: (ours.image, ours.place) for ours in fleet.ours})
            asked = git.result()
        seen = Observations(observations=observations, bases={}, links={}, git_tags={})
        bases = self._each(self._digest, {built.base: (built.base, built.place) for built in seen.built()})
        newer = self._each(self._upstream, {root: (root.image, root.place) for root in _roots(fleet.graph)})
        links, git_tags = self._makers(observations, fleet.ours, asked)
        known = fleet.known.with_git_tags(git_tags)
        look = partial(self._behind, observations=observations, known=known)
        behind = self._each(look, {ours: (ours.image, ours.place) for ours in observations})
        return replace(
            seen,
            observations={ours: replace(each, behind=behind.get(ours)) for ours, each in observations.items()},
            known=known,
            bases=bases,
            upstream=tuple(newer.values()),
            links=links,
            git_tags=git_tags,
            renamed=tuple(self._renamed(fleet.ours)),
            unasked=tuple(self._unasked),
        )

    def _makers(
        self, observations: Mapping[OwnImage, ImageObservation], every: Iterable[OwnImage], asked: Answers
    ) -> tuple[Mapping[OwnImage, tuple[RepositoryUrl, ...]], Mapping[str, Mapping[str, Commit]]]:
        """Return each image's repositories, and their git tags.

        Two repositories may release one image. Where none of those that are known has a release's git tag, its label
        says which one has.
        """
        links = {
            ours: self._urls(ours, observations[ours].found.values() if ours in observations else ()) for ours in every
        }
        places = _places((ours.place, urls) for ours, urls in links.items())
        tags = self._git_tags(places, asked)
        for ours, observation in observations.items():
            known = {tag for url in links[ours] for tag in tags.get(url.key, ())}
            others = [ours.image.tagged(tag) for tag in release_tags(observation.tags) if str(tag) not in known]
            found = concurrently(partial(image_under, self._registry), others).values()
            released = [image for image in found if not isinstance(image, LtfError)]
            links[ours] = _merged_urls(links[ours], self._labelled(ours, released))
        more = _places((ours.place, urls) for ours, urls in links.items())
        tags = {**tags, **self._git_tags({url: more[url] for url in more if url not in places}, {})}
        today = {url.key: tags[key] for key, url in self._today.items()}
        return {ours: self._of_today(urls) for ours, urls in links.items()}, {**tags, **today}

    def _each(self, look: Callable[[A], B], each: Mapping[A, tuple[ImageName, Place]]) -> dict[A, B]:
        """Look at each; an image that could not be asked is noted."""
        found = {}
        for one, answer in concurrently(look, each).items():
            image, place = each[one]
            if isinstance(answer, LtfError):
                self._unasked.append(Unreachable(image, image.registry, place, answer))
            else:
                found[one] = answer
        return found

    def _observation(self, ours: OwnImage) -> ImageObservation:
        tags = self._registry.tags(ours.image)
        named = (ours.image.tagged(tag) for tag in dict.fromkeys((*ours.tags, *_newest_of_lines(tags, ours.tags))))
        found = {image: image_under(self._registry, image) for image in named}
        return ImageObservation(tags=tags, found=found)

    def _behind(
        self, ours: OwnImage, observations: Mapping[OwnImage, ImageObservation], known: KnownReleases
    ) -> StaleLatest | None:
        """Return a `latest` that is not the newest release; None of an image without a release or a `latest`."""
        image, seen = ours.image, observations[ours]
        there = (name for name, found in seen.found.items() if known.standing(name, found) is Standing.RELEASED)
        newest_seen = next(iter(release_tags(name.tag for name in there)), None)
        if newest_seen is None or LATEST not in seen.tags:
            return None
        newest, is_due = latest_due(image, newest_seen, self._registry, known)
        return StaleLatest(image, newest_seen, newest) if is_due else None

    def _upstream(self, root: Upstream) -> Upstream:
        tags = self._registry.tags(root.image)
        versions = upstream.comparable(root.compared, tags)
        latest, stable = (
            self._version_of(root.image.tagged(name), versions) if name in tags else None
            for name in (LATEST, upstream.STABLE)
        )
        return replace(root, tags=tags, latest=latest, stable=stable)

    def _version_of(self, image: ImageName, versions: Iterable[str]) -> str | None:
        """Return the one of these tags that an image's name stands for; empty where it is none of them."""
        digest = self._digest(image) if versions else None
        if digest is None:
            return None
        return next((tag for tag in versions if self._digest(image.tagged(tag)) == digest), "")

    def _digest(self, image: ImageName) -> str | None:
        found = self._registry.resolve(image)
        return str(found.digest) if isinstance(found, Present) else None

    def _urls(self, ours: OwnImage, images: Iterable[Found]) -> tuple[RepositoryUrl, ...]:
        """Return an image's repositories: the lock's, and those of its name that its labels have, else the list's."""
        labelled = self._labelled(ours, images)
        public = tuple(url for url in labelled if not url.is_local)  # a path may be another machine's
        return _merged_urls((*ours.urls, *public) or ours.likely or labelled, ())

    def _labelled(self, ours: OwnImage, images: Iterable[Found]) -> tuple[RepositoryUrl, ...]:
        """Return the repositories of an image's name that its labels have."""
        sources = (repository_in(image.labels.source) for image in images if isinstance(image, TaggedImage))
        return tuple(
            url
            for url in sources
            if url and lines.may_be_asked(url, local=self._local) and any(is_named(url, name) for name in ours.names)
        )

    def _git_tags(self, places: Mapping[RepositoryUrl, Place], asked: Answers) -> Mapping[str, Mapping[str, Commit]]:
        """Return the tags of each repository that could be asked, by its key; what was `asked` is not asked again."""
        found = {}
        answers = {**asked, **concurrently(self._remote_refs, (url for url in places if url not in asked))}
        for url, place in places.items():
            answer = answers[url]
            if isinstance(answer, LtfError):
                self._unasked.append(Unreachable(url, url.host, place, answer))
            else:
                found[url.key] = answer.tags
                self._today |= {url.key: answer.today} if answer.today else {}
        return found

    def _of_today(self, urls: Iterable[RepositoryUrl]) -> tuple[RepositoryUrl, ...]:
        """Return repositories by the addresses of today, each once."""
        return tuple({url.key: url for url in (self._today.get(url.key, url) for url in urls)}.values())

    def _renamed(self, every: Iterable[OwnImage]) -> Iterator[Renamed]:
        """Return the repositories that the lock or the list has by an older address."""
        for url, place in _places((ours.place, (*ours.urls, *ours.likely)) for ours in every).items():
            if url.key in self._today:
                yield Renamed(url, self._today[url.key], place)


def _merged_urls(urls: Iterable[RepositoryUrl], more: Iterable[RepositoryUrl]) -> tuple[RepositoryUrl, ...]:
    return tuple({url.key: url for url in (*more, *urls)}.values())


def _places(named: Iterable[tuple[Place, Iterable[RepositoryUrl]]]) -> dict[RepositoryUrl, Place]:
    """Return each repository once, however often it is spelled, and where it is named first."""
    found: dict[str, tuple[RepositoryUrl, Place]] = {}
    for place, urls in named:
        for url in urls:
            found.setdefault(url.key, (url, place))
    return dict(found.values())


def _roots(graph: ImageGraph) -> list[Upstream]:
    """Return the images that no repository of the fleet makes, each with the tags that ours are made FROM."""
    found: dict[tuple[str, str], Upstream] = {}
    for image, numbers in graph.roots.items():
        if image.tag:
            place = graph.entries[numbers[0]].place
            known = found.setdefault(image.repository, Upstream(image.untagged, place, (), ()))
            lines = {graph.entries[number].line for number in numbers} - {""}
            floating = () if upstream.read(image.tag) else tuple((image.tag, line) for line in sorted(lines))
            ours = tuple(sorted({*known.ours, image.tag}))
            found[image.repository] = replace(known, ours=ours, floating=(*known.floating, *floating))
    return [found[key] for key in sorted(found)]


def _newest_of_lines(tags: Iterable[str], named: Iterable[str]) -> tuple[str, ...]:
    """Return the newest release of each version line that is named; a name that is no release is its own line."""
    newest = newest_of_lines(tags)
    versions = ((name, release_tags([name])) for name in named)
    return tuple(dict.fromkeys(str(newest.get(of[0].version, name)) if of else name for name, of in versions))


def _built(ours: OwnImage, image: ImageName, found: Mapping[ImageName, Found]) -> Iterator[BuiltImage]:
    what = found.get(image)
    if isinstance(what, TaggedImage) and what.labels.base_name and what.labels.base_digest:
        with suppress(BadInput):  # a label is anybody's text
            yield BuiltImage(image, ours.place, ImageName.parse(what.labels.base_name), what.labels.base_digest)
