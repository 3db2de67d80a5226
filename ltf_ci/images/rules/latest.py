"""Where must `latest` point? Why that ends right: docs/decisions/latest-ends-right.md."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ltf_ci.images.rules.tags import Found, TaggedImage, release_tags
from ltf_ci.model.image import Digest
from ltf_ci.model.registry import Absent
from ltf_ci.model.release_tag import ReleaseTag

PASSED_OVER = "not-latest-"  # image:not-latest-TAG records that `--latest always` went below TAG: it is no candidate


class LatestPolicy(StrEnum):
    """`auto` moves it only forward, `always` even backwards, `never` leaves it alone."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def candidates(mine: ReleaseTag, tags: Iterable[str]) -> list[ReleaseTag]:
    """Return the tags that `latest` may point at, newest first: the released ones, but for those passed over."""
    tags = set(tags)
    released = {*release_tags(tags), mine}
    return sorted((tag for tag in released if f"{PASSED_OVER}{tag}" not in tags), reverse=True)


def to_pass_over(mine: ReleaseTag, tags: Iterable[str]) -> list[ReleaseTag]:
    """Return the tags above mine, which `--latest always` marks so that no later run goes back up to them."""
    return [tag for tag in candidates(mine, tags) if tag > mine]


def moves_latest(newest: ReleaseTag, digest: Digest, latest: Found, tags: Iterable[str]) -> bool:
    """Decide whether `latest` must be written, to point at the newest candidate, which has this digest.

    Never backwards: a `latest` above every candidate stays, but where that one was passed over. Its label counts
    where the release that it names is this very image (the caller has looked); else it gives way.
    """
    match latest:
        case Absent():
            return True
        case TaggedImage(current, labels):
            version = labels.version
            above = version is not None and version > newest and f"{PASSED_OVER}{version}" not in set(tags)
            return current != digest and not above
