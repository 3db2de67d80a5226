"""Header fields with parameters, read by their grammars: WWW-Authenticate (RFC 9110) and Link (RFC 8288).

Each is read from left to right, once. What does not fit the grammar is passed over, up to the next comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*[ \t]*(?=,|$)")
_SEPARATORS = re.compile(r"[ \t,;]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_SINGLE = re.compile(r"'(.*)'")
_ESCAPED = re.compile(r"\\(.)")
_UNCLOSED = re.compile(r'"([^",;]*)')
_TARGET = re.compile(r"<([^<>]*)>|([^\s,;<>\"]+)")  # no grammar has one without brackets, and some servers do
_SEMICOLON = re.compile(r"[ \t]*;[ \t]*")


@dataclass(frozen=True, slots=True)
class Challenge:
    """How a server asks for a login: the scheme and the names of its parameters are in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def challenges(fields: Iterable[str]) -> tuple[Challenge, ...]:
    """Return the challenges of WWW-Authenticate header fields; several may be in one field."""
    return tuple(challenge for text in fields for challenge in _challenges(text))


def next_link(fields: Iterable[str]) -> str | None:
    """Return the target of the first link whose relation is `next`; None where there is none."""
    links = (link for text in fields for link in _links(text))
    return next((target for target, relations in links if "next" in relations), None)


def _challenges(text: str) -> Iterator[Challenge]:
    at = _end(_SEPARATORS, text, 0)
    while at < len(text):
        scheme = _TOKEN.match(text, at)
        if scheme is None:
            at = _after_comma(text, at)
            continue
        at = _end(_SEPARATORS, text, scheme.end())
        if not (token68 := _TOKEN68.match(text, at)) or _TOKEN.fullmatch(token68[0].rstrip(" \t")):
            parameters, at = _parameters(text, at)
        else:
            parameters, at = {}, _end(_SEPARATORS, text, token68.end())
        yield Challenge(scheme[0].lower(), parameters)


def _parameters(text: str, at: int) -> tuple[Mapping[str, str], int]:
    """Return the parameters that begin at a place, and the place after them: that of the next scheme."""
    found: dict[str, str] = {}
    while (name := _TOKEN.match(text, at)) and (equals := _EQUALS.match(text, name.end())):
        value, end = _value(text, equals.end())
        found.setdefault(name[0].lower(), value)
        at = _end(_SEPARATORS, text, end)
    return found, at


def _links(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Return each link's target and relations, these in lower case."""
    at = 0
    while target := _TARGET.search(text, at):
        relations, at = "", target.end()
        while semicolon := _SEMICOLON.match(text, at):
            name = _TOKEN.match(text, semicolon.end())
            at = name.end() if name else semicolon.end()
            if equals := _EQUALS.match(text, at):
                value, at = _value(text, equals.end())
                relations = relations or (value if name and name[0].lower() == "rel" else "")
        yield (target[1] or target[2] or "").strip(), frozenset(relations.lower().split())


def _value(text: str, at: int) -> tuple[str, int]:
    """Return a parameter's value, a quoted string or a token, and the place after it."""
    if quoted := _QUOTED.match(text, at):
        return _ESCAPED.sub(r"\1", quoted[1]), quoted.end()
    if unclosed := _UNCLOSED.match(text, at):
        return unclosed[1], unclosed.end()
    end = at
    while end < len(text) and text[end] not in ' \t,;"':  # also an address without quotes, as some servers write it
        end += 1
    found = _SINGLE.fullmatch(text, at, end)  # no grammar has single quotes, and some servers do
    return found[1] if found else text[at:end], end if end > at else _after_comma(text, at)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _after_comma(text: str, at: int) -> int:
    comma = text.find(",", at)
    return _end(_SEPARATORS, text, comma) if comma >= 0 else len(text)
