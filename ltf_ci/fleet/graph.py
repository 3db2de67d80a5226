"""Which images are made FROM which: the graph that dependents.json draws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ltf_ci.languages.dependents import Dependent, line_of
from ltf_ci.model.image import LATEST, ImageName, is_commit
from ltf_ci.model.release_tag import release_tag_in

Repository = tuple[str, str]


class Makers:
    """Finds the entries that make an image: not those of start points, which label what others make."""

    def __init__(self, entries: Sequence[Dependent]) -> None:
        self.entries = entries
        self._by_repository: dict[Repository, dict[str, list[int]]] = {}
        self._start_points: defaultdict[tuple[Repository, str], list[int]] = defaultdict(list)
        for number, entry in enumerate(entries):
            if entry.is_start_point:
                self._start_points[entry.image.repository, entry.line].append(number)
                continue
            lines = self._by_repository.setdefault(entry.image.repository, {})
            lines.setdefault(entry.line, []).append(number)

    def start_points(self, image: ImageName) -> Sequence[int]:
        """Return the entries of start points that release this image's version line."""
        return self._start_points.get((image.repository, line_of(image)), ())

    def lines(self, image: ImageName) -> Mapping[str, Sequence[int]]:
        """Return the version lines that are made under this name, whatever the tag; none where it is not ours."""
        return self._by_repository.get(image.repository, {})

    def of(self, image: ImageName) -> Sequence[int]:
        """Return the entries that make this image: those of its version line.

        `latest` is the newest line's, and a commit the only line's: with several it may be any one's.
        """
        lines = self.lines(image)
        if not lines:
            return ()
        line = image.tag if image.tag in lines else line_of(image)
        if line in ("", LATEST) and line not in lines:
            line = _newest(lines)
        if is_commit(image.tag) and image.tag not in lines and len(lines) == 1:
            return [number for numbers in lines.values() for number in numbers]
        return (*lines.get(line, ()), *(lines.get("", ()) if line else ()))

    def named(self, image: ImageName) -> Sequence[int]:
        """Return the entries that a name means: without a tag it is all of its version lines."""
        return self.of(image) if image.tag else [number for line in self.lines(image).values() for number in line]


@dataclass(frozen=True, slots=True)
class ImageGraph:
    """The entries, and by their numbers: those that make their bases, and those that are made FROM them.

    `roots` are the images that no entry makes, with the entries that are made FROM each.
    """

    entries: tuple[Dependent, ...]
    bases: tuple[tuple[int, ...], ...]
    dependents: tuple[tuple[int, ...], ...]
    roots: Mapping[ImageName, tuple[int, ...]]
    makers: Makers
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, entries: Iterable[Dependent]) -> ImageGraph:
        """Draw the graph; two entries of one key are the later one's."""
        every = tuple(entries)
        makers = Makers(every)
        made: dict[str, Sequence[int]] = {}
        dependents: list[list[int]] = [[] for _ in every]
        roots: defaultdict[ImageName, list[int]] = defaultdict(list)
        bases = []
        for number, entry in enumerate(every):
            below: set[int] = set()
            for image in entry.bases:
                found = made.get(str(image))
                if found is None:
                    found = made[str(image)] = makers.of(image)
                if found:
                    below.update(each for each in found if each != number or not entry.is_made_before(image))
                elif not makers.lines(image):
                    roots[image].append(number)
            for base in below:
                dependents[base].append(number)
            bases.append(tuple(below))
        return cls(
            every,
            tuple(bases),
            tuple(map(tuple, dependents)),
            {image: tuple(numbers) for image, numbers in roots.items()},
            makers,
            {entry.key: number for number, entry in enumerate(every)},
        )

    def edges(self) -> Iterator[tuple[Dependent | ImageName, Dependent]]:
        """Return each base, an entry or an image that none makes, with what is made FROM it."""
        for number, entry in enumerate(self.entries):
            for base in self.bases[number]:
                yield self.entries[base], entry
        for image, numbers in self.roots.items():
            for number in numbers:
                yield image, self.entries[number]


def _newest(lines: Mapping[str, object]) -> str:
    """Return the newest version line, which `latest` is of; empty where none is a version."""
    versions = [tag.version for line in lines if line and (tag := release_tag_in(line))]
    return max(versions).text if versions else ""
