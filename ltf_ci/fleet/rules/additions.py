"""New entries of dependents.json: in which order, on which branch, and what the pull request says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from ltf_ci.errors import BadInput
from ltf_ci.fleet.graph import ImageGraph, Makers
from ltf_ci.languages.dependents import Dependent, Dependents
from ltf_ci.model.image import ImageName
from ltf_ci.model.printable import escape_markdown

BRANCH = "ltf-ci-dependents/"  # not below branch_contents.PREFIX: `list refresh` cannot make these again


def in_order(entries: Iterable[Dependent]) -> tuple[Dependent, ...]:
    """Return entries with each base before what is made FROM it; raise BadInput where that cannot be."""
    graph = ImageGraph.of(sorted(entries, key=lambda entry: entry.key))
    try:
        order = tuple(TopologicalSorter(dict(enumerate(graph.bases))).static_order())
    except CycleError as error:
        keys = " → ".join(graph.entries[number].key for number in error.args[1])
        raise BadInput(
            f"images are made FROM each other: {keys}",
            expected="bases without a cycle",
            cure="name another base in one of their Dockerfiles",
        ) from error
    return tuple(graph.entries[number] for number in order)


def bases_of_ours(there: Dependents, entries: Sequence[Dependent]) -> Iterator[tuple[Dependent, ImageName]]:
    """Return each entry with those of its bases that one of the file's entries, or of these, makes."""
    ours = {entry.image.repository for entry in (*there.entries, *entries)}
    for entry in entries:
        yield from ((entry, base) for base in entry.bases if base.repository in ours)


def bases_without_entry(there: Dependents, entries: Sequence[Dependent]) -> Iterator[tuple[Dependent, ImageName]]:
    """Return each entry with those of its bases whose image is ours, and whose version line no entry makes."""
    makers = Makers((*there.entries, *entries))
    yield from ((entry, base) for entry, base in bases_of_ours(there, entries) if not makers.of(base))


def branch_name(entries: Sequence[Dependent]) -> str:
    """Return the branch of these entries: always the same one."""
    first = entries[0]
    if len(entries) == 1:
        return f"{BRANCH}{first.repository}-{first.line}".rstrip("-.")
    keys = "\n".join(sorted(entry.key for entry in entries))
    return f"{BRANCH}{hashlib.sha256(keys.encode()).hexdigest()[:8]}"


def text(entries: Sequence[Dependent]) -> tuple[str, str]:
    """Return the pull request's title and body."""
    what = entries[0].key if len(entries) == 1 else f"{len(entries)} entries"
    rows = [f"| {escape_markdown(entry.key)} | {_names(entry.bases)} | `{entry.image}` |" for entry in entries]
    return f"Add {what} to the dependents", "\n".join(["| entry | made FROM | makes |", "|---|---|---|", *rows]) + "\n"


def _names(images: Iterable[ImageName]) -> str:
    return ", ".join(f"`{image}`" for image in images)
