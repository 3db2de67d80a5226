"""A Dockerfile's lines as BuildKit reads them: where an instruction goes on, and what is a here-document."""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

_MARK = "\N{BYTE ORDER MARK}"
_DIRECTIVE = re.compile(r"\s*#\s*(?P<name>syntax|escape|check)\s*=\s*(?P<value>.+?)\s*", re.IGNORECASE)
_TAKES_HEREDOC = re.compile(r"\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s", re.IGNORECASE)
_WORD = re.compile(r"""(?:<<[ \t]*|\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+""", re.DOTALL)
_HEREDOC = re.compile(r"[0-9]*<<(?P<tabs>-?)[ \t]*(?P<name>[^<]+)", re.DOTALL)
_QUOTE = re.compile(r"""\\(.)|["']""", re.DOTALL)
Places = Mapping[tuple[bool, str], Sequence[int]]


def lines_of(text: str) -> list[str]:
    """Split a text as docker counts lines: at line feeds alone."""
    return list(io.StringIO(text, newline="\n"))


def escape_of(text: str) -> str:
    """Return the character that continues a line: a backslash, unless the directives at the top name another one."""
    directives = _directives(lines_of(text.removeprefix(_MARK)))
    return next((value for name, value in directives if name == "escape"), "\\")


def _directives(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Return the names and values of the directives that a Dockerfile begins with."""
    for found in takewhile(bool, map(_DIRECTIVE.fullmatch, lines)):
        if found:
            yield found["name"].lower(), found["value"]


def readable(text: str) -> str:
    """Return a Dockerfile, line by line, so that dockerfile-parse reads it as BuildKit does.

    The lines of here-documents are empty: what is in them is no instruction.
    """
    lines = lines_of(text.removeprefix(_MARK))
    escape = escape_of(text)
    for number, (name, _) in enumerate(_directives(tuple(lines))):
        if name == "check":
            lines[number] = "# syntax=\n"  # the only directive that dockerfile-parse knows before `escape`
    goes_on = re.compile(rf"(^|[^{re.escape(escape)}]){re.escape(escape)}[ \t\r]*\n?$")
    places = _places(lines)
    number, said = 0, ""
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.lstrip().startswith("#"):
            continue
        if goes_on.search(line) or (said and not line.strip()):
            said += goes_on.sub(r"\1", line)
            lines[number - 1] = line if line.strip() else "#\n"  # an instruction goes on after an empty line
            continue
        lines[number - 1] = line.rstrip().rstrip(escape) + "\n"
        end = _after_heredocs(said + line, number, places)
        lines[number:end] = ["\n"] * (end - number)
        number, said = end, ""
    return "".join(lines)


def _places(lines: Sequence[str]) -> Places:
    """Return where each text is a line's, as it is, and after its tabs."""
    found: defaultdict[tuple[bool, str], list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        end = line.rstrip("\r\n")
        found[False, end].append(number)
        found[True, end.lstrip("\t")].append(number)
    return found


def _after_heredocs(said: str, number: int, places: Places) -> int:
    """Return the line after an instruction's here-documents, which begin at `number`; one without an end is none."""
    end = number
    for heredoc in _heredocs(said):
        there = places.get(heredoc, ())
        at = bisect_left(there, end)
        if at == len(there):
            return number
        end = there[at] + 1
    return end


def _heredocs(said: str) -> Iterator[tuple[bool, str]]:
    """Return an instruction's here-documents: whether tabs may come before the end, and the end."""
    if "<<" in said and _TAKES_HEREDOC.match(said):
        for word in _WORD.findall(said):
            if found := _HEREDOC.fullmatch(word):
                yield bool(found["tabs"]), _QUOTE.sub(r"\1", found["name"])
