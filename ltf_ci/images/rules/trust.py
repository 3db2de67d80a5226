"""What is a release: by the lock, then the git tag at origin, then an image's labels; a name alone says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.repository_url import RepositoryUrl, repository_in

GitTags: TypeAlias = Mapping[str, Mapping[str, Commit]]
_Key = tuple[tuple[str, str], str]


class Standing(StrEnum):
    """What is under a release's name."""

    RELEASED = "is that release"
    NEVER = "was never released"
    NOT_OURS = "has no label that names it"
    OVERWRITTEN = "has other content than the lock"
    GONE = "is in the lock, and not in the registry"
    TAG_MOVED = "is of another commit than the git tag"
    TAG_GONE = "is in the lock, and has no git tag"


@dataclass(frozen=True, slots=True)
class LockedRelease:
    """What the lock has of a release: the repository, the commit and the image."""

    source: RepositoryUrl
    commit: Commit
    image: ImageName
    digest: Digest


@dataclass(frozen=True, slots=True)
class KnownReleases:
    """The lock's releases by the image's name and tag, and the git tags of the repositories that were asked, by key.

    A release that an open pull request would lock counts as one of the lock's.
    """

    locked: Mapping[_Key, LockedRelease] = field(default_factory=dict)
    git_tags: GitTags = field(default_factory=dict)

    @classmethod
    def of(cls, releases: Iterable[LockedRelease]) -> KnownReleases:
        """Return what is known where these are locked, and no git tag was looked at."""
        return cls({_key(each.image): each for each in releases})

    def with_git_tags(self, git_tags: GitTags) -> KnownReleases:
        """Return the same, knowing the git tags of these repositories at origin."""
        return replace(self, git_tags={**self.git_tags, **git_tags})

    def with_proposed(self, other: KnownReleases) -> KnownReleases:
        """Return the same with releases that an open pull request would lock; what the lock has counts first."""
        return replace(self, locked={**other.locked, **self.locked})

    def digest(self, image: ImageName) -> Digest | None:
        """Return the digest that a release was locked with; None where the lock does not have it."""
        locked = self.locked.get(_key(image))
        return locked.digest if locked else None

    def commit(self, image: ImageName) -> Commit | None:
        """Return the commit that a release was made of, as the lock has it; None where the lock does not have it."""
        locked = self.locked.get(_key(image))
        return locked.commit if locked else None

    def standing(self, image: ImageName, found: Found) -> Standing:
        """Return what is under a release's name in the registry: the very release, or why it is none."""
        locked = self.locked.get(_key(image))
        if not isinstance(found, TaggedImage):
            return Standing.GONE if locked else Standing.NEVER
        if locked and found.digest != locked.digest:
            return Standing.OVERWRITTEN
        if not locked and str(found.labels.version) != image.tag:
            return Standing.NOT_OURS
        return self._by_git_tag(image, found.labels, locked)

    def is_release(self, image: ImageName, digest: Digest, labels: ImageLabels) -> bool:
        """Whether what an image's name stands for is that release; labels may be empty where the lock has it."""
        return self.standing(image, TaggedImage(digest, labels)) is Standing.RELEASED

    def _by_git_tag(self, image: ImageName, labels: ImageLabels, locked: LockedRelease | None) -> Standing:
        """Compare the commit with the git tag's, where the tags of the repository that made the image are known."""
        source = locked.source if locked else repository_in(labels.source)
        tags = self.git_tags.get(source.key) if source else None
        commit = locked.commit if locked else labels.revision
        if tags is None or tags.get(image.tag) == commit:
            return Standing.RELEASED
        if image.tag in tags:
            return Standing.TAG_MOVED
        return Standing.TAG_GONE if locked else Standing.RELEASED


NOTHING_LOCKED = KnownReleases()


def _key(image: ImageName) -> _Key:
    return image.repository, image.tag
