"""The repositories that make a fleet's images: those that lock, list and labels name, and the git tags of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.errors import LtfError
from ltf_ci.images.latest import image_under
from ltf_ci.images.registry_reader import RegistryReader
from ltf_ci.images.rules.tags import Found, TaggedImage, release_tags
from ltf_ci.languages.rules import lines
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Place
from ltf_ci.model.remote_refs import RemoteRefs
from ltf_ci.model.repository_url import RepositoryUrl, repository_in
from ltf_ci.watch.asked import Asked
from ltf_ci.watch.observations import ImageObservation
from ltf_ci.watch.rules import addresses
from ltf_ci.watch.rules.missing import is_named
from ltf_ci.watch.watched import OwnImage, Renamed


class Makers:
    """Asks each repository for its tags once, however it is spelled, and many at a time."""

    def __init__(self, ours: tuple[OwnImage, ...], look: Callable[[RepositoryUrl], RemoteRefs], *, local: bool) -> None:
        self.asked: Asked[RepositoryUrl, RemoteRefs] = Asked()
        self._ours = ours
        self._look = look
        self._local = local

    def ask(self, named: Iterable[tuple[Place, Iterable[RepositoryUrl]]]) -> None:
        """Ask each repository that was not asked yet."""
        asked = {url.key for url in self.asked.known()}
        places = addresses.places(named).items()
        self.asked.ask(self._look, {url: (url, place) for url, place in places if url.key not in asked})

    def git_tags(self) -> Mapping[str, Mapping[str, Commit]]:
        """Return the git tags of each repository, by the keys of its addresses."""
        refs = self.asked.known()
        today = {found.today.key: found.tags for found in refs.values() if found.today}
        return {url.key: found.tags for url, found in refs.items()} | today

    def links(
        self, observations: Mapping[OwnImage, ImageObservation], registry: RegistryReader
    ) -> Mapping[OwnImage, tuple[RepositoryUrl, ...]]:
        """Return each image's repositories.

        Two repositories may release one image. Where none of those that are known has a release's git tag, its label
        says which one has.
        """
        links = {
            ours: self._urls(ours, observations[ours].found.values() if ours in observations else ())
            for ours in self._ours
        }
        self.ask((ours.place, urls) for ours, urls in links.items())
        tags = self.git_tags()
        for ours, observation in observations.items():
            known = {tag for url in links[ours] for tag in tags.get(url.key, ())}
            others = [ours.image.tagged(tag) for tag in release_tags(observation.tags) if str(tag) not in known]
            found = concurrently(partial(image_under, registry), others).values()
            released = [image for image in found if not isinstance(image, LtfError)]
            links[ours] = addresses.merged(links[ours], self._labelled(ours, released))
        self.ask((ours.place, urls) for ours, urls in links.items())
        today = self._today()
        return {ours: addresses.of_today(urls, today) for ours, urls in links.items()}

    def renamed(self) -> Iterator[Renamed]:
        """Return the repositories that the lock or the list has by an older address."""
        today = self._today()
        for url, place in addresses.places((ours.place, (*ours.urls, *ours.likely)) for ours in self._ours).items():
            if url.key in today:
                yield Renamed(url, today[url.key], place)

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
        return {url.key: found.today for url, found in self.asked.known().items() if found.today}
