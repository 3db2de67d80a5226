"""What no longer is as it was released: the base moved, a git tag or an image changed, `latest` is behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ltf_ci.errors import BadInput
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.rules.waves import waves
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.languages.dependents import Dependent
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.registry import Absent
from ltf_ci.watch.watched import Locked, StaleLatest

_NEXT = "look who did it; release the next revision (`ltf-ci next`), which has a tag and an image of its own"
Waves = tuple[tuple[Dependent, ...], ...]
_RETAG = "rebuild the first of them by their retag workflows; then `ltf-ci notify` has the others follow"


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """The newest release of a version line, and one of the bases that its labels name: as it was then."""

    image: ImageName
    place: Place
    base: ImageName
    digest: str


def moved_bases(
    built: Iterable[BuiltImage], bases: Mapping[ImageName, str | None], graph: ImageGraph
) -> Iterator[Finding]:
    """Find each base that moved under its tag, with all that a rebuild reaches, in order; and each that is gone.

    `bases` are the digests now, of those that could be asked for; None where one is not there any more.
    """
    by_base: defaultdict[ImageName, list[BuiltImage]] = defaultdict(list)
    for each in built:
        by_base[each.base].append(each)
    for base, made in sorted(by_base.items(), key=lambda item: str(item[0])):
        if base not in bases:
            continue
        now = bases[base]
        stale = [each for each in made if each.digest != now]
        if now is None:
            yield _gone_base(base, made)
        elif stale:
            yield _moved(base, stale, now, graph)


def untrue(
    locked: Iterable[Locked], tags: Mapping[str, Mapping[str, Commit]], images: Mapping[ImageName, Found]
) -> Iterator[Finding]:
    """Find releases whose git tag or image is not what the lock says; `tags` are by repository, where it was asked."""
    for each in locked:
        if each.entry.url.key in tags:
            yield from _tag(each, tags[each.entry.url.key])
        found = images.get(each.image)
        if isinstance(found, TaggedImage) and str(found.digest) != each.lock_entry.digest:
            was = f"{each.image} has other content: {found.digest}"
            yield _lost(
                "image-overwritten", each.place, each.image, was, f"{each.lock_entry.digest}, as the lock has it"
            )


def gone(named: Iterable[tuple[ImageName, Place]], images: Mapping[ImageName, Found]) -> Iterator[Finding]:
    """Find images that the files name and no registry has."""
    for image, place in named:
        if isinstance(images.get(image), Absent):
            yield _lost("image-gone", place, image, f"{image} is not in its registry", "an image that people can pull")


def behind(images: Iterable[StaleLatest], places: Mapping[ImageName, Place]) -> Iterator[Finding]:
    """Return which `latest` is not the newest release."""
    for each in images:
        yield Finding(
            rule="latest-behind",
            place=places[each.image],
            images=(each.image.tagged(each.newest),),
            found=f"{each.image.tagged(LATEST)} is not {each.newest}, the newest release",
            expected=f"{each.image.tagged(each.newest)}",
            cure="`ltf-ci watch --heal` puts it right",
        )


def _tag(locked: Locked, tags: Mapping[str, Commit]) -> Iterator[Finding]:
    entry, expected = locked.entry, f"commit {locked.lock_entry.commit}, as the lock has it"
    commit = tags.get(entry.ref)
    if commit is None:
        yield _lost_tag("tag-gone", locked, f"{entry.url} has no git tag {entry.ref} any more", expected)
    elif str(commit) != locked.lock_entry.commit:
        yield _lost_tag("tag-moved", locked, f"the git tag {entry.ref} of {entry.url} is at {commit} now", expected)


def _lost_tag(rule: str, locked: Locked, found: str, expected: str) -> Finding:
    return _lost(rule, locked.place, locked.image, found, expected)._replace(repositories=(locked.entry.url,))


def _lost(rule: str, place: Place, image: ImageName, found: str, expected: str) -> Finding:
    return Finding(rule=rule, place=place, images=(image,), found=found, expected=expected, cure=_NEXT)


def _gone_base(base: ImageName, made: Sequence[BuiltImage]) -> Finding:
    return Finding(
        rule="base-gone",
        place=made[0].place,
        images=_images(made),
        found=f"{base} is not in its registry any more; made of it: {_names(made)}",
        expected="a base that can be pulled",
        cure="name another base in the Dockerfile",
    )


def _moved(base: ImageName, stale: Sequence[BuiltImage], now: str, graph: ImageGraph) -> Finding:
    first = {each.image: [graph.entries[number] for number in graph.makers.of(each.image)] for each in stale}
    later = _later(graph, chain.from_iterable(first.values()))
    reached = [*chain.from_iterable(first.values()), *chain.from_iterable(later)]
    order = "; then ".join(", ".join(wave) for wave in _order(first, later))
    return Finding(
        rule="base-moved",
        place=stale[0].place,
        images=tuple(dict.fromkeys((*_images(stale), *(entry.image for entry in reached)))),
        found=f"{base} is {now} now; made of what it was: {_names(stale)}",
        expected=f"a rebuild, in this order: {order}",
        cure=_RETAG,
    )


def _later(graph: ImageGraph, stale: Iterable[Dependent]) -> Waves:
    """Return what is made FROM stale entries, in waves."""
    try:
        return waves(graph, {entry.key for entry in stale})
    except BadInput:  # bases in a circle, which `dependents check` names
        return ()


def _order(stale: Mapping[ImageName, Sequence[Dependent]], later: Waves) -> Iterator[tuple[str, ...]]:
    """Return what is to be rebuilt, by the entries' keys: what is stale and comes in no later wave, then the waves."""
    reached = {entry.key for wave in later for entry in wave}
    first = {key for image, made in stale.items() for key in [entry.key for entry in made] or [str(image)]}
    yield tuple(sorted(first - reached))
    for wave in later:
        yield tuple(sorted([entry.key for entry in wave]))


def _images(built: Iterable[BuiltImage]) -> tuple[ImageName, ...]:
    return tuple(sorted((each.image for each in built), key=str))


def _names(built: Iterable[BuiltImage]) -> str:
    return ", ".join(map(str, _images(built)))
