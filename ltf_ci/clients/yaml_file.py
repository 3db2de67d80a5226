"""The one door to ruamel.yaml: YAML in which every key and value knows its place, and nothing that could run or swell.

Tags, anchors and aliases are refused, and so are a key that is repeated and a second document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from ltf_ci.errors import BadInput
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Place
from ltf_ci.model.located_json import DEEPEST, Located

if TYPE_CHECKING:
    from ruamel.yaml.error import StringMark  # noqa: TID251 - this is the door
    from ruamel.yaml.events import Event  # noqa: TID251 - this is the door

LARGEST = 256 * 1024  # bytes: settings and workflows; a second is needed for each 80,000
_WORDS = {"": None, "~": None} | {
    spelt: value
    for word, value in (("true", True), ("false", False), ("null", None))
    for spelt in (word, word.title(), word.upper())
}
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.inf|\.nan")
_CORRECT = "correct that line; blanks, and no tabs, before a key"
_IN_PLAIN_WORDS = {  # of the parser, what it means, and what to do
    "found '<stream end>'": ("the file ends too early", "write what is missing, such as a closing bracket"),
    "expected ',' or ']'": ("a list that is not closed", "write the ] or the comma that is missing before this place"),
    "expected ',' or '}'": ("a { that is not closed", "write the } or the comma that is missing before this place"),
    "mapping values are not allowed": ("a colon where none can be", "put a text that has `: ` in it into quotes"),
    "could not find expected ':'": ("a line without its colon", "write KEY: VALUE"),
    "unexpected end of stream": ("a quote that is not closed", "write the quote at the end of the text"),
    "expected <block end>": ("a line that begins further left or right than those above", _CORRECT),
    "cannot start any token": ("a sign that no text begins with", "put the text into quotes"),
}
_HINDRANCES = {"tag": "a tag", "anchor": "an anchor or alias"}


@lru_cache(maxsize=64)  # a workflow is the same in every repository that is adopted, and before and after an edit
def read(raw: bytes, path: str) -> tuple[str, Located]:
    """Read a YAML document: its text, and its value with places; raise BadInput with line and column.

    Words, numbers and truths are those of YAML 1.2: `on` and `yes` are text. A number is only known as such: its value
    is NaN. An empty document is an empty mapping.
    """
    if len(raw) > LARGEST:
        raise BadInput(
            f"{path} has {len(raw)} bytes", expected=f"YAML of at most {LARGEST} bytes", cure="make it smaller"
        )
    text = text_of(raw, path)
    return text, _Composer(text, path).document()


def _events(text: str, path: str) -> Iterator[Event]:
    from ruamel.yaml import YAML  # noqa: TID251 - this is the door
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: TID251 - this is the door
    from ruamel.yaml.reader import ReaderError  # noqa: TID251 - this is the door

    try:
        yield from YAML(pure=True).parse(text)
    except MarkedYAMLError as error:
        raise _unreadable(error.problem or "no YAML", _place(error.problem_mark, path)) from None
    except ReaderError as error:
        place = Place(path, text.count("\n", 0, error.position) + 1)
        raise BadInput.at(
            place,
            f"{text[error.position]!a} in the text",
            expected="text",
            cure="remove the character, and save the file as UTF-8",
        ) from None
    except YAMLError as error:
        raise BadInput(
            f"{path}: {str(error).splitlines()[0]}", expected="YAML", cure="correct it: an editor shows where"
        ) from None


def _unreadable(problem: str, place: Place) -> BadInput:
    """Return the parser's words as an error; a tab, which looks like spaces, in words of our own."""
    if r"'\t'" in problem:
        return BadInput.at(place, "a tab", expected="spaces, as YAML has it", cure="write spaces in its place")
    found, cure = next((ours for words, ours in _IN_PLAIN_WORDS.items() if words in problem), (problem, _CORRECT))
    return BadInput.at(place, found, expected="YAML", cure=cure)


