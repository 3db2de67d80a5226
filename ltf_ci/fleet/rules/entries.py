"""What dependents.json must be: each entry alone, and the graph that they make together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ltf_ci.fleet.graph import ImageGraph, Makers
from ltf_ci.fleet.rules.cycles import cycles, drawn
from ltf_ci.languages.dependents import Dependent, Dependents, Fault
from ltf_ci.model.finding import Finding
from ltf_ci.model.image import LATEST, ImageName, is_commit
from ltf_ci.model.release_tag import ReleaseTag, release_tag_in

_SHOWN = 5  # images that are named where the wanted one is not made


def findings(dependents: Dependents) -> Iterator[Finding]:
    """Find all that is wrong, entry by entry; cycles come last."""
    yield from map(unreadable, dependents.faults)
    yield from of_entries(dependents.entries)


def of_entries(entries: tuple[Dependent, ...]) -> Iterator[Finding]:
    """Find what is wrong with entries that can be read."""
    graph = ImageGraph.of(entries)
    for entry in entries:
        yield from _versions(entry)
        yield from _own(entry)
        for base in entry.bases:
            yield from _base(entry, base, graph.makers)
    yield from _mixed(entries)
    yield from _made_twice(entries)
    for circle in cycles(graph):
        yield _cycle(circle, entries[graph.numbers[circle[0]]])


def unreadable(fault: Fault) -> Finding:
    """Return what in the file cannot be read."""
    return Finding.of_error(fault.error, "dependents-entry", fault.place, path=fault.path, about=fault.path)


def _versions(entry: Dependent) -> Iterator[Finding]:
    tag = release_tag_in(entry.image.tag)
    if entry.version and (tag is None or tag.version != entry.version):
        yield Finding(
            rule="dependents-version",
            place=entry.place,
            path=f"{entry.key}.image_name",
            found=f"{entry.key} makes {entry.image}",
            expected=f"{entry.image.tagged(entry.version)}, with a revision or without",
            cure="write the version in the key as the tag of image_name has it",
        )


def _own(entry: Dependent) -> Iterator[Finding]:
    """Find a start point's image that is made FROM itself; it has the image's own name, and is in no cycle."""
    own, base = entry.image, entry.bases[0]
    if entry.is_start_point and (base.repository, base.reference) == (own.repository, own.reference):
        yield _cycle((entry.key,), entry)


def _base(entry: Dependent, base: ImageName, makers: Makers) -> Iterator[Finding]:
    """Find a base of a repository that entries make, in a version line that none of them makes."""
    lines = makers.lines(base)
    if not lines or entry.is_made_before(base):
        return
    made = [makers.entries[number] for number in makers.of(base)]
    there = [makers.entries[number].image for numbers in lines.values() for number in numbers]
    expected = f"one that an entry makes: {', '.join(map(str, there[:_SHOWN]))}"
    if not made:
        yield _unresolved(entry, f"{base}, which no entry makes", expected)
    elif base.tag in ("", LATEST) and not {"", base.tag} & lines.keys():
        yield _unresolved(entry, f"{base}, which names no version line", expected)
    elif is_commit(base.tag) and base.tag not in lines and "" not in lines:
        yield _commit(entry, base, expected)
    else:
        yield from _revision(entry, base, made)


def _revision(entry: Dependent, base: ImageName, made: Iterable[Dependent]) -> Iterator[Finding]:
    """Find a base with another revision than its entry makes: an older one was left behind, a newer one is nowhere."""
    wanted = release_tag_in(base.tag)
    there = [tag for other in made if (tag := release_tag_in(other.image.tag))]
    if wanted is None or not wanted.revision or not there or wanted in there:
        return
    newest = max(there)
    if wanted < newest:
        yield _left_behind(entry, base, newest)
    else:
        yield _unresolved(entry, f"{base}, which no entry makes", f"{base.tagged(newest)}, which an entry makes")


def _unresolved(entry: Dependent, base: str, expected: str) -> Finding:
    return Finding(
        rule="dependents-from",
        place=entry.place,
        path=f"{entry.key}.from",
        found=f"{entry.key} is made from {base}",
        expected=expected,
        cure="name one of them, or add the base's entry first",
    )


def _commit(entry: Dependent, base: ImageName, expected: str) -> Finding:
    return Finding(
        rule="dependents-from-commit",
        place=entry.place,
        path=f"{entry.key}.from",
        found=f"{entry.key} is made from {base}, which is named by a commit",
        expected=expected,
        cure=f"`ltf-ci retag --base {base.untagged}:RELEASE` in its repository names the release of that commit",
    )


def _left_behind(entry: Dependent, base: ImageName, newest: ReleaseTag) -> Finding:
    return Finding(
        rule="dependents-from-older",
        place=entry.place,
        path=f"{entry.key}.from",
        found=f"{entry.key} is made from {base}, an older revision",
        expected=f"{base.tagged(newest)}",
        cure="release it again on the newer one",
    )


def _mixed(entries: Iterable[Dependent]) -> Iterator[Finding]:
    versioned: dict[str, Dependent] = {}
    for entry in entries:
        if entry.version:
            versioned.setdefault(entry.repository, entry)
    for entry in entries:
        other = versioned.get(entry.repository)
        if other and not entry.version:
            yield Finding(
                rule="dependents-mixed",
                place=entry.place,
                path=entry.key,
                found=f"{entry.key} has no version, and line {other.place.line} has {other.key}",
                expected="each of a repository's entries with its version, or one entry without",
                cure="write the version in the key, in parentheses",
            )


def _made_twice(entries: Iterable[Dependent]) -> Iterator[Finding]:
    first: dict[tuple[str, str], dict[str, Dependent]] = {}
    for entry in (entry for entry in entries if not entry.is_start_point):
        lines = first.setdefault(entry.image.repository, {})
        other = lines.get(entry.line) or lines.get("") or (next(iter(lines.values()), None) if not entry.line else None)
        lines.setdefault(entry.line, entry)
        if other:
            yield Finding(
                rule="dependents-image-twice",
                place=entry.place,
                path=f"{entry.key}.image_name",
                found=f"{entry.key} in line {entry.place.line} makes {entry.image}, "
                f"and {other.key} in line {other.place.line} makes {other.image}",
                expected="one entry for each version line of an image",
                cure="remove one of them",
            )


def _cycle(circle: tuple[str, ...], first: Dependent) -> Finding:
    return Finding(
        rule="dependents-cycle",
        place=first.place,
        path=f"{first.key}.from",
        found=f"images are made from each other: {drawn(circle)}",
        expected="a base that is made from none of what is made from it",
        cure="name another base for one of them",
    )
