"""A README's copies of the two names, in the forms that READMEs have them in; those that differ, and put right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ltf_ci.manifest.ltf_repository import LtfRepository
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules.agreement import without_tag
from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.finding import Finding, Place

Names = Mapping[str, str | None]
_KEYS = ("display_name", "image_name")
_LINK = r"\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])"
_VALUE = rf"""(?:(?P<quote>["'`])(?P<quoted>.*?)(?P=quote)|\u201c(?P<curly>[^\u201d]*)\u201d|(?P<link>{_LINK})
    |["'`\u201c](?P<unclosed>[^"'`\u201c\u201d]*?)(?=\s*$)"""
_IMAGE = r"[\w.-]+/[\w./:-]*\w"
_COPY = rf"""(?x)\b(?P<key>display_name|image_name)={_VALUE}|(?P<plain>(?<=image_name=){_IMAGE}))"""
_IN_A_LIST = rf"""(?x)\s*[\#>*+-][\s\#>*+-]*[`*_]*(?P<key>display_name|image_name)[`*_]*\s*[:=][`*_]*\s*
    {_VALUE}|(?P<plain>{_IMAGE}(?=\s|$)|[^\s"'`\[{{<$].*?,.*?)(?=\s*$))"""
_TEXT_OF_LINK = r"\[[`*_]*(?P<text>[^\]]*?)[`*_]*\](?:\([^)]*\)|\[[^\]]*\])"


class Copy(NamedTuple):
    """A copy of a name: its key, where the value begins in its line, the value, and where all of it ends."""

    key: str
    start: int
    text: str
    end: int


def names_of(repository: LtfRepository) -> Names:
    """Return the names that a README may repeat."""
    if repository.manifest is None:
        return {"image_name": str(repository.image)}
    return _names_in(repository.manifest)


def differing(names: Names, source: str, readme: str, path: str) -> Iterator[Finding]:
    """Find copies of the two names in a README that differ from the source's; image_name has no tag there."""
    for number, line in enumerate(readme.splitlines(), 1):
        for copy, expected in _differing(names, line):
            yield Finding(
                rule="readme-copy",
                place=Place(path, number, copy.start + 1),
                found=f"{copy.key} is {copy.text!r} here",
                expected=f"{expected!r}, as {source} has it",
                cure=f"write it as {source} does, or leave it out",
            )


def corrected(names: Names, readme: str) -> str:
    """Return a README with its copies of the two names put right, a link's address too; no other character changes."""
    return "".join(_corrected(names, line) for line in readme.splitlines(keepends=True))


def renamed(before: Manifest, after: Manifest, readme: str) -> str:
    """Return a README whose copies of names that change are as the new manifest has them; no other one is changed."""
    old, new = _names_in(before), _names_in(after)
    return corrected(new, readme) if old["display_name"] != new["display_name"] else readme


def _names_in(manifest: Manifest) -> Names:
    return {key: manifest.string(key) for key in _KEYS}


def _corrected(names: Names, line: str) -> str:
    edits = []
    for copy, name in _differing(names, line):
        start, end = copy.start, copy.start + len(copy.text)
        edits.append(TextEdit(start, end, name))
        if copy.key == "image_name":
            edits.append(TextEdit(end, copy.end, line[end : copy.end].replace(without_tag(copy.text), name)))
    return apply_edits(line, edits)


def _differing(names: Names, line: str) -> Iterator[tuple[Copy, str]]:
    """Return each copy that differs, with the name that is expected."""
    for copy in _copies(line):
        name = names.get(copy.key)
        expected = without_tag(name) if name and copy.key == "image_name" else name
        if expected is not None and copy.text not in (name, expected):
            yield copy, expected


def _copies(line: str) -> Iterator[Copy]:
    """Return the copies in a line: KEY=VALUE anywhere, and in a heading, a list or a quotation KEY: VALUE too."""
    if not any(key in line for key in _KEYS):  # most lines: a pattern costs more
        return
    found = [*re.finditer(_COPY, line)] or [*filter(None, [re.match(_IN_A_LIST, line)])]
    yield from map(_copy, found)


def _copy(found: re.Match[str]) -> Copy:
    kind = next(name for name in ("quoted", "curly", "link", "unclosed", "plain") if found[name] is not None)
    link = re.fullmatch(_TEXT_OF_LINK, found[kind])
    start = found.start(kind) + (link.start("text") if link else 0)
    return Copy(found["key"], start, link["text"] if link else found[kind], found.end())