def _place(mark: StringMark | None, path: str) -> Place:
    return Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)


class _Composer:
    """Makes one value of the parser's events; the `Composer` of ruamel.yaml would follow aliases without limit."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.events = _events(text, path)

    def document(self) -> Located:
        self.next()  # the stream
        if self.name(first := self.next()) == "StreamEndEvent":
            return Located({}, Place(self.path), 0, 0)
        value = self.value(self.next(), 0)
        self.next()  # the document's end
        if self.name(more := self.next()) != "StreamEndEvent":
            raise self.error(more, "a second document", "one")
        empty = value.value is None and value.start == value.end
        return Located({}, self.place(first), value.start, value.end) if empty else value

    def next(self) -> Event:
        return next(self.events)

    def name(self, event: Event) -> str:
        return type(event).__name__

    def place(self, event: Event) -> Place:
        return _place(event.start_mark, self.path)

    def error(self, event: Event, found: str, expected: str = "") -> BadInput:
        return BadInput.at(self.place(event), found, expected=expected, cure="correct that line")

    def value(self, event: Event, depth: int) -> Located:
        for attribute, name in _HINDRANCES.items():
            if getattr(event, attribute, None) is not None:
                raise self.error(event, f"{name} is not read here", "the value itself, written out")
        if depth > DEEPEST:
            raise self.error(event, f"nested deeper than {DEEPEST} levels")
        if self.name(event) == "ScalarEvent":
            return Located(self.scalar(event), self.place(event), *self.range(event))
        return self.mapping(event, depth) if self.name(event) == "MappingStartEvent" else self.sequence(event, depth)

    def scalar(self, event: Event) -> object:
        text = str(event.value)  # type: ignore[attr-defined]
        if event.style is not None:  # type: ignore[attr-defined]
            return text
        if text in _WORDS:
            return _WORDS[text]
        return float("nan") if _NUMBER.fullmatch(text) else text

    def sequence(self, start: Event, depth: int) -> Located:
        values: list[Located] = []
        while self.name(event := self.next()) != "SequenceEndEvent":
            values.append(self.value(event, depth + 1))
        return Located(tuple(values), self.place(start), *self.range_of(start, event, values))

    def mapping(self, start: Event, depth: int) -> Located:
        members: dict[str, Located] = {}
        keys: list[tuple[str, Place]] = []
        while self.name(event := self.next()) != "MappingEndEvent":
            key = self.key(event, members, depth)
            keys.append((key, self.place(event)))
            value = self.value(self.next(), depth + 1)
            members[key] = value if value.start < value.end else self.empty(event)
        return Located(members, self.place(start), *self.range_of(start, event, list(members.values())), tuple(keys))

    def key(self, event: Event, members: dict[str, Located], depth: int) -> str:
        if self.name(event) != "ScalarEvent":
            raise self.error(event, "a key that is not one word", "KEY: VALUE")
        self.value(event, depth + 1)  # for what it refuses
        key = str(event.value)  # type: ignore[attr-defined]
        if key in members:
            raise self.error(event, f"the key {key!r} is repeated", "once")
        return key

    def empty(self, key: Event) -> Located:
        """Return the value that is not there its place behind the colon: the parser's is that of what comes next."""
        at = self.text.find(":", key.end_mark.index) + 1
        line = key.end_mark.line + self.text.count("\n", key.end_mark.index, at)
        return Located(None, Place(self.path, line + 1, at - self.text.rfind("\n", 0, at)), at, at)

    def range(self, event: Event) -> tuple[int, int]:
        return event.start_mark.index, event.end_mark.index

    def range_of(self, start: Event, end: Event, values: list[Located]) -> tuple[int, int]:
        """Return the characters of a collection: in block style it ends where its last value does."""
        if start.flow_style:  # type: ignore[attr-defined]
            return start.start_mark.index, end.end_mark.index
        return start.start_mark.index, max((value.end for value in values), default=start.end_mark.index)
