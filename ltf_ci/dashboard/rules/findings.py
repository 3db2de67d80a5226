"""Which of the fleet's images a finding is about, and what that makes of an image's state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import TypeAlias

from ltf_ci.dashboard.rules.rows import Known, Member, Row
from ltf_ci.fleet.graph import Repository
from ltf_ci.languages.dependents import line_of
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import release_tag_in
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.watch.rules.missing import NOT_ASKED, RENAMED

BEHIND = "base-behind"
Subject: TypeAlias = tuple[Hashable, ...]
Today: TypeAlias = Mapping[str, RepositoryUrl]  # addresses of today, by the keys of older ones


class RowState(StrEnum):
    """The state of an image, the worst first."""

    BROKEN = "broken"
    WAITS = "waits"
    UNKNOWN = "not known"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class DashboardData:
    """The rows, and the findings: all of them, each once."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def rows(
    members: Iterable[Member], known: Mapping[ImageName, Known], found: Sequence[Finding], *, is_watched: bool
) -> DashboardData:
    """Return what is known of each member: what watch `found`, and whether it had looked at all.

    A repository that watch found renamed is known by the address of today, whichever a file or a finding has.
    """
    today = dict(_renamed(found))
    plain = [Row(_of_today(member, today), _of(member, known), is_watched=is_watched) for member in members]
    about = _about(plain, found, today)
    behind = _behind(plain)
    rows = (replace(row, findings=(*about[number], *behind[number])) for number, row in enumerate(plain))
    return DashboardData(tuple(rows), (*found, *chain.from_iterable(behind)))


def state(row: Row) -> RowState:
    """Return the state of an image: never `fine` where watch has not looked."""
    asked = [finding for finding in row.findings if finding.rule != NOT_ASKED]
    if any(finding.severity is Severity.ERROR for finding in asked):
        return RowState.BROKEN
    if asked:
        return RowState.WAITS
    return RowState.FINE if row.is_watched and row.member.image and not row.findings else RowState.UNKNOWN


def _renamed(found: Iterable[Finding]) -> Iterator[tuple[str, RepositoryUrl]]:
    """Return the key of each older address, and that of today."""
    for finding in found:
        if finding.rule == RENAMED and len(finding.repositories) == len(("older", "today")):
            older, today = finding.repositories
            yield older.key, today


def _of_today(member: Member, today: Today) -> Member:
    return replace(member, url=today.get(member.url.key, member.url)) if member.url else member


def _of(member: Member, known: Mapping[ImageName, Known]) -> Known | None:
    return known.get(member.asked_for) if member.asked_for else None


def _about(rows: Sequence[Row], findings: Iterable[Finding], today: Today) -> Sequence[Sequence[Finding]]:
    """Return for each row the findings that are about it."""
    about: list[list[Finding]] = [[] for _ in rows]
    subjects = _Subjects(rows, today)
    for finding in findings:
        for number in subjects.of(finding):
            about[number].append(finding)
    return about


class _Subjects:
    """Finds the rows that a finding is about: by its images, else by its repositories, else by its place."""

    def __init__(self, rows: Sequence[Row], today: Today) -> None:
        self._today = today
        self._rows: defaultdict[Subject, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            for subject in dict.fromkeys(_subjects(row)):
                self._rows[subject].append(number)

    def of(self, finding: Finding) -> tuple[int, ...]:
        """Return the rows' numbers."""
        by_images = self._all(self._nearest(image) for image in finding.images)
        urls = (self._today.get(url.key, url) for url in finding.repositories)
        by_urls = self._all(self._of(("repository", url.key)) for url in urls)
        return by_images or by_urls or self._of(_place(finding.place))

    def _nearest(self, image: ImageName) -> tuple[int, ...]:
        """Return an image's row, else its version line's, else what is made FROM it; all of an image without a tag."""
        if not image.tag:
            return self._of(("images", image.repository))
        return self._of(_image(image)) or self._of(_line(image)) or self._of(_base(image))

    def _of(self, subject: Subject) -> tuple[int, ...]:
        return tuple(self._rows.get(subject, ()))

    def _all(self, found: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(found)))


def _subjects(row: Row) -> Iterator[Subject]:
    """Return all that a row is known by."""
    image, url = row.member.image, row.member.url
    yield _place(row.member.place)
    yield from map(_base, row.bases)
    if url:
        yield "repository", url.key
    if image:
        yield from (_image(image), _line(image), ("images", image.repository))


def _image(image: ImageName) -> Subject:
    return "image", image.repository, image.tag


def _line(image: ImageName) -> Subject:
    return "line", image.repository, line_of(image)


def _base(image: ImageName) -> Subject:
    return "base", image.repository, image.tag


def _place(place: Place) -> Subject:
    return "place", place.path, place.line


def _behind(rows: Sequence[Row]) -> Sequence[Sequence[Finding]]:
    """Return for each row the findings that it is made of an older image than its base in the graph is now."""
    makers = {(row.member.image.repository, line_of(row.member.image)): row for row in rows if row.member.image}
    return [tuple(_older_bases(row, makers)) for row in rows]


def _older_bases(row: Row, makers: Mapping[tuple[Repository, str], Row]) -> Iterator[Finding]:
    for base in row.bases:
        maker = makers.get((base.repository, line_of(base)))
        if maker and maker is not row and _is_older(row, base, maker):
            yield _made_of_older(row.member, base, maker.member)


def _is_older(row: Row, base: ImageName, maker: Row) -> bool:
    mine, theirs = release_tag_in(base.tag), release_tag_in(maker.member.image.tag if maker.member.image else "")
    if mine and theirs and mine != theirs:
        return mine < theirs
    made_of = row.known.labels.made_of if row.known else ()
    built_on = next((str(each.digest) for each in made_of if each.without_digest == base), "")
    return bool(built_on and maker.digest) and built_on != maker.digest


def _made_of_older(member: Member, base: ImageName, maker: Member) -> Finding:
    now = "has other content now" if base.tag == maker.version else f"is {maker.image} now"
    return Finding(
        rule=BEHIND,
        place=member.place,
        found=f"{member.image or member.language} is made of {base}, which {now}",
        expected="an image made of its base as that is now",
        cure="release its next revision: the retag workflow, or `ltf-ci notify` for all of them",
    )
