"""What was seen of a fleet: its images, their tags, bases, repositories and upstreams, as the day's rules read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ltf_ci.images.rules.tags import Found, TaggedImage, newest_of_lines, release_tags
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.watch.rules.drift import BuiltImage
from ltf_ci.watch.rules.missing import UnreleasedTags, missed
from ltf_ci.watch.rules.upstream import Upstream
from ltf_ci.watch.watched import OwnImage, Renamed, StaleLatest, Unreachable

LOOKED = "images"  # the step of a watch that has looked at all


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

    @property
    def stale(self) -> tuple[StaleLatest, ...]:
        """Each `latest` that is older than a release which is as lock and git tag have it."""
        return tuple(each.stale_latest for each in self.observations.values() if each.stale_latest)

    def missed(self) -> Iterator[UnreleasedTags]:
        """Return the git tags without an image."""
        return missed(self.links, self.git_tags, self.tags)

    def built(self) -> Iterator[BuiltImage]:
        """Return the newest release of each version line, with the base that it was made of."""
        for ours, observation in self.observations.items():
            for tag in newest_of_named_lines(observation.tags, ours.tags):
                yield from _built(ours, ours.image.tagged(tag), observation.found)

    def steps(self) -> Iterator[Step]:
        """Return how much was seen, and what could not be asked."""
        images, bases = amount(len(self.images), "released image"), amount(len(self.bases), "base")
        state = StepState.DONE if self.images or self.bases else StepState.SKIPPED
        yield Step(LOOKED, state, f"{images}, {bases}, {len(self.upstream)} upstream")
        yield Step("git tags", StepState.DONE, f"of {amount(len(self.git_tags), 'repository', 'repositories')}")
        for each in self.unreachable:
            yield Step("unknown", StepState.SKIPPED, f"{each.what}: {each.error.found}")


def newest_of_named_lines(tags: Iterable[str], named: Iterable[str]) -> tuple[str, ...]:
    """Return the newest release of each version line that is named; a name that is no release is its own line."""
    newest = newest_of_lines(tags)
    versions = ((name, release_tags([name])) for name in named)
    return tuple(dict.fromkeys(str(newest.get(of[0].version, name)) if of else name for name, of in versions))


def _built(ours: OwnImage, image: ImageName, found: Mapping[ImageName, Found]) -> Iterator[BuiltImage]:
    what = found.get(image)
    for base in what.labels.made_of if isinstance(what, TaggedImage) else ():
        yield BuiltImage(image, ours.place, base.without_digest, str(base.digest))
