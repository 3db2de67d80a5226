"""Which files of a build's context are not sent to BuildKit: a .dockerignore, read as BuildKit reads it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ltf_ci.clients.files import read_file
from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Place

NAME = ".dockerignore"
_MARK = "\N{BYTE ORDER MARK}"
_WORD = re.compile(r"(\*\*/?$)|(\*\*/?)|(\*)|(\?)|(\\.)|([\[\]^-])|.", re.DOTALL)
_SET = re.compile(r"\\.|\[(\^?)(\]?(?:\\.|[^\\\]])*)", re.DOTALL)  # also one that does not end
_LETTERS = re.compile(r"(\\.|.)(?:-(\\.|.))?", re.DOTALL)  # of a set: one, or those from one to another
_ALL, _FOLDERS, _SOME, _ONE = ".*", "(?:.*/)?", "[^/]*", "[^/]"
_MEANS = ("", _ALL, _FOLDERS, _SOME, _ONE)  # what the first of these words mean; the others mean themselves
_WILD = (_ALL, _FOLDERS, _SOME)
_FEW = 2  # wildcards: with more a regular expression may try ways without number


class Wildcards:
    """A pattern of many wildcards: each letter of a path is read once, in time that grows as their product alone.

    A state is how many steps have matched; below 0 it is within the folders that step `-state - 1` passes over.
    """

    def __init__(self, expressions: Sequence[str]) -> None:
        self._steps = [each if each in _WILD else _compiled(each) for each in expressions]

    def match(self, path: str) -> bool:
        """Return whether a path matches, or a folder above it."""
        states = self._without_letters({0})
        for letter in path:
            if letter == "/" and len(self._steps) in states:
                return True
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
    """A line, which leaves files out, or after `!` lets them in again."""

    lets_in: bool
    matches: re.Pattern[str] | Wildcards

    @classmethod
    def parse(cls, line: str, place: Place) -> Pattern:
        """Read a line, or raise BadInput where docker would not take it."""
        lets_in, text = line.startswith("!"), line.removeprefix("!").strip()
        path = posixpath.normpath(text).lstrip("/")
        expressions = [_expression(word) for word in _WORD.finditer(path)]
        try:
            whole = _compiled("".join(expressions))
        except re.error as error:
            raise BadInput.at(
                place,
                f"{line[:80]!r} is no pattern: {error}",
                expected="a pattern that docker can read",
                cure="correct the line, or remove it",
            ) from error
        is_wild = sum(each in _WILD for each in expressions) > _FEW
        return cls(lets_in, Wildcards(_letters(expressions)) if is_wild else whole)

    def fits(self, names: Sequence[str]) -> bool:
        """Return whether a path matches, or a folder above it; `names` has both, the path first."""
        if isinstance(self.matches, Wildcards):
            return self.matches.match(names[0])
        return any(map(self.matches.fullmatch, names))


class Dockerignore(NamedTuple):
    """A whole file."""

    patterns: tuple[Pattern, ...]

    @classmethod
    def parse(cls, text: str, path: str = NAME) -> Dockerignore:
        """Read it, or raise BadInput; `path` is the file's, for errors."""
        lines = enumerate(text.removeprefix(_MARK).split("\n"), 1)
        wanted = ((number, line.strip()) for number, line in lines if not line.startswith("#"))
        return cls(tuple(Pattern.parse(line, Place(path, number)) for number, line in wanted if line))

    def leaves_out(self, path: str) -> bool:
        """Whether a file is not sent: the last line counts that matches it, or a folder above it."""
        parts = path.split("/")
        names = ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
        out = False
        for pattern in self.patterns:
            if pattern.lets_in is out and pattern.fits(names):
                out = not out
        return out


def own_ignore(folder: Path, dockerfile: str) -> bytes | None:
    """Return the Dockerfile's own `Dockerfile.dockerignore`, which counts in place of .dockerignore; None without."""
    return read_file(folder, f"{dockerfile}{NAME}")


def ignore_of(folder: Path, dockerfile: str) -> Dockerignore:
    """Return what counts as a context's .dockerignore; raise BadInput where docker would not read it."""
    own = own_ignore(folder, dockerfile)
    name = NAME if own is None else f"{dockerfile}{NAME}"
    raw = (read_file(folder, name) if own is None else own) or b""
    return Dockerignore.parse(raw.decode("utf-8", "replace"), f"{folder.name}/{name}")


def _expression(word: re.Match[str]) -> str:
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
        is_end = each in ("]", _SOME, _ONE) and found[-1] not in (["[", "]"], ["[", "^", "]"])
        is_open = (is_open or each == "[") and not is_end
    return ["".join(each) for each in found]


def _compiled(expression: str) -> re.Pattern[str]:
    """Return an expression of Go's as one of Python's, in whose sets `[` and `--` shall mean something else one day."""
    return re.compile(_SET.sub(_plain_set, expression))


def _plain_set(found: re.Match[str]) -> str:
    if found[2] is None:
        return found[0]
    letters = ("-".join(map(_letter, filter(None, each.groups()))) for each in _LETTERS.finditer(found[2]))
    return f"[{found[1]}{''.join(letters)}"


def _letter(text: str) -> str:
    return text if text.startswith("\\") else re.escape(text)
