"""What a languages repository's three files name: the list, the lock and dependents.json; each may be missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from ltf_ci.clients.files import read_file
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.fleet.graph import ImageGraph, Repository
from ltf_ci.fleet.rules.entries import unreadable
from ltf_ci.languages.dependents import Dependents
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.languages.rules import lock as lock_rules
from ltf_ci.model.bounds import LARGEST
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.watch.watched import Fleet, Locked, OwnImage

_NOT_FOLLOWED = ("list-address", "list-line")  # why nothing is asked of what a line names


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files that are there."""

    listed: LanguagesList | None
    lock: Lock | None
    dependents: Dependents | None
    lock_path: str

    @classmethod
    def read(cls, directory: Path, list_path: str, dependents_path: str) -> Files:
        """Read them, or raise BadInput where one cannot be read, or where none is there."""
        lock = lock_path(list_path)
        found = {path: read_file(directory, path, LARGEST) for path in (list_path, lock)}
        graph = read_file(directory, dependents_path, LARGEST)
        if graph is None and not any(raw is not None for raw in found.values()):
            raise BadInput(
                f"{directory.absolute()} has neither {list_path} nor {lock} nor {dependents_path}",
                expected="the languages repository's folder",
                cure="name the folder, or the files with --list and --dependents",
            )
        text, raw = found[list_path], found[lock]
        listed = None if text is None else LanguagesList(list_path, text_of(text, list_path))
        locked = None if raw is None else Lock.parse(raw, lock)
        return cls(
            listed=locked.known_in(listed) if locked and listed else listed,
            lock=locked,
            dependents=None if graph is None else Dependents.read(graph, dependents_path),
            lock_path=lock,
        )

    def steps(self) -> Iterator[Step]:
        """Return what is watched, and what cannot be for want of a file."""
        read, lock = self.dependents, self.lock
        without = "no release is compared with it"
        yield _step("list", self._lines(), "repositories are known by the lock and by labels alone")
        yield _step("lock", None if lock is None else amount(len(lock.entries), "release"), without)
        if lock is not None and self.listed and (lacking := self._without_entry(lock)):
            detail = f"{amount(lacking, 'line')} of the list without an entry: not looked at; ltf-ci list lock --write"
            yield Step("lock", StepState.SKIPPED, detail)
        faults = f", {amount(len(read.faults), 'fault')}" if read and read.faults else ""
        what = f"{amount(len(read.entries), 'entry', 'entries')}{faults}" if read else None
        yield _step("dependents", what, "neither what a rebuild reaches is known, nor the images upstream")

    def _lines(self) -> str | None:
        return None if self.listed is None else amount(len(self.listed.every_line()), "line")

    def _without_entry(self, lock: Lock) -> int:
        lines = list_rules.followed(self.listed, local=True) if self.listed else ()
        return sum(lock.find(line.entry) is None for line in lines if line.entry.tag)

    def fleet(self, directory: Path, proposed: tuple[Locked, ...] = (), *, local: bool) -> Fleet:
        """Return what they name; addresses that may not be asked are left out.

        `proposed` are releases that open pull requests would lock; what the lock has counts first.
        """
        lines = list_rules.followed(self.listed, local=local) if self.listed else ()
        urls = [line.entry.url.absolute(directory) for line in lines]
        graph = ImageGraph.of(self.dependents.entries if self.dependents else ())
        locked = tuple(self._locked(directory, local=local))
        there = {str(each.image) for each in locked}
        locked += tuple(each for each in proposed if str(each.image) not in there)
        known = {each.entry.url.key for each in locked}
        unlocked = [url for url in urls if url.key not in known]
        ours = tuple(_merged([*_of_lock(locked), *_of_graph(graph, unlocked)]))
        return Fleet(locked, ours, graph, tuple(self._not_asked(local=local)))

    @property
    def unknown(self) -> LtfError | None:
        """Return why it is not known which images are releases: an entry of the lock cannot be read."""
        try:
            (self.lock or Lock({})).known()
        except BadInput as error:
            return error
        return None

    def _not_asked(self, *, local: bool) -> Iterator[Finding]:
        for fault in list_rules.of_lines(self.listed, local=local) if self.listed else ():
            if fault.rule in _NOT_FOLLOWED:
                yield fault._replace(severity=Severity.WARNING)
        for unread in self.dependents.faults if self.dependents else ():
            yield unreadable(unread)._replace(severity=Severity.WARNING)
        if self.lock is not None:
            yield from lock_rules.unreadable(self.lock, self.lock_path)

    def _locked(self, directory: Path, *, local: bool) -> Iterator[Locked]:
        """Return the lock's releases that can be read, and may be asked."""
        lock = self.lock or Lock({})
        places = self._places(lock)
        for key in sorted(lock.entries):
            locked = lock.entry(key)
            with suppress(BadInput):
                entry = ListEntry.parse(key)
                if locked and list_rules.may_be_asked(entry.url, local=local):
                    place = places.get(key, Place(self.lock_path))
                    yield Locked(place, replace(entry, url=entry.url.absolute(directory)), locked)

    def _places(self, lock: Lock) -> Mapping[str | None, Place]:
        """Return the places of the lock's entries in the list."""
        if not self.listed:
            return {}
        lines = list_rules.followed(self.listed, local=True)
        return {lock.find(line.entry): self.listed.place(line) for line in lines}


def _of_lock(locked: Iterable[Locked]) -> Iterator[OwnImage]:
    for each in locked:
        image = each.image
        url = each.entry.url
        yield OwnImage(image.untagged, each.place, (image.tag,), (url,), names=frozenset({url.name.lower()}))


def _of_graph(graph: ImageGraph, urls: Iterable[RepositoryUrl]) -> Iterator[OwnImage]:
    """Return the entries' images; the list may have a repository of an entry's name."""
    by_name = {name: url for url in urls for name in (url.name.lower(), url.owner_and_name.lower())}
    for entry in graph.entries:
        name = entry.repository.lower()
        likely = (by_name[name],) if name in by_name else ()
        yield OwnImage(entry.image.untagged, entry.place, (entry.image.tag,), names=frozenset({name}), likely=likely)


def _merged(ours: Iterable[OwnImage]) -> Iterator[OwnImage]:
    """Merge what the files have of one image, at the place where it is named first."""
    by_image: defaultdict[Repository, list[OwnImage]] = defaultdict(list)
    for each in ours:
        by_image[each.image.repository].append(each)
    for alike in by_image.values():
        urls = {url.key: url for each in alike for url in each.urls}
        yield replace(
            alike[0],
            tags=tuple(dict.fromkeys(tag for each in alike for tag in each.tags if tag)),
            urls=tuple(urls.values()),
            names=frozenset(chain.from_iterable(each.names for each in alike)),
            likely=tuple({url.key: url for each in alike for url in each.likely}.values()),
        )


def _step(name: str, what: str | None, without: str) -> Step:
    return Step(name, StepState.SKIPPED, f"not there: {without}") if what is None else Step(name, StepState.DONE, what)
