"""Edits of dependents.json: an entry's images change, or an entry is added, and no other byte is touched."""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ltf_ci.errors import BadInput
from ltf_ci.languages.dependents import FROM, IMAGE_NAME, TEST_FRAMEWORK, Dependent, Dependents, key_of
from ltf_ci.model import located_json
from ltf_ci.model.bounds import LARGEST
from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.image import ImageName
from ltf_ci.model.located_json import Located

_SPACE, _COMMA, _COLON = re.compile(r"(\s*)"), re.compile(r"(\s*,\s*)"), re.compile(r'"(\s*:\s*)')


def put(dependents: Dependents, entries: Iterable[Dependent]) -> str:
    """Return the file's text with these entries.

    One that is there gets their `from` and `image_name`; one of the older form, without a version, becomes its
    repository's first with a version; a new one comes after its repository's nearest older
    version line, else at the end. Raise BadInput where one that is there cannot be read.
    """
    text, root = located_json.read(dependents.text.encode(), dependents.path, LARGEST)
    wanted = {entry.key: entry for entry in _oldest_first(entries)}
    if not root.keys and wanted:
        return f"{text[: root.start]}{written(wanted.values())}{text[root.end :]}"
    there = {entry.key: entry for entry in dependents.entries}
    edits: list[TextEdit] = []
    replaced: set[str] = set()
    for key, entry in wanted.items():
        value = root.member(key)
        older = root.member(entry.repository) if entry.version else None
        if value is None and older and entry.repository not in (*wanted, *replaced):
            replaced.add(entry.repository)
            edits += _replacement(text, older, entry)
        elif value is None:
            edits.append(_addition(text, root, dependents.entries, entry))
        elif key in there:
            edits += _changes(value, there[key], entry)
        else:
            raise BadInput(
                f"{value.place}: the entry {key} cannot be read",
                expected="an entry that can be read",
                cure="`ltf-ci dependents check` shows why",
            )
    return apply_edits(text, edits)


def renamed(dependents: Dependents, names: Mapping[str, str]) -> str:
    """Return the file's text with other names of repositories, by their older ones in small letters.

    A name that would give a key which is there stays.
    """
    text, root = located_json.read(dependents.text.encode(), dependents.path, LARGEST)
    edits = []
    for entry in dependents.entries:
        key = key_of(names.get(entry.repository.lower(), entry.repository), entry.version)
        value = root.member(entry.key)
        if value and root.member(key) is None:
            edits.append(_of_key(text, value, key))
    return apply_edits(text, edits)


def _of_key(text: str, value: Located, key: str) -> TextEdit:
    """Return the edit of a member's key."""
    end = text.rindex('"', 0, value.start)
    return TextEdit(text.rindex('"', 0, end), end + 1, json.dumps(key))


def _replacement(text: str, older: Located, wanted: Dependent) -> Iterator[TextEdit]:
    """Return the edits that make an entry of the older form one with a version."""
    yield _of_key(text, older, wanted.key)
    for name, value in ((IMAGE_NAME, str(wanted.image)), (FROM, from_value(wanted.bases))):
        member = older.member(name)
        if member:
            yield _edit(member, value)


def _oldest_first(entries: Iterable[Dependent]) -> Iterator[Dependent]:
    """Return entries in their order, but each repository's version lines from the oldest on."""
    every = tuple(entries)
    lines: defaultdict[str, deque[Dependent]] = defaultdict(deque)
    for entry in sorted(every, key=lambda entry: [entry.version] if entry.version else []):
        lines[entry.repository].append(entry)
    yield from (lines[entry.repository].popleft() for entry in every)


def written(entries: Iterable[Dependent]) -> str:
    """Write entries as a file of their own, without a line end."""
    return json.dumps(members(entries), indent=2, ensure_ascii=False)


def members(entries: Iterable[Dependent]) -> dict[str, dict[str, object]]:
    """Return entries as data."""
    return {entry.key: _members(entry) for entry in entries}


def from_value(bases: Sequence[ImageName]) -> str | list[str]:
    """Return the bases as `from` has them: a text, or a list of several."""
    names = [str(base) for base in bases]
    return names[0] if len(names) == 1 else names


def _members(entry: Dependent) -> dict[str, object]:
    return {
        FROM: from_value(entry.bases),
        IMAGE_NAME: str(entry.image),
        TEST_FRAMEWORK: entry.test_framework,
    }


def _changes(value: Located, there: Dependent, wanted: Dependent) -> Iterator[TextEdit]:
    image, base = value.member(IMAGE_NAME), value.member(FROM)
    if image and there.image != wanted.image:
        yield _edit(image, str(wanted.image))
    if base is None or there.bases == wanted.bases:
        return
    if len(base.items) == len(wanted.bases):
        yield from (_edit(item, str(name)) for item, name in zip(base.items, wanted.bases, strict=True))
    else:
        yield _edit(base, from_value(wanted.bases))


def _edit(value: Located, wanted: object) -> TextEdit:
    return TextEdit(value.start, value.end, json.dumps(wanted, ensure_ascii=False))


def _addition(text: str, root: Located, entries: Iterable[Dependent], wanted: Dependent) -> TextEdit:
    """Write a new entry as its neighbour is written."""
    older = [
        (entry.version, entry.key)
        for entry in entries
        if entry.repository == wanted.repository and entry.version and wanted.version and entry.version < wanted.version
    ]
    neighbour = root.member(max(older)[1] if older else root.keys[-1][0])
    if neighbour is None:
        raise BadInput("it has no entry", expected="an entry to change", cure="ltf-ci dependents scan --write")
    style = _Style(text, root, neighbour)
    return TextEdit(neighbour.end, neighbour.end, style.between + style.entry(wanted))


class _Style:
    """How an entry is spaced: between entries, at its begin and end, between its members and around their colons."""

    def __init__(self, text: str, root: Located, neighbour: Located) -> None:
        begin, self.between = _spaces(text, root)
        ends = _ends(neighbour)
        if ends:
            self.begin, self.joint = _spaces(text, neighbour)
            self.end = text[ends[-1] : neighbour.end - 1]
        else:
            self.begin, self.joint, self.end = f"{begin}  ", f",{begin}  ", begin
        self.colon = _group(_COLON, text, text.rindex('"', 0, neighbour.start))

    def entry(self, wanted: Dependent) -> str:
        pairs = [self._pair(name, json.dumps(value)) for name, value in _members(wanted).items()]
        return self._pair(wanted.key, f"{{{self.begin}{self.joint.join(pairs)}{self.end}}}")

    def _pair(self, key: str, value: str) -> str:
        return f"{json.dumps(key)}{self.colon}{value}"


def _spaces(text: str, value: Located) -> tuple[str, str]:
    """Return the text before an object's first member, and between its last two."""
    begin = _group(_SPACE, text, value.start + 1)
    ends = _ends(value)
    return begin, _group(_COMMA, text, ends[-2]) if len(ends) > 1 else f",{begin}"


def _ends(value: Located) -> list[int]:
    """Return where an object's members end, in the order of the text."""
    return sorted(member.end for member in value.value.values()) if isinstance(value.value, dict) else []


def _group(pattern: re.Pattern[str], text: str, at: int) -> str:
    match = pattern.match(text, at)
    return match[1] if match else ""
