"""What has to be built again after a change of images, in waves: each needs only what earlier ones made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

from ltf_ci.errors import BadInput
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.rules.cycles import cycles, drawn
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.image import LATEST, ImageName, image_in
from ltf_ci.model.nearest import did_you_mean

MATRIX = 256  # jobs: GitHub's limit for one matrix
_MOST_NAMED = 5  # images in a message
T = TypeVar("T")


def waves(graph: ImageGraph, changed: Iterable[str | ImageName]) -> tuple[tuple[Dependent, ...], ...]:
    """Return what is made FROM the changed images, directly or not, each once and after all of its bases.

    A changed image is an entry's key, an image's name (without a tag it is all of its tags), or else a repository's.
    What changed is not built itself, unless another change reaches it. Raise BadInput where nothing has a name, or
    bases go in a cycle.
    """
    first = dict.fromkeys(chain.from_iterable(_reached_first(graph, name) for name in changed))
    affected = _affected(graph, first)
    missing = {number: sum(base in affected for base in graph.bases[number]) for number in affected}
    wave = [number for number in missing if not missing[number]]
    found = []
    while wave:
        found.append(tuple(graph.entries[number] for number in sorted(wave)))
        wave = list(_freed(graph, wave, missing))
    if sum(map(len, found)) < len(affected):
        circle = next(cycles(graph, sorted(affected)))
        raise BadInput(
            f"images are made FROM each other: {drawn(circle)}",
            expected="bases without a cycle",
            cure="name another base in one of their Dockerfiles; ltf-ci dependents graph draws them",
        )
    return tuple(found)


def stands_for(graph: ImageGraph, name: str | ImageName) -> tuple[Dependent | ImageName, ...]:
    """Return what a changed image's name means: entries, or images that no entry makes.

    Raise BadInput where nothing has this name.
    """
    if isinstance(name, str) and name in graph.numbers:
        return (graph.entries[graph.numbers[name]],)
    image = image_in(name) if isinstance(name, str) else name
    if image and graph.makers.lines(image):
        return tuple(graph.entries[number] for number in graph.makers.named(image))
    roots = [root for root in graph.roots if image and root.repository == image.repository]
    if image and roots:
        if image.digest and not image.tag and all(root.digest != image.digest for root in roots):
            raise BadInput(
                f"{image} is no image that an entry is made FROM: a digest alone says no tag",
                expected=f"one of {', '.join(sorted(map(str, roots))[:_MOST_NAMED])}",
                cure="name the image by its tag",
            )
        every = not (image.tag or image.digest)
        return tuple(root for root in roots if every or _is_named(root, image))
    return _of_repository(graph, str(name))


def _is_named(root: ImageName, image: ImageName) -> bool:
    """Whether an image that entries are made FROM is meant: by its digest where it has one, else by its tag."""
    if root.digest and image.digest:
        return root.digest == image.digest
    return root.reference == image.reference if root.digest else (root.tag or LATEST) == (image.tag or LATEST)


def _reached_first(graph: ImageGraph, name: str | ImageName) -> Iterator[int]:
    """Return the entries that are made FROM a changed image directly."""
    for each in stands_for(graph, name):
        yield from graph.roots[each] if isinstance(each, ImageName) else graph.dependents[graph.numbers[each.key]]


def matrices(jobs: Sequence[T]) -> tuple[tuple[T, ...], ...]:
    """Split jobs into as few matrices as GitHub allows, in order; none is lost."""
    return tuple(tuple(jobs[start : start + MATRIX]) for start in range(0, len(jobs), MATRIX))


def _affected(graph: ImageGraph, first: Iterable[int]) -> set[int]:
    affected = set(first)
    unseen = list(affected)
    while unseen:
        new = [number for number in graph.dependents[unseen.pop()] if number not in affected]
        affected.update(new)
        unseen += new
    return affected


def _freed(graph: ImageGraph, wave: Iterable[int], missing: dict[int, int]) -> Iterator[int]:
    """Return those whose last missing base is in this wave."""
    for number in wave:
        for above in graph.dependents[number]:
            missing[above] -= 1
            if not missing[above]:
                yield above


def _of_repository(graph: ImageGraph, name: str) -> tuple[Dependent, ...]:
    found = tuple(entry for entry in graph.entries if entry.repository == name)
    if not found:
        raise BadInput(
            f"{name[:200]!r} is neither an entry's key or image, nor one that an entry is made FROM",
            expected="an image of dependents.json",
            cure=did_you_mean(name[:200], _names(graph))
            or "name an existing one: `ltf-ci dependents graph` shows them",
        )
    return found


def _names(graph: ImageGraph) -> Iterator[str]:
    """Return what stands for an image or for several."""
    for entry in graph.entries:
        yield from (entry.key, entry.repository, str(entry.image))
    yield from map(str, graph.roots)


def unused(graph: ImageGraph, names: Iterable[str]) -> str:
    """Return in words that nothing is made FROM images, and FROM which others of the same name something is."""
    return "; ".join(f"nothing is made FROM {name}{_others(graph, image_in(name))}" for name in names)


def _others(graph: ImageGraph, image: ImageName | None) -> str:
    found = sorted(str(root) for root in graph.roots if image and root.repository == image.repository)
    return f", but FROM {', '.join(found[:_MOST_NAMED])}" if found else ""
