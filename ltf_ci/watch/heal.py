"""Each `latest` that is behind points at its newest release again, where the watch may write that."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.images.latest import move_latest
from ltf_ci.images.rules.latest import LatestPolicy
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.model.image import LATEST
from ltf_ci.model.outcome import Step
from ltf_ci.watch.watched import StaleLatest

STEP = "heal"
Stale = tuple[StaleLatest, ...]


@dataclass(frozen=True, slots=True)
class Healed:
    """What became of each `latest` that was stale; `stale` are those that still are."""

    stale: Stale
    steps: tuple[Step, ...] = ()
    error: LtfError | None = None


def heal(stale: Stale, known: KnownReleases, run: Run, unknown: LtfError | None, *, dry_run: bool) -> Healed:
    """Let each `latest` point at the newest release.

    `unknown` is why it is not known which images are releases: pull requests, or the lock, could not be read.
    """
    if unknown:
        return Healed(stale, error=unknown if stale else None)
    steps, left, error = [], [], None
    for each in stale:
        try:
            moved = move_latest(each.image, each.known, LatestPolicy.AUTO, run.registry, known, dry_run=dry_run)
            steps.append(Step(STEP, moved.step.state, f"{each.image}: {LATEST} {moved.step.detail}"))
            run.show(steps[-1])
            left += [each] if moved.lacks or moved.is_planned else []
        except LtfError as failed:
            error = error or failed
            left.append(each)
    return Healed(tuple(left), tuple(steps), error)
