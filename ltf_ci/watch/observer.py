"""What registries and repositories say of a fleet: each image and each repository is looked at once, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Generic, TypeAlias, TypeVar

from ltf_ci.clients.concurrency import concurrently, workers
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import LtfError
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
from ltf_ci.watch.rules import addresses, upstream
from ltf_ci.watch.rules.drift import BuiltImage
from ltf_ci.watch.rules.missing import UnreleasedTags, is_named, missed
from ltf_ci.watch.rules.upstream import Upstream
from ltf_ci.watch.watched import Fleet, OwnImage, Renamed, StaleLatest, Unreachable

A = TypeVar("A", bound=Hashable)
B = TypeVar("B")
Named: TypeAlias = tuple[ImageName | RepositoryUrl, Place]  # what is asked for, and the place that names it


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageObservation:
    """What was seen of an image of ours: its tags, the images of those that matter, and `latest` where it is stale."""

    tags: tuple[str, ...]
    found: Mapping[ImageName, Found] = field(hash=False)
    stale_latest: StaleLatest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What was seen of the fleet; what could not be asked is in `unreachable` alone."""

    observations: Mapping[OwnImage, ImageObservation]
    bases: Mapping[ImageName, str | None]  # digests now; None of one that is gone
    upstream: tuple[Upstream, ...] = ()
    links: Mapping[OwnImage, tuple[RepositoryUrl, ...]]
    git_tags: Mapping[str, Mapping[str, Commit]]
    known: KnownReleases = NOTHING_LOCKED
    older: Mapping[str, tuple[RepositoryUrl, ...]] = field(default_factory=dict)  # addresses, by the key of today's
    renamed: tuple[Renamed, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()

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


class _Asked(Generic[A, B]):
    """Things of one kind that are asked for: where each is named, and what has answered by now."""

    def __init__(self) -> None:
        self._named: dict[A, Named] = {}
        self._answers: dict[A, B | LtfError] = {}

    def ask(self, look: Callable[[A], B], each: Mapping[A, Named]) -> None:
        """Look at each that has not answered, many at a time."""
        self._named |= each
        concurrently(look, [one for one in each if one not in self._answers], heard=self._answers)

    def known(self) -> dict[A, B]:
        """Return what has answered, in the order in which it was asked for."""
        answers = dict(self._answers)
        found = ((one, answers[one]) for one in dict(self._named) if one in answers)
        return {one: answer for one, answer in found if not isinstance(answer, LtfError)}

    def unreachable(self) -> Iterator[Unreachable]:
        """Return what could not be asked."""
        answers = dict(self._answers)
        for one, (what, place) in dict(self._named).items():
            answer = answers.get(one)
            if isinstance(answer, LtfError):
                yield Unreachable(what, what.registry if isinstance(what, ImageName) else what.host, place, answer)


class Observer:
    """Looks at a fleet. `known` may be called at any moment, also where `look` was interrupted."""

    def __init__(self, fleet: Fleet, registry: CachedRegistry, git: Git, *, local: bool) -> None:
        self._fleet = fleet
        self._registry = registry
        self._remote_refs = git.remote_refs
        self._local = local
        self._images: _Asked[OwnImage, ImageObservation] = _Asked()
        self._bases: _Asked[ImageName, str | None] = _Asked()
        self._upstreams: _Asked[Upstream, Upstream] = _Asked()
        self._repositories: _Asked[RepositoryUrl, RemoteRefs] = _Asked()
        self._latest: _Asked[OwnImage, StaleLatest | None] = _Asked()
        self._links: Mapping[OwnImage, tuple[RepositoryUrl, ...]] = {}  # all, or none: one may be another's too

    def look(self) -> Observations:
        """Look at all of it."""
        ours = {each: (each.image, each.place) for each in self._fleet.ours}
        with workers(1) as second:  # git is slow where registries are far away, and the other way round
            git = second.submit(self._ask_git, ((each.place, each.urls) for each in ours))
            self._images.ask(self._observation, ours)
            git.result()
        built = self.known().built()
        self._bases.ask(self._digest, {each.base: (each.base, each.place) for each in built})
        self._upstreams.ask(self._upstream, {each: (each.image, each.place) for each in _roots(self._fleet.graph)})
        self._links = self._makers()
        seen = self.known()
        look = partial(self._stale_latest, observations=seen.observations, known=seen.known)
        self._latest.ask(look, {each: ours[each] for each in seen.observations})
        return self.known()

    def known(self) -> Observations:
        """Return what is known by now; what has not answered yet is left out."""
        stale, refs = self._latest.known(), self._repositories.known()
        git_tags = {url.key: found.tags for url, found in refs.items()}
        git_tags |= {found.today.key: found.tags for found in refs.values() if found.today}
        asked = (self._images, self._bases, self._upstreams, self._repositories, self._latest)
        return Observations(
            observations={
                ours: replace(each, stale_latest=stale.get(ours)) for ours, each in self._images.known().items()
            },
            bases=self._bases.known(),
            upstream=tuple(self._upstreams.known().values()),
            links=self._links,
            git_tags=git_tags,
            known=self._fleet.known.with_git_tags(git_tags),
            older=addresses.older(refs),
            renamed=tuple(self._renamed()),
            unreachable=tuple(chain.from_iterable(each.unreachable() for each in asked)),
        )

    def _makers(self) -> Mapping[OwnImage, tuple[RepositoryUrl, ...]]:
        """Return each image's repositories.

        Two repositories may release one image. Where none of those that are known has a release's git tag, its label
        says which one has.
        """
        observations = self._images.known()
        links = {
            ours: self._urls(ours, observations[ours].found.values() if ours in observations else ())
            for ours in self._fleet.ours
        }
        self._ask_git((ours.place, urls) for ours, urls in links.items())
        tags = self.known().git_tags
        for ours, observation in observations.items():
            known = {tag for url in links[ours] for tag in tags.get(url.key, ())}
            others = [ours.image.tagged(tag) for tag in release_tags(observation.tags) if str(tag) not in known]
            found = concurrently(partial(image_under, self._registry), others).values()
            released = [image for image in found if not isinstance(image, LtfError)]
            links[ours] = addresses.merged(links[ours], self._labelled(ours, released))
        self._ask_git((ours.place, urls) for ours, urls in links.items())
        today = self._today()
        return {ours: addresses.of_today(urls, today) for ours, urls in links.items()}

    def _ask_git(self, named: Iterable[tuple[Place, Iterable[RepositoryUrl]]]) -> None:
        """Ask each repository for its tags; one that was asked is not asked again, however it is spelled."""
        asked = {url.key for url in self._repositories.known()}
        self._repositories.ask(
            self._remote_refs,
            {url: (url, place) for url, place in addresses.places(named).items() if url.key not in asked},
        )

    def _observation(self, ours: OwnImage) -> ImageObservation:
        tags = self._registry.tags(ours.image)
        named = (ours.image.tagged(tag) for tag in dict.fromkeys((*ours.tags, *_newest_of_lines(tags, ours.tags))))
        found = {image: image_under(self._registry, image) for image in named}
        return ImageObservation(tags=tags, found=found)

    def _stale_latest(
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
        return addresses.merged((*ours.urls, *public) or ours.likely or labelled, ())

    def _labelled(self, ours: OwnImage, images: Iterable[Found]) -> tuple[RepositoryUrl, ...]:
        """Return the repositories of an image's name that its labels have."""
        sources = (repository_in(image.labels.source) for image in images if isinstance(image, TaggedImage))
        return tuple(
            url
            for url in sources
            if url and lines.may_be_asked(url, local=self._local) and any(is_named(url, name) for name in ours.names)
        )

    def _today(self) -> Mapping[str, RepositoryUrl]:
        """Return today's addresses of what was renamed, by the keys of the older ones."""
        return {url.key: found.today for url, found in self._repositories.known().items() if found.today}

    def _renamed(self) -> Iterator[Renamed]:
        """Return the repositories that the lock or the list has by an older address."""
        today = self._today()
        for url, place in addresses.places(
            (ours.place, (*ours.urls, *ours.likely)) for ours in self._fleet.ours
        ).items():
            if url.key in today:
                yield Renamed(url, today[url.key], place)


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
    for base in what.labels.made_of if isinstance(what, TaggedImage) else ():
        yield BuiltImage(image, ours.place, base.without_digest, str(base.digest))
