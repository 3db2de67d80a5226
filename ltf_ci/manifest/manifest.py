"""The manifest of a start point, `manifest.json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from ltf_ci.errors import BadInput
from ltf_ci.model import located_json
from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.finding import Place
from ltf_ci.model.located_json import Located

T = TypeVar("T")


class Manifest(NamedTuple):
    """A manifest's text, its path, and its members with their places."""

    path: str
    text: str
    root: Located

    @classmethod
    def parse(cls, raw: bytes, path: str) -> Manifest:
        """Read a manifest, or raise BadInput where it is not JSON."""
        text, root = located_json.read(raw, path)
        return cls(path, text, root)

    def member(self, key: str) -> Located | None:
        """Return a member with its place, or None."""
        return self.root.member(key)

    def string(self, key: str) -> str | None:
        """Return a member's text, or None where it is absent or not text."""
        member = self.member(key)
        return member.value if member and isinstance(member.value, str) else None

    def read(self, key: str, parse: Callable[[str], T], form: str) -> T:
        """Return a member's text as it is parsed, of this form; raise BadInput at its place where there is none."""
        member = self.member(key)
        place = member.place if member else Place(self.path)
        if member is None or not isinstance(member.value, str):
            found = f"{key} is no text" if member else f"{key} is missing"
            cure = "write it; `ltf-ci check` lists all that is wrong in the manifest"
            raise BadInput.at(place, found, expected=f"{key}: {form}", cure=cure)
        try:
            return parse(member.value)
        except BadInput as error:
            cure = error.cure or "correct it; `ltf-ci check` lists all that is wrong in the manifest"
            raise BadInput.at(place, f"{key}: {error.found}", expected=error.expected, cure=cure) from error

    def pair(self, key: str) -> tuple[Located, Located] | None:
        """Return the name and version of `language` or `test_framework`; None where it is not a pair of texts."""
        member = self.member(key)
        items = member.items if member else ()
        if len(items) != 2 or not all(isinstance(item.value, str) for item in items):  # noqa: PLR2004 - a pair
            return None
        return items[0], items[1]

    def edited(self, changes: dict[Located, str]) -> bytes:
        """Return the bytes with these texts in place of those values; every other byte is kept."""
        edits = (TextEdit(value.start, value.end, quoted(new)) for value, new in changes.items())
        return apply_edits(self.text, edits).encode()


def quoted(text: str) -> str:
    """Return a text as JSON has it; letters beyond ASCII are not escaped."""
    return json.dumps(text, ensure_ascii=False)
