"""An edit of a text: some characters get another text in their place, and every other character stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


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
