"""Which tags of an image are releases, which is free, and may a tag be written?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ltf_ci.errors import TagTaken
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName, is_commit
from ltf_ci.model.registry import Absent
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, release_tag_in


@dataclass(frozen=True, slots=True)
class TaggedImage:
    """The image that a tag names in the registry: its manifest's digest, and its labels."""

    digest: Digest
    labels: ImageLabels


Found: TypeAlias = TaggedImage | Absent


def decide_tag(
    image: ImageName, commit: Commit, found: Found, tags: Iterable[str], locked: Digest | None = None
) -> TaggedImage | None:
    """Return None where `image` may be written for a commit, or the image of that commit that exists already.

    Raise TagTaken where an image of another commit exists, or another image than the `locked` one. `tags` are all those
    of the image: they say which revision is free.
    """
    match found:
        case Absent() if locked:
            raise not_as_locked(image, "is not in its registry any more", locked, tags)
        case TaggedImage(digest, _) if locked not in (None, digest):
            raise not_as_locked(image, f"has other content now: {digest}", locked, tags)
        case Absent():
            return None
        case TaggedImage(_, labels) if labels.revision == commit:
            return found
        case TaggedImage(digest, labels):
            raise _taken(image, commit, labels, digest, tags)


def _taken(image: ImageName, commit: Commit, labels: ImageLabels, digest: Digest, tags: Iterable[str]) -> TagTaken:
    made_of = f"made of commit {labels.revision}" if labels.revision else "with no commit in its labels"
    return TagTaken(
        f"{image} exists already, {made_of} ({digest})",
        expected=f"no such tag, or an image made of commit {commit}: a pushed tag never gets other content",
        cure=f"release it under the next free revision: {next_free(ReleaseTag.parse(image.tag), tags)} (`ltf-ci next`)",
    )


def not_as_locked(image: ImageName, found: str, locked: object, tags: Iterable[str] = ()) -> TagTaken:
    """Return the error that a release is not what the lock has: the lock is believed."""
    free = next_free(ReleaseTag.parse(image.tag), tags)
    return TagTaken(
        f"{image} was released, and {found}",
        expected=f"{locked}, as the languages repository has it, in the lock or in an open pull request's",
        cure=f"find out who changed it, and release the next revision: {free} (`ltf-ci next`)",
    )


def next_free(tag: ReleaseTag, tags: Iterable[str]) -> ReleaseTag:
    """Return the first revision of the tag's version line that is above all existing ones."""
    line = [known for known in release_tags(tags) if known.version == tag.version]
    return max([tag, *line]).next()


def release_tags(tags: Iterable[str]) -> list[ReleaseTag]:
    """Return the release tags among an image's tags, newest first."""
    return sorted((tag for tag in map(_release_tag, tags) if tag), reverse=True)


def newest_of_lines(tags: Iterable[str]) -> dict[LanguageVersion, ReleaseTag]:
    """Return the newest release of each version line among an image's tags."""
    return {tag.version: tag for tag in reversed(release_tags(tags))}


def alike(tag: str, tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags that are written most like one that does not exist, at most three."""
    from difflib import get_close_matches  # slow to import, and seldom needed

    return tuple(get_close_matches(tag, list(tags), n=3))


def _release_tag(text: str) -> ReleaseTag | None:
    return None if is_commit(text) else release_tag_in(text)
