"""Cycles among images: bases that are made, in the end, FROM what is made FROM them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ltf_ci.fleet.graph import ImageGraph

MOST = 100  # cycles that are named: a file has none, or has them by malice


def cycles(graph: ImageGraph, above: Iterable[int] | None = None) -> Iterator[tuple[str, ...]]:
    """Return cycles of keys, each once, beginning at the first such entry of the file; a base comes first.

    `above` are the entries that the ways to them begin at, where not all count.
    """
    starts = range(len(graph.entries)) if above is None else above
    found: dict[tuple[int, ...], None] = {}
    for circle in islice(_closed(graph.dependents, starts), MOST):
        start = circle.index(min(circle))
        found[(*circle[start:], *circle[:start])] = None
    for circle in found:
        yield tuple(graph.entries[number].key for number in circle)


def drawn(circle: Sequence[str]) -> str:
    """Draw a cycle: `a → b → c → a`."""
    return " → ".join([*circle, circle[0]])


def _closed(dependents: Sequence[Sequence[int]], starts: Iterable[int]) -> Iterator[Sequence[int]]:
    """Walk depth first, without recursion, and yield each cycle that an edge closes."""
    done: set[int] = set()
    for start in starts:
        if start in done:
            continue
        way, at = [start], {start: 0}
        ahead = [iter(dependents[start])]
        while way:
            number = next(ahead[-1], None)
            if number is None:
                ahead.pop()
                done.add(way[-1])
                del at[way.pop()]
            elif number in at:
                yield way[at[number] :]
            elif number not in done:
                at[number] = len(way)
                way.append(number)
                ahead.append(iter(dependents[number]))
