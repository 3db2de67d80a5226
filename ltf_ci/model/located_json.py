"""Strict JSON (RFC 8259) in which every key and value knows its place, so that an edit touches its bytes alone."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import NamedTuple

from ltf_ci.errors import BadInput
from ltf_ci.model.bounds import expect_few_parts
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Place

LARGEST = 1024 * 1024  # bytes: a manifest has a few hundred
DEEPEST = 64  # levels: a manifest has two
_BYTE_ORDER_MARK = "\ufeff"
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_INTEGER = 19  # digits: more than 64 bits are not needed, and Python is slow to read them
_NO_COMMENT = ("a comment, which JSON has not", "remove it")
_HABITS = {  # what people write who know other languages
    "'": ("a single quote", 'write "double quotes"'),
    **dict.fromkeys(("//", "/*", "#"), _NO_COMMENT),
    "True": ("True, which JSON has not", "write true"),
    "False": ("False, which JSON has not", "write false"),
    "None": ("None, which JSON has not", "write null"),
    "<<<<<<<": ("a conflict of a merge", "resolve it: git status lists what is in conflict"),
}
_WORDS = {"true": True, "false": False, "null": None}


class Located(NamedTuple):
    """A value and the place of its text: characters `start` to `end`, line and column from 1.

    `value` is text, a number, a truth, None, a tuple of Located, or a dictionary of them by key; `keys` are the
    places of an object's keys, `repeated` those of the keys that an object has more than once.
    """

    value: object
    place: Place
    start: int
    end: int
    keys: tuple[tuple[str, Place], ...] = ()
    repeated: tuple[tuple[str, Place], ...] = ()

    def member(self, key: str) -> Located | None:
        """Return an object's member, or None."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return found if isinstance(found, Located) else None

    @property
    def items(self) -> tuple[Located, ...]:
        """Return an array's values; none where it is no array."""
        return self.value if isinstance(self.value, tuple) else ()

    def all_repeated(self) -> Iterator[tuple[str, Place]]:
        """Return the repeated keys of this value and of all that is in it."""
        yield from self.repeated
        members = self.value.values() if isinstance(self.value, dict) else self.items
        for member in members:
            yield from member.all_repeated()


def read(raw: bytes, path: str, largest: int = LARGEST) -> tuple[str, Located]:
    """Read a JSON document: its text, and its value with places; raise BadInput with line and column."""
    if len(raw) > largest:
        raise BadInput(
            f"{path} has {len(raw)} bytes", expected=f"JSON of at most {largest} bytes", cure="make it smaller"
        )
    expect_few_parts(path, raw)
    text = text_of(raw, path)
    return text, _Reader(text, path).document()


class _Reader:
    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.at = 0
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> Located:
        self.skip()
        value = self.value(0)
        self.skip()
        if self.at < len(self.text):
            raise self.error("the end of the file")
        return value

    def place(self, at: int) -> Place:
        line = bisect_right(self.lines, at)
        return Place(self.path, line, at - self.lines[line - 1] + 1)

    def error(self, expected: str, at: int | None = None) -> BadInput:
        at = self.at if at is None else at
        if at == 0 and self.text.startswith(_BYTE_ORDER_MARK):
            found = "the file begins with a byte order mark (BOM)"
            return BadInput.at(self.place(at), found, expected="UTF-8 without it", cure="save it without the BOM")
        if comma := re.search(r",\s*$", self.text[:at]) if self.text[at : at + 1] in ("]", "}") else None:
            found = f"a comma before the closing {self.text[at]}"
            return BadInput.at(self.place(comma.start()), found, expected="no comma there", cure="remove it")
        return self.unexpected(expected, at)

    def unexpected(self, expected: str, at: int) -> BadInput:
        """Return the error for what is no JSON here; what people write by habit is named as what it is."""
        rest, end = self.text[at:], len(self.text[:at].rstrip())  # of what comes before
        if not self.text.strip():
            found, cure = "the file is empty", "write it, or restore it: git checkout -- FILE"
            return BadInput.at(self.place(at), found, expected="JSON", cure=cure)
        if not rest:
            found, cure = "the file ends too early", "write what is missing, such as a bracket, at its end"
            return BadInput.at(self.place(at), found, expected=expected, cure=cure)
        if expected.startswith("a comma") and rest[0] in '"{[' and "\n" in self.text[end:at]:
            return BadInput.at(
                self.place(end), "no comma at the end of the line", expected=expected, cure="write a comma there"
            )
        if rest[0] == "\n" and expected.startswith("a JSON string"):
            found, cure = "a text that is not closed on its line", 'write the " at its end; a line end in a text is \\n'
            return BadInput.at(self.place(at), found, expected='text in "quotes", on one line', cure=cure)
        for begin, (what, cure) in _HABITS.items():
            if rest.startswith(begin):
                return BadInput.at(self.place(at), what, expected=expected, cure=cure)
        return BadInput.at(self.place(at), f"{rest[0]!a} is not JSON here", expected=expected, cure="correct that line")

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def value(self, depth: int) -> Located:
        if depth > DEEPEST:
            raise BadInput.at(
                self.place(self.at),
                f"nested deeper than {DEEPEST} levels",
                expected="a flat object, as the documentation has it",
                cure="correct that line",
            )
        start = self.at
        first = self.text[start : start + 1]
        if first == "{":
            return self.object(depth)
        if first == "[":
            return self.array(depth)
        value = self.string() if first == '"' else self.scalar()
        return Located(value, self.place(start), start, self.at)

    def string(self) -> str:
        start = self.at
        try:
            value, self.at = scanstring(self.text, start + 1)
        except ValueError as error:
            at = getattr(error, "pos", start)
            raise self.error("a JSON string: control characters escaped, a quote at its end", at) from None
        if _SURROGATE.search(value):
            raise self.error("no half of a surrogate pair", start)
        return str(value)

    def scalar(self) -> object:
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        match = _NUMBER.match(self.text, self.at)
        if not match:
            raise self.error("a JSON value")
        self.at = match.end()
        return (
            int(match[0]) if match[0].lstrip("-").isdigit() and len(match[0]) <= _LONGEST_INTEGER else float(match[0])
        )

    def array(self, depth: int) -> Located:
        start = self.at
        values = tuple(self.value(depth + 1) for _ in self.members("]"))
        return Located(values, self.place(start), start, self.at)

    def object(self, depth: int) -> Located:
        start = self.at
        members: dict[str, Located] = {}
        keys: list[tuple[str, Place]] = []
        repeated: list[tuple[str, Place]] = []
        for at in self.members("}"):
            if not self.text.startswith('"', at):
                raise self.error('a key in "quotes"')
            key = self.string()
            (repeated if key in members else keys).append((key, self.place(at)))
            self.expect(":")
            members[key] = self.value(depth + 1)
        return Located(members, self.place(start), start, self.at, tuple(keys), tuple(repeated))

    def members(self, end: str) -> Iterator[int]:
        """Stop at each member of an array or object in turn, past its commas, and in the end behind it."""
        self.at += 1
        self.skip()
        if self.text.startswith(end, self.at):
            self.at += 1
            return
        while True:
            yield self.at
            self.skip()
            if self.text.startswith(end, self.at):
                self.at += 1
                return
            self.expect(",", f"a comma or {end}")

    def expect(self, mark: str, expected: str = "") -> None:
        self.skip()
        if not self.text.startswith(mark, self.at):
            raise self.error(expected or mark)
        self.at += 1
        self.skip()
