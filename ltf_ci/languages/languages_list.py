"""The languages list: a line `URL?tag=TAG` for each release that people can choose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from ltf_ci.errors import BadInput
from ltf_ci.model.bounds import expect_bounded, expect_few_lines
from ltf_ci.model.finding import Place
from ltf_ci.model.release_tag import ReleaseTag, release_tag_in
from ltf_ci.model.repository_url import RepositoryUrl

SHORT = 7  # digits of a commit in a line
BYTE_ORDER_MARK = "\N{BYTE ORDER MARK}"
DEFAULT_REF = "master"  # what a line without ?tag= means, as in the notes
_LINE = re.compile(r"(?P<before>[ \t]*)(?P<entry>[^\s#]\S*)(?:[ \t]+#[^\n]*|[ \t\r]*)\n?")
_OLDER_FORM = re.compile(r"(?P<commit>[0-9a-f]{7})@(?P<url>.+)")
_OTHER_DIGITS = re.compile(r"(?i:[0-9a-f]{4,64}(?=@[a-z+]+://)|[0-9a-f]{40}(?=@)|[0-9a-f]{64}(?=@))")
_HAS_OLDER_FORM = re.compile(r"^[ \t]*[0-9a-f]{7}@", re.MULTILINE)
_EXPECTED = "URL?tag=TAG, such as https://github.com/OWNER/NAME.git?tag=3.7.4-18"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A repository and the tag or branch to take of it.

    `commit` is the short one of a line `SHA7@URL`, whose `ref` is the release tag of that commit, empty if not known.
    """

    url: RepositoryUrl
    ref: str = DEFAULT_REF
    commit: str = ""

    @classmethod
    def parse(cls, text: str) -> ListEntry:
        """Read `URL`, `URL?tag=TAG` or `SHA7@URL`, or raise BadInput."""
        older = _OLDER_FORM.fullmatch(text)
        if older:
            return cls(RepositoryUrl.parse(older["url"]), "", older["commit"])
        if commit := _OTHER_DIGITS.match(text):
            raise BadInput(
                f"{text[:200]!a} does not begin with seven small digits of a commit",
                expected=f"{commit[0][:SHORT].lower():0<{SHORT}}@URL, as cyber-dojo's own scripts read it",
                cure="write seven digits; git rev-parse --short=7 COMMIT prints them",
            )
        address, mark, query = text.partition("?")
        name, _, ref = query.partition("=")
        if mark and (name != "tag" or not ref or not _is_ref(ref)):
            raise BadInput(
                f"{text[:200]!r} is not a line of the languages list", expected=_EXPECTED, cure="correct the line"
            )
        return cls(RepositoryUrl.parse(address), ref or DEFAULT_REF)

    def __str__(self) -> str:
        if self.commit:
            return f"{self.commit}@{self.url}"
        return str(self.url) if self.ref == DEFAULT_REF else f"{self.url}?tag={self.ref}"

    @property
    def tag(self) -> ReleaseTag | None:
        """Return its release tag; None where it names a branch or a commit."""
        return release_tag_in(self.ref)

    @property
    def release(self) -> ListEntry:
        """Return the same release by its tag: the lock's key, however the line is written."""
        return replace(self, commit="")

    def at(self, commit: str) -> ListEntry:
        """Return the same release, written by its commit."""
        return replace(self, commit=commit[:SHORT])

    def tagged(self, tag: ReleaseTag) -> ListEntry:
        """Return the same repository's entry for another release."""
        return ListEntry(self.url, str(tag))


class Line(NamedTuple):
    """An entry and its place: line from 1, characters `start` to `end` of the list's text."""

    number: int
    start: int
    end: int
    entry: ListEntry


class Unreadable(NamedTuple):
    """A line that has no entry that can be read, and why."""

    number: int
    column: int
    error: BadInput


@dataclass(frozen=True)
class LanguagesList:
    """A list's text. Comments (`#`), blank lines, order and line endings are kept by every edit.

    `releases` are the release tags of lines `SHA7@URL` that are known, by the repository's key and the short commit.
    """

    path: str
    text: str
    releases: Mapping[tuple[str, str], str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Raise BadInput where it is larger than any fleet's: each line takes a thousand times its bytes."""
        expect_bounded(self.path, len(self.text))
        expect_few_lines(self.path, self.text)

    @property
    def has_commits(self) -> bool:
        """Whether a line has the form `SHA7@URL`."""
        return _HAS_OLDER_FORM.search(self.text) is not None

    @property
    def has_byte_order_mark(self) -> bool:
        """Whether the file begins with one: then it is no part of the first line."""
        return self.text.startswith(BYTE_ORDER_MARK)

    def lines(self) -> Iterator[Line]:
        """Return the lines that have an entry; raise BadInput at one that cannot be read."""
        for line in self.every_line():
            if isinstance(line, Unreadable):
                error = line.error
                found = f"{self.path}:{line.number}: {error.found}"
                raise BadInput(found, expected=error.expected, cure=error.cure) from error
            yield line

    def every_line(self) -> tuple[Line | Unreadable, ...]:
        """Return the lines that are neither blank nor a comment."""
        return self._parsed

    @cached_property
    def _parsed(self) -> tuple[Line | Unreadable, ...]:
        return tuple(self._parse(*having) for having in self._having())

    def _parse(self, number: int, start: int, raw: str) -> Line | Unreadable:
        try:
            return self._line(number, start, raw)
        except BadInput as error:
            return Unreadable(number, len(raw) - len(raw.lstrip()) + 1, error)

    def _line(self, number: int, start: int, raw: str) -> Line:
        line = _line(number, start, raw)
        tag = self.releases.get((line.entry.url.key, line.entry.commit)) if line.entry.commit else None
        return line._replace(entry=replace(line.entry, ref=tag)) if tag else line

    def place(self, line: Line) -> Place:
        """Return the place of a line's entry."""
        return Place(self.path, line.number, line.start - self.text.rfind("\n", 0, line.start))

    def of(self, url: RepositoryUrl) -> tuple[Line, ...]:
        """Return a repository's lines; the others need not be readable."""
        found = []
        for number, start, raw in self._having():
            if url.name.lower() in raw.lower() or "%" in raw:
                with suppress(BadInput):
                    found.append(self._line(number, start, raw))
        return tuple(line for line in found if line.entry.url.key == url.key)

    def _having(self) -> Iterator[tuple[int, int, str]]:
        """Return the lines that are neither blank nor a comment: number, start, text."""
        start = len(BYTE_ORDER_MARK) if self.has_byte_order_mark else 0
        for number, raw in enumerate(_split(self.text[start:]), 1):
            if raw.strip() and not raw.lstrip().startswith("#"):
                yield number, start, raw
            start += len(raw)


def _line(number: int, start: int, raw: str) -> Line:
    match = _LINE.fullmatch(raw)
    if not match:
        words = raw.strip(" \t\r\n")  # other blank space may be what parts them
        raise BadInput(
            f"{words[:200]!r} has several words", expected=_EXPECTED, cure="remove the blanks; a comment begins with #"
        )
    entry = ListEntry.parse(match["entry"])
    return Line(number, start + match.start("entry"), start + match.end("entry"), entry)


def _split(text: str) -> list[str]:
    """Split at line feeds alone: other characters that Python takes for line ends are part of a line."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _is_ref(text: str) -> bool:
    """Whether git allows it as a tag's or branch's name, and neither git nor a URL could read it otherwise."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_./+-]{0,127}", text):
        return False
    return not (".." in text or "//" in text or text.endswith(("/", ".", ".lock")))
