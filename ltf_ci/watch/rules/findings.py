"""All that the watch finds in what was seen, in one order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from ltf_ci.model.finding import Finding
from ltf_ci.watch.observations import Observations
from ltf_ci.watch.rules import drift, missing, new_versions, upstream
from ltf_ci.watch.watched import Fleet, StaleLatest


def findings(fleet: Fleet, seen: Observations, stale: Sequence[StaleLatest]) -> tuple[Finding, ...]:
    """Return what is found; `stale` is each `latest` that is still behind."""
    return tuple(sorted(_found(fleet, seen, stale), key=lambda finding: (finding.rule, finding.found)))


def _found(fleet: Fleet, seen: Observations, stale: Sequence[StaleLatest]) -> Iterator[Finding]:
    named = [(ours.image.tagged(tag), ours.place) for ours in fleet.ours for tag in ours.tags]
    yield from fleet.not_asked
    yield from drift.untrue(fleet.locked, seen.git_tags, seen.images)
    yield from drift.gone(named, seen.images)
    yield from drift.behind(stale, {ours.image: ours.place for ours in fleet.ours})
    yield from drift.moved_bases(seen.built(), seen.bases, fleet.graph)
    yield from missing.images(seen.missed())
    yield from missing.git_tags(seen.links, seen.git_tags, seen.tags)
    yield from missing.entries(missing.without_entry(fleet.graph, seen.tags))
    yield from chain.from_iterable(map(upstream.findings, seen.upstream))
    yield from new_versions.base_findings(new_versions.of_bases(fleet.graph, seen.tags))
    yield from missing.renamed(seen.renamed)
    yield from missing.unreachable(seen.unreachable)
