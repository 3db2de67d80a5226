"""Writes known values into workflows and settings: over a value that is there, else over the comment that shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.located_json import Located
from ltf_ci.workflows.yaml_edits import block_before_uses, entry_edits, flow, newline, spaced

Value: TypeAlias = str | tuple[str, ...]
Values: TypeAlias = Mapping[str, Value]
_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z][A-Za-z0-9._/-]*", re.IGNORECASE)


def input_edits(text: str, job: Located, values: Values) -> Iterator[TextEdit]:
    """Return the edits that give a job's workflow these inputs."""
    given, entries = job.member("with"), {name: (_yaml(value), "") for name, value in values.items()}
    if not values:
        return
    if given is None:
        yield block_before_uses(text, job, "with", entries)
    elif given.value is None:
        yield TextEdit(given.start, given.end, spaced(text, given.start) + flow(entries))
    else:
        yield from _edits(text, given, values, " " * (given.place.column - 1))


def settings_with(text: str, root: Located, values: Values) -> str:
    """Return the text of settings with these values; the older `image: {from: …}` counts as `image-from`."""
    image, rest = root.member("image"), dict(values)
    older = image.member("from") if image else None
    edits = []
    if older and (source := rest.pop("image-from", None)) and not _is(older, source):
        edits.append(TextEdit(older.start, older.end, _yaml(source)))
    return apply_edits(text, (*edits, *_edits(text, root, rest, "")))


def _edits(text: str, mapping: Located, values: Values, indent: str) -> Iterator[TextEdit]:
    missing: dict[str, tuple[str, str]] = {}
    for name, value in values.items():
        if _is(mapping.member(name), value):
            continue
        shown = None if mapping.member(name) else _shown(text, name, indent, mapping.start)
        if shown:
            yield TextEdit(shown.start(), shown.end(), f"{indent}{name}: {_yaml(value)}{shown['why'].rstrip()}")
        else:
            missing[name] = (_yaml(value), "")
    if missing and mapping.keys:
        yield from entry_edits(text, mapping, missing)
    elif missing:
        end = newline(text)
        lines = "".join(f"{indent}{name}: {value}{end}" for name, (value, _) in missing.items())
        yield TextEdit(len(text), len(text), lines if text.endswith("\n") or not text else end + lines)


def _shown(text: str, name: str, indent: str, start: int) -> re.Match[str] | None:
    """Return the line in which a comment shows a key; `why` is the comment behind it."""
    line = rf"^{indent}# {re.escape(name)}:[^\r\n#]*?(?P<why>[ \t]*(?:#[^\r\n]*)?)(?=\r?$)"
    return re.compile(line, re.MULTILINE).search(text, start)


def _is(located: Located | None, value: Value) -> bool:
    """Whether a value is there already; one text is as good as a list of it."""
    if located is None:
        return False
    found = tuple(item.value for item in located.items) or (located.value,)
    return found == ((value,) if isinstance(value, str) else value)


def _yaml(value: Value) -> str:
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return "[" + ", ".join(map(_yaml, value)) + "]"
