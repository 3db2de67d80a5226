"""A Dockerfile's words: their quotes, and the ARGs in them, filled in as BuildKit does it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ltf_ci.errors import BadInput

UNKNOWN = "\0"  # in a text into which an ARG was filled that has no value
_LONGEST = 4096  # characters: no image's name has them, and ARGs in ARGs can make any number
_DEEPEST = 20  # braces in braces
_NAME = re.compile(r"[0-9]+|[@*#?$!-]|\w*")
_RULE = re.compile(r"\}|:?[-+?]|[#%]|//?")


def split_words(text: str, escape: str) -> list[str]:
    """Split a text at its spaces, but for those in quotes or after an escape; quotes stay."""
    quoted = rf"""{re.escape(escape)}.|"(?:{re.escape(escape)}.|[^"])*"?|'[^']*'?|\S"""
    return [found[0] for found in re.finditer(rf"(?:{quoted})+", text, re.DOTALL)]


def filled(word: str, values: Mapping[str, str], escape: str) -> str:
    """Return a word without quotes, its ARGs filled in, once; an ARG without a value is UNKNOWN in it."""
    found = _Word(word, values, escape).until("")
    return found if len(found) <= _LONGEST else UNKNOWN


class _Word:
    """A word that is read once, from its first letter to its last."""

    def __init__(self, text: str, values: Mapping[str, str], escape: str) -> None:
        self._text = text
        self._values = values
        self._escape = escape
        self._at = 0
        self._depth = 0

    def until(self, stop: str, *, is_pattern: bool = False) -> str:
        """Read up to a letter, or to the end; the escapes of a pattern stay."""
        parts: list[str] = []
        while letter := self._next():
            if letter == stop:
                return "".join(parts)
            parts.append(self._part(letter, is_pattern=is_pattern))
        if stop:
            raise self._unreadable()
        return "".join(parts)

    def _part(self, letter: str, *, is_pattern: bool) -> str:
        if letter == "$":
            return self._variable()
        if letter == "'":
            return self._single(is_pattern=is_pattern)
        if letter == '"':
            return self._double(is_pattern=is_pattern)
        if letter == self._escape:
            return (letter if is_pattern else "") + self._next()
        return letter

    def _single(self, *, is_pattern: bool) -> str:
        text, end, _ = self._text[self._at :].partition("'")
        if not end:
            raise self._unreadable()
        self._at += len(text) + 1
        return text.replace(self._escape, self._escape * 2) if is_pattern else text

    def _double(self, *, is_pattern: bool) -> str:
        parts: list[str] = []
        while letter := self._next():
            if letter == '"':
                return "".join(parts)
            if letter == "$":
                letter = self._variable()
            elif letter == self._escape and self._peek() in ('"', "$", self._escape):
                letter = (letter if is_pattern else "") + self._next()
            elif letter == self._escape and is_pattern:
                letter *= 2
            parts.append(letter)
        raise self._unreadable()

    def _variable(self) -> str:
        if self._peek() != "{":
            name = self._taken(_NAME)
            return self._value(name) if name else "$"
        self._next()
        name, rule = self._taken(_NAME), self._taken(_RULE)
        if not name or not rule or self._depth == _DEEPEST:
            raise self._unreadable()
        self._depth += 1
        found = self._value(name) if rule == "}" else self._by_rule(name, rule)
        self._depth -= 1
        return found

    def _by_rule(self, name: str, rule: str) -> str:
        if rule in ("/", "//"):
            pattern, other = self.until("/", is_pattern=True), self.until("}", is_pattern=True)
            return self._changed(name, _expression(pattern), other, 1 if rule == "/" else 0)
        word = self.until("}", is_pattern=rule in ("#", "%"))
        if rule in ("#", "%"):
            return self._cut(name, rule, word)
        value = self._values.get(name)
        is_there = value is not None and bool(value.strip(UNKNOWN) or ":" not in rule)
        if rule.endswith("+"):
            return word if is_there else ""
        if is_there:
            return self._value(name)
        return UNKNOWN if rule.endswith("?") else word

    def _cut(self, name: str, rule: str, word: str) -> str:
        """Return a value without its beginning (#) or end (%) that fits a pattern: the shortest, or the longest."""
        is_longest = word.startswith(rule)
        pattern = _expression(word[1:] if is_longest else word)
        value = self._value(name)
        places = range(len(value) + 1)
        cuts = [value[at:] for at in places if pattern.fullmatch(value[:at])]
        if rule == "%":
            cuts = [value[:at] for at in reversed(places) if pattern.fullmatch(value[at:])]
        return (cuts[-1] if is_longest else cuts[0]) if cuts else value

    def _changed(self, name: str, pattern: re.Pattern[str], other: str, count: int) -> str:
        return pattern.sub(lambda _: other, self._value(name), count)

    def _value(self, name: str) -> str:
        return self._values.get(name, UNKNOWN)

    def _taken(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found[0] if found else ""

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        letter = self._peek()
        self._at += len(letter)
        return letter

    def _unreadable(self) -> BadInput:
        return BadInput(
            f"{self._text[:200]!r} cannot be read",
            expected="$NAME, ${NAME}, ${NAME:-DEFAULT} or the like, and quotes in pairs",
            cure="correct the quotes or the name; for a plain dollar write \\$",
        )


def _expression(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a shell's pattern, which has * and ? alone.

    What follows a star is looked for once, where it comes first: no other place could make more fit, and a pattern of
    many stars, which anybody can write, would try them all.
    """
    segments = [""]
    for part in re.findall(r"\\(?:.|\Z)|.", pattern, re.DOTALL):
        if part == "*":
            segments.append("")
        else:
            segments[-1] += "." if part == "?" else re.escape(part[-1])
    first, *others = segments
    inner = "".join(f"(?>.*?{segment})" for segment in others[:-1] if segment)
    return re.compile(f"{first}{inner}{''.join(f'.*{last}' for last in others[-1:])}", re.DOTALL)
