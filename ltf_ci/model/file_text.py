"""A file's text, and edits of it, by which every other character stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Place


def text_of(raw: bytes, path: str) -> str:
    """Return a file's text, read as UTF-8; raise BadInput with line and column."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        at = Place(path, line, column)
        raise BadInput.at(at, "bytes that are not UTF-8", expected="text", cure="save the file as UTF-8") from None


class TextEdit(NamedTuple):
    """Characters `start` to `end`, counted from 0, become `text`; nothing is removed where the two are equal."""

    start: int
    end: int
    text: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """Return the text with these edits made, in whatever order they are given; no two may overlap.

    Of several insertions at one place the first given comes first.
    """
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])
