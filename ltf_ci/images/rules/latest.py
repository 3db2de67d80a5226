"""Where must `latest` point? Why that ends right: docs/decisions/latest-ends-right.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ltf_ci.errors import LtfError
from ltf_ci.images.rules.tags import Found, TaggedImage, release_tags
from ltf_ci.model.image import LATEST, Digest
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.registry import Absent
from ltf_ci.model.release_tag import ReleaseTag

PASSED_OVER = "not-latest-"  # image:not-latest-TAG records that `--latest always` went below TAG: it is no candidate


class LatestPolicy(StrEnum):
    """`auto` moves it only forward, `always` even backwards, `never` leaves it alone."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestResult:
    """The release that `latest` points at, or is planned to, and whether this run moved it there.

    It stays where it is, where the release `lacks` platforms that `latest` has. Without a release it was left alone, as
    asked; or an `error` says why it could not be moved.
    """

    points_at: ReleaseTag | None = None
    moved: bool = False
    is_planned: bool = False
    lacks: frozenset[str] = frozenset()
    error: LtfError | None = None

    @property
    def step(self) -> Step:
        """The row of the summary."""
        if self.lacks:
            return Step(LATEST, StepState.SKIPPED, f"stays where it is: {self.points_at} lacks {self.platforms}")
        if self.points_at:
            changed = StepState.PLANNED if self.is_planned else StepState.DONE
            state = changed if self.moved or self.is_planned else StepState.UNCHANGED
            return Step(LATEST, state, f"points at {self.points_at}")
        return Step(LATEST, StepState.SKIPPED, self.error.found if self.error else "as asked")

    @property
    def platforms(self) -> str:
        """The platforms that the release lacks, as a text."""
        return ", ".join(sorted(self.lacks))


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
