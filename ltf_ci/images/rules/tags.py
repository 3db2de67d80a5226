"""May a tag be written, and where must `latest` point? Decided from what the registry answered.

Why `latest` ends right, whatever runs at the same moment, though a registry has no compare-and-swap: each run
writes its own tag first; then it reads the tags, lets `latest` point at the newest, and reads again until nothing
is left to do. Let M be the newest tag and suppose that the last write of `latest` was of another tag, by a run W.
After that write W read the tags again. Had M been among them, W would have written M: so M was pushed later, and
the run that pushed it read the tags and `latest` later still, and wrote M. Either way W's write was not the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from ltf_ci.errors import RegistryUnavailable, TagTaken
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent, Unknown
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, release_tag_in

PASSED_OVER = "not-latest-"  # image:not-latest-TAG says that `--latest always` went below TAG: it is no candidate
_COMMIT = re.compile(r"[0-9a-f]{7}(?:[0-9a-f]{33})?")  # 2733119 and 9e24065… would read as versions


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the registry under a tag: its manifest's digest, and its labels."""

    digest: Digest
    labels: ImageLabels


Found: TypeAlias = Standing | Absent | Unknown


def decide_tag(image: ImageName, commit: Commit, found: Found, tags: Iterable[str]) -> Standing | None:
    """Give None where `image` may be written for a commit, or what stands there already and is right.

    Raise TagTaken where something else stands there, RegistryUnavailable on Unknown. `tags` are all those of the
    image: they say which revision is free.
    """
    match found:
        case Absent():
            return None
        case Unknown(why):
            raise RegistryUnavailable(
                f"whether {image} is there already could not be asked: {why}",
                expected="an answer: unknown is never taken for absent",
                cure="run it again when the registry answers; nothing was pushed",
            )
        case Standing(_, labels) if labels.revision == commit:
            return found
        case Standing(digest, labels):
            raise _taken(image, commit, labels, digest, tags)


def _taken(image: ImageName, commit: Commit, labels: ImageLabels, digest: Digest, tags: Iterable[str]) -> TagTaken:
    made_of = f"made of commit {labels.revision}" if labels.revision else "with no commit in its labels"
    return TagTaken(
        f"{image} is there already, {made_of} ({digest})",
        expected=f"nothing there, or an image made of commit {commit}: a pushed tag never gets other content",
        cure=f"release it under the next free revision: {next_free(ReleaseTag.parse(image.tag), tags)} (`ltf-ci next`)",
    )


def next_free(tag: ReleaseTag, tags: Iterable[str]) -> ReleaseTag:
    """Give the first revision of the tag's version line that is above all those that are there."""
    line = [known for known in released(tags) if known.version == tag.version]
    return max([tag, *line]).next()


def released(tags: Iterable[str]) -> list[ReleaseTag]:
    """Give the release tags among an image's tags, newest first."""
    return sorted((tag for tag in map(_release_tag, tags) if tag), reverse=True)


def newest_of_lines(tags: Iterable[str]) -> dict[LanguageVersion, ReleaseTag]:
    """Give the newest release of each version line among an image's tags."""
    return {tag.version: tag for tag in reversed(released(tags))}


def candidates(mine: ReleaseTag, tags: Iterable[str]) -> list[ReleaseTag]:
    """Give the tags that `latest` may point at, newest first: the released ones, but for those passed over."""
    tags = set(tags)
    there = {*released(tags), mine}
    return sorted((tag for tag in there if f"{PASSED_OVER}{tag}" not in tags), reverse=True)


def to_pass_over(mine: ReleaseTag, tags: Iterable[str]) -> list[ReleaseTag]:
    """Give the tags above mine, which `--latest always` marks so that no later run goes back up to them."""
    return [tag for tag in candidates(mine, tags) if tag > mine]


def is_own(tag: ReleaseTag, labels: ImageLabels, tags: Iterable[str]) -> bool:
    """Whether an image under a tag is that release: its label does not name another one that is there.

    A label that names something else was inherited: ubuntu's own says `24.04`.
    """
    return labels.version in (None, tag) or str(labels.version) not in set(tags)


def moves_latest(newest: ReleaseTag, digest: Digest, latest: Found, tags: Iterable[str]) -> bool:
    """Decide whether `latest` must be written, to point at the newest candidate, which has this digest.

    Never backwards: a `latest` above every candidate stays, but where that one was passed over. Its label counts
    where the release that it names is this very image (the caller has looked); else it gives way.
    """
    match latest:
        case Absent():
            return True
        case Unknown(why):
            raise RegistryUnavailable(f"where latest points could not be asked: {why}", cure="run it again")
        case Standing(there, labels):
            version = labels.version
            above = version is not None and version > newest and f"{PASSED_OVER}{version}" not in set(tags)
            return there != digest and not above


def is_commit(tag: str) -> bool:
    """Whether an image's tag is a commit, short or whole."""
    return _COMMIT.fullmatch(tag) is not None


def _release_tag(text: str) -> ReleaseTag | None:
    return None if is_commit(text) else release_tag_in(text)
