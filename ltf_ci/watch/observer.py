"""What registries and repositories say of a fleet: each image and each repository is looked at once, many at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

from ltf_ci.clients.concurrency import workers
from ltf_ci.clients.git.repository import Git
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.images.latest import image_under, latest_due
from ltf_ci.images.rules.tags import release_tags
from ltf_ci.images.rules.trust import KnownReleases, Standing
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.watch import upstreams
from ltf_ci.watch.asked import Asked
from ltf_ci.watch.makers import Makers
from ltf_ci.watch.observations import ImageObservation, Observations, newest_of_named_lines
from ltf_ci.watch.rules import addresses
from ltf_ci.watch.rules.upstream import Upstream
from ltf_ci.watch.watched import Fleet, OwnImage, StaleLatest


class Observer:
    """Looks at a fleet. `known` may be called at any moment, also where `look` was interrupted."""

    def __init__(self, fleet: Fleet, registry: CachedRegistry, git: Git, *, local: bool) -> None:
        self._fleet = fleet
        self._registry = registry
        self._makers = Makers(fleet.ours, git.remote_refs, local=local)
        self._images: Asked[OwnImage, ImageObservation] = Asked()
        self._bases: Asked[ImageName, str | None] = Asked()
        self._upstreams: Asked[Upstream, Upstream] = Asked()
        self._latest: Asked[OwnImage, StaleLatest | None] = Asked()
        self._links: Mapping[OwnImage, tuple[RepositoryUrl, ...]] = {}  # all, or none: one may be another's too

    def look(self) -> Observations:
        """Look at all of it."""
        ours = {each: (each.image, each.place) for each in self._fleet.ours}
        with workers(1) as second:  # git is slow where registries are far away, and the other way round
            git = second.submit(self._makers.ask, ((each.place, each.urls) for each in ours))
            self._images.ask(self._observation, ours)
            git.result()
        digest = partial(upstreams.digest, registry=self._registry)
        self._bases.ask(digest, {each.base: (each.base, each.place) for each in self.known().built()})
        roots = {each: (each.image, each.place) for each in upstreams.roots(self._fleet.graph)}
        self._upstreams.ask(partial(upstreams.with_tags, registry=self._registry), roots)
        self._links = self._makers.links(self._images.known(), self._registry)
        seen = self.known()
        look = partial(self._stale_latest, observations=seen.observations, known=seen.known)
        self._latest.ask(look, {each: ours[each] for each in seen.observations})
        return self.known()

    def known(self) -> Observations:
        """Return what is known by now; what has not answered yet is left out."""
        stale, git_tags = self._latest.known(), self._makers.git_tags()
        asked = (self._images, self._bases, self._upstreams, self._makers.asked, self._latest)
        return Observations(
            observations={
                ours: replace(each, stale_latest=stale.get(ours)) for ours, each in self._images.known().items()
            },
            bases=self._bases.known(),
            upstream=tuple(self._upstreams.known().values()),
            links=self._links,
            git_tags=git_tags,
            known=self._fleet.known.with_git_tags(git_tags),
            older=addresses.older(self._makers.asked.known()),
            renamed=tuple(self._makers.renamed()),
            unreachable=tuple(chain.from_iterable(each.unreachable() for each in asked)),
        )

    def _observation(self, ours: OwnImage) -> ImageObservation:
        tags = self._registry.tags(ours.image)
        named = (ours.image.tagged(tag) for tag in dict.fromkeys((*ours.tags, *newest_of_named_lines(tags, ours.tags))))
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
