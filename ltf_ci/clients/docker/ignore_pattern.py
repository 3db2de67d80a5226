"""A line of a .dockerignore, which means what BuildKit's matcher makes of it: a regular expression of Go's."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Place

BLANKS = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_OF_SET = r"(?:\\.|[^\\\]-])"
_WELL_FORMED = re.compile(rf"(?:\\.|\[\^?+(?:{_OF_SET}(?:-{_OF_SET})?)+\]|[^\\\[])*", re.DOTALL)
_PLAIN = re.compile(r"(\*\*/?|)([^][*?\\]+)(\*\*|)")  # what BuildKit compares letter by letter
_NOT_PLAIN = re.compile(r"[][*?^\\]")
_GLOB_AT_END = re.compile(r"(/\*\*)?(/\*)?\Z")
_WORD = re.compile(r"(\*\*/?$)|(\*\*/?)|(\*)|(\?)|(\\.)|([\[\]^-])|.", re.DOTALL)
_SET = re.compile(r"\\.|\[(\^?)((?:\\.|[^\\\]])*)", re.DOTALL)  # one that does not end too, as `[*` of `[*]`
_LETTERS = re.compile(r"(\\.|.)(?:-(\\.|.))?", re.DOTALL)  # of a set: one, or those from one to another
_ALL, _FOLDERS, _SOME, _ONE = ".*", "(?:.*/)?", "[^/]*", "[^/]"
_MEANS = ("", _ALL, _FOLDERS, _SOME, _ONE)  # what the first of these words mean; the others mean themselves
_WILD = (_ALL, _FOLDERS, _SOME)
_BEFORE = {"": "", "**": _ALL, "**/": _FOLDERS}
_FEW = 2  # wildcards: with more a regular expression may try ways without number


class Wildcards:
    """A pattern of many wildcards: each letter of a path is read once, in time that grows as their product alone.

    A state is how many steps have matched; below 0 it is within the folders that step `-state - 1` passes over.
    """

    def __init__(self, expressions: Sequence[str]) -> None:
        self._steps = [each if each in _WILD else _compiled(each) for each in expressions]

    def fullmatch(self, path: str) -> bool:
        """Return whether a path matches."""
        states = self._without_letters({0})
        for letter in path:
            states = self._without_letters({new for state in states for new in self._after(state, letter)})
        return len(self._steps) in states

    def _without_letters(self, states: set[int]) -> set[int]:
        """Add the states that are reached as a wildcard may match nothing."""
        found = set(states)
        for state in states:
            after = state
            while 0 <= after < len(self._steps) and self._steps[after] in _WILD:
                found.add(after := after + 1)
        return found

    def _after(self, state: int, letter: str) -> Iterator[int]:
        if state == len(self._steps):
            return
        number = state if state >= 0 else -state - 1
        step = self._steps[number]
        if isinstance(step, re.Pattern):
            if step.fullmatch(letter):
                yield number + 1
        elif step == _FOLDERS:
            yield -number - 1
            if letter == "/":
                yield number + 1
        elif step == _ALL or letter != "/":
            yield number


class Pattern(NamedTuple):
    """A line, which leaves files out, or after `!` lets them in again; `path` is what it says of them, cleaned."""

    lets_in: bool
    path: str
    expression: re.Pattern[str] | Wildcards

    @classmethod
    def parse(cls, line: str, place: Place) -> Pattern:
        """Read a line, or raise BadInput where docker would not take it."""
        mark, text = line[: line.startswith("!")], line.removeprefix("!").strip(BLANKS)
        text = mark + (posixpath.normpath(text).lstrip("/") if text else "")
        text = posixpath.normpath(text.strip(BLANKS))  # docker reads once more what it has cleaned: `./!a` lets in
        lets_in, path = text.startswith("!"), text.removeprefix("!")
        if lets_in and not path:
            raise _refused(line, place, "it lets in nothing")
        if not _WELL_FORMED.fullmatch(path):
            raise _refused(line, place, r"a `[` lacks its `]`, or a `\` the character after it")
        try:
            return cls(lets_in, path, _expression(path))
        except re.error as error:
            raise _refused(line, place, str(error)) from error

    def matches(self, path: str) -> bool:
        """Return whether a path matches by itself, not by a folder above it."""
        return bool(self.expression.fullmatch(path))

    @property
    def plain_path(self) -> str | None:
        """Return the path below which it matches, without a glob at its end; None where it has other wildcards."""
        found = _GLOB_AT_END.sub("", self.path)
        return None if _NOT_PLAIN.search(found) else found


def _refused(line: str, place: Place, complaint: str) -> BadInput:
    return BadInput.at(
        place,
        f"{line[:80]!r} is no pattern: {complaint}",
        expected="a pattern that docker can read",
        cure="correct the line, or remove it",
    )


def _expression(path: str) -> re.Pattern[str] | Wildcards:
    plain = _PLAIN.fullmatch(path)
    if plain and not (plain[1] and plain[3]):
        return re.compile(_BEFORE[plain[1]] + re.escape(plain[2]) + (_ALL if plain[3] else ""))
    expressions = [_meaning(word) for word in _WORD.finditer(path)]
    whole = _compiled("".join(expressions))
    is_wild = sum(each in _WILD for each in expressions) > _FEW
    return Wildcards(_letters(expressions)) if is_wild else whole


def _meaning(word: re.Match[str]) -> str:
    kind = word.lastindex or 0
    return _MEANS[kind] if 0 < kind < len(_MEANS) else word[0] if kind else re.escape(word[0])


def _letters(expressions: Sequence[str]) -> list[str]:
    """Return the expressions with those of a set of letters joined, `[a-c]`: each then is of one letter, or wild."""
    found: list[list[str]] = []
    is_open = False
    for each in expressions:
        if is_open:
            found[-1].append(each)
        else:
            found.append([each])
        is_open = (is_open or each == "[") and each not in ("]", _SOME, _ONE)
    return ["".join(each) for each in found]


def _compiled(expression: str) -> re.Pattern[str]:
    """Return an expression of Go's as one of Python's, in whose sets `[` and `--` shall mean something else one day."""
    return re.compile(_SET.sub(_plain_set, expression), re.ASCII)


def _plain_set(found: re.Match[str]) -> str:
    if found[2] is None:
        return found[0]
    letters = ("-".join(map(_letter, filter(None, each.groups()))) for each in _LETTERS.finditer(found[2]))
    return f"[{found[1]}{''.join(letters)}"


def _letter(text: str) -> str:
    return text if text.startswith("\\") else re.escape(text)
