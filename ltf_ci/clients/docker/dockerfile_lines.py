"""A Dockerfile's instructions as BuildKit reads them: where one goes on, and what is a here-document."""

from __future__ import annotations

import io
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, takewhile
from operator import itemgetter
from typing import NamedTuple

from ltf_ci.errors import BadInput

SPACE = r"[\t\v\f\r ]"
_MARK = "\N{BYTE ORDER MARK}"
_DIRECTIVE = re.compile(r"\s*#\s*(?P<name>syntax|escape|check)\s*=\s*(?P<value>.+?)\s*", re.IGNORECASE)
_TAKES_HEREDOC = rf"(?i)(?:ONBUILD{SPACE}+)?(?:RUN|COPY|ADD){SPACE}"
_WORD = r"""(?s)(?:<<[ \t]*|\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+"""
_HEREDOC = r"(?s)[0-9]*<<(?P<tabs>-?)[ \t]*(?P<name>[^<]+)"
_QUOTE = r"""(?s)\\(.)|["']"""
_NAME = re.compile(rf"(?P<name>.*?)(?:{SPACE}+(?P<value>.*))?", re.DOTALL)
Places = Mapping[tuple[bool, str], Sequence[int]]


class Instruction(NamedTuple):
    """An instruction as one line, without what continues its lines, and the file's lines that it has, from 0.

    `pieces` are where each part of its text begins: there, and in the file.
    """

    first: int
    last: int
    text: str
    pieces: tuple[tuple[int, int], ...]

    @property
    def name(self) -> str:
        """Its first word, in capitals."""
        return self._cut(self.text.strip())[0].upper()

    @property
    def value(self) -> str:
        """What follows the first word."""
        return self._cut(self.text.strip())[1]

    @staticmethod
    def _cut(text: str) -> tuple[str, str]:
        found = _NAME.fullmatch(text)
        return (found["name"], found["value"] or "") if found else (text, "")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the file a part of its text begins and ends."""
        return self._place(start), self._place(end - 1) + 1

    def _place(self, at: int) -> int:
        begins, place = self.pieces[bisect_right(self.pieces, at, key=itemgetter(0)) - 1]
        return place + at - begins


def lines_of(text: str) -> list[str]:
    """Split a text as docker counts lines: at line feeds alone."""
    return list(io.StringIO(text, newline="\n"))


def escape_of(text: str) -> str:
    """Return the character that continues a line: a backslash, unless the directives at the top name another one."""
    directives = _directives(lines_of(text.removeprefix(_MARK)))
    found = next((value for name, value in directives if name == "escape"), "\\")
    if found not in ("\\", "`"):
        raise BadInput(
            f"its escape is {found[:80]!r}",
            expected="\\ or `",
            cure="correct the comment `# escape=` in the first lines",
        )
    return found


def _directives(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Return the names and values of the directives that a Dockerfile begins with."""
    for found in takewhile(bool, map(_DIRECTIVE.fullmatch, lines)):
        if found:
            yield found["name"].lower(), found["value"]


def instructions_of(text: str) -> Iterator[Instruction]:
    """Return a Dockerfile's instructions; what is in a here-document is none."""
    escape = re.escape(escape_of(text))
    goes_on = re.compile(rf"(?<!{escape}){escape}[ \t]*\Z")
    lines = lines_of(text)
    begins = list(accumulate(map(len, lines), initial=0))
    places = _places(lines)
    number = 0
    while number < len(lines):
        first, parts = number, list[tuple[str, int]]()
        is_open = True
        while is_open and number < len(lines):
            body, place = _body(lines[number], begins[number], is_first=not parts)
            number += 1
            if body.lstrip().startswith("#") or not body.strip():
                is_open = bool(parts)  # a comment, or an empty line, within an instruction
                continue
            whole = goes_on.sub("", body)
            parts.append((whole, place))
            is_open = whole != body
        if parts:
            found = _joined(first, number - 1, parts)
            yield found
            number = _after_heredocs(found.text, number, places)


def _body(line: str, begins: int, *, is_first: bool) -> tuple[str, int]:
    """Return what counts of a line, and where that begins in the file."""
    body = line.rstrip("\r\n")
    if not is_first:
        return body, begins
    start = len(body) - len(body.removeprefix(_MARK).lstrip() if begins == 0 else body.lstrip())
    return body[start:], begins + start


def _joined(first: int, last: int, parts: Sequence[tuple[str, int]]) -> Instruction:
    starts = accumulate((len(part) for part, _ in parts), initial=0)
    pieces = tuple((start, place) for start, (part, place) in zip(starts, parts, strict=False) if part)
    return Instruction(first, last, "".join(part for part, _ in parts), pieces)


def _places(lines: Sequence[str]) -> Places:
    """Return where each text is a line's, as it is, and after its tabs."""
    found: defaultdict[tuple[bool, str], list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        end = line.rstrip("\r\n")
        found[False, end].append(number)
        found[True, end.lstrip("\t")].append(number)
    return found


def _after_heredocs(text: str, number: int, places: Places) -> int:
    """Return the line after an instruction's here-documents, which begin at `number`; one without an end is none."""
    end = number
    for heredoc in _heredocs(text):
        there = places.get(heredoc, ())
        at = bisect_left(there, end)
        if at == len(there):
            return number
        end = there[at] + 1
    return end


def _heredocs(text: str) -> Iterator[tuple[bool, str]]:
    """Return an instruction's here-documents: whether tabs may come before the end, and the end."""
    if "<<" in text and re.match(_TAKES_HEREDOC, text):
        for word in re.findall(_WORD, text):
            if found := re.fullmatch(_HEREDOC, word):
                yield bool(found["tabs"]), re.sub(_QUOTE, r"\1", found["name"])
