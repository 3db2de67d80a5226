"""Which files of a build's context are not sent to BuildKit: a .dockerignore, read as BuildKit reads it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from ltf_ci.errors import BadInput

NAME = ".dockerignore"
_MARK = "\N{BYTE ORDER MARK}"
_WORD = re.compile(r"(\*\*/?$)|(\*\*/?)|(\*)|(\?)|(\\.)|([\[\]^-])|.", re.DOTALL)
_MEANS = ("", ".*", "(?:.*/)?", "[^/]*", "[^/]")  # what the first of these words mean; the others mean themselves


@dataclass(frozen=True, slots=True)
class Pattern:
    """A line, which leaves files out, or after `!` lets them in again."""

    lets_in: bool
    matches: re.Pattern[str]

    @classmethod
    def parse(cls, line: str) -> Pattern:
        """Read a line, or raise BadInput where docker would not take it."""
        lets_in, text = line.startswith("!"), line.removeprefix("!").strip()
        path = posixpath.normpath(text).lstrip("/")
        try:
            return cls(lets_in, re.compile("".join(map(_expression, _WORD.finditer(path)))))
        except re.error as error:
            raise BadInput(f"{NAME} has {line[:80]!r}: {error}", expected="a pattern that docker can read") from error


@dataclass(frozen=True, slots=True)
class Dockerignore:
    """A whole file."""

    patterns: tuple[Pattern, ...]

    @classmethod
    def parse(cls, text: str) -> Dockerignore:
        """Read it, or raise BadInput."""
        lines = (line.strip() for line in text.removeprefix(_MARK).split("\n") if not line.startswith("#"))
        return cls(tuple(Pattern.parse(line) for line in lines if line))

    def leaves_out(self, path: str) -> bool:
        """Whether a file is not sent: the last line counts that matches it, or a folder above it."""
        parts = path.split("/")
        names = ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
        out = False
        for pattern in self.patterns:
            if pattern.lets_in is out and any(map(pattern.matches.fullmatch, names)):
                out = not out
        return out


def _expression(word: re.Match[str]) -> str:
    kind = word.lastindex or 0
    return _MEANS[kind] if 0 < kind < len(_MEANS) else word[0] if kind else re.escape(word[0])
