"""docs/outcomes.md: exit codes, conclusions, labels of an image, and the JSON of an outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generators import plans
from generators.manual import exit_codes
from generators.plans import PLANS
from ltf_ci.images.labels import LABELS
from ltf_ci.report_forms import VERSION
from ltf_ci.verbs import COMMANDS

PAGE = "docs/outcomes.md"
ROOT = Path(__file__).parents[1]
SCHEMA = "ltf_ci/outcome.schema.json"
_HEAD = """# Exit codes, conclusions, labels, JSON

- [Exit codes](#exit-codes) · [Conclusions](#conclusions) · [Labels of an image](#labels-of-an-image) · [JSON](#json)
- [Plans](#plans) · [The lock and the dependents](#the-lock-and-the-dependents)

What is on this page changes its meaning in a major version of ltf-ci alone.

## Exit codes

| code | meaning |
|---:|---|
"""
_CONCLUSIONS = """
## Conclusions

The action's output `conclusion`, and the key of that name in JSON. `reason` has why.

| conclusion | meaning | exit code |
|---|---|---|
| `done` | something changed, or was checked and is right | 0 |
| `nothing-to-do` | everything was up to date already | 0 |
| `did-nothing` | it was not carried out | 0 |
| `planned` | a dry run | 0 |
| `failed` | the findings or the error have why | that of the error; 1 for findings |

## Labels of an image

| label | value |
|---|---|
"""
_JSON = f"""
## JSON

`--format json` prints an outcome, and `--report FILE` writes it whatever the form is. Its JSON Schema is
[`{SCHEMA}`](../{SCHEMA}). `version` is {VERSION}: it rises when a key goes or changes its meaning, not when one comes.

| key | type | what |
|---|---|---|
"""
_LABELS = {
    "revision": "the commit's full SHA",
    "version": "the release tag",
    "source": "the repository's https address",
    "title": "the display name",
    "created": "the commit's time (RFC 3339, UTC), so that a rebuild is the same",
    "base_name": "the image that the last stage is made FROM",
    "base_digest": "the digest of that image when this one was built",
    "bases": "all images that it is made of, as NAME@DIGEST: those that files are taken from too",
    "origin": "where another repository's image was labelled: that one's commit",
    "inputs": "a hash of all that the build read; equal inputs need no build",
}


_PLANS = """
## Plans

The key `plan` is what a dry run shows, and what a real run carried out. Each command has its own; the schema has it by
the command's name, and the `version` above counts for it too. A command that ended before it knew its plan has `{}`.
`a.b` is the key `b` of the object `a`, `a[].b` that of each object in the list `a`, `*` any key. A key with `?` need
not be there.
"""
_FILES = """
## The lock and the dependents

The two files that ltf-ci writes next to the list have schemas too:

| file | schema |
|---|---|
| [`languages.lock.json`](languages-list.md) | [lock.schema.json](../ltf_ci/lock.schema.json) |
| [`dependents.json`](dependents.md) | [dependents.schema.json](../ltf_ci/dependents.schema.json) |
"""


def schema(text: str) -> str:
    """Return the schema of an outcome with the plan of each command."""
    data = json.loads(text)
    data["properties"]["command"] = {"enum": [*COMMANDS], "description": "the command"}
    data |= {"allOf": plans.by_command(), "$defs": plans.definitions()}
    return json.dumps(data, indent=2) + "\n"


def expected(_text: str = "") -> str:
    """Return the page."""
    codes = "".join(f"| {code} | {about} |\n" for code, about in exit_codes())
    labels = "".join(f"| `{name}` | {_LABELS[field]} |\n" for field, name in LABELS.items())
    return f"{_HEAD}{codes}{_CONCLUSIONS}{labels}{_JSON}{''.join(_keys())}{_PLANS}{''.join(map(_plan, PLANS))}{_FILES}"


def _plan(command: str) -> str:
    """Return the table of one command's plan."""
    rows = dict.fromkeys(row for form in PLANS[command] for row in _rows(form))
    return f"\n### `{command}`\n\n| key | what |\n|---|---|\n{''.join(rows)}"


def _rows(form: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """Return a row for each key of an object, and behind each those of what it holds."""
    for name, value in form.get("properties", {}).items():
        mark = "" if name in form["required"] else "?"
        about = value.get("description", "")
        words = ", ".join(f"`{word}`" for word in value.get("enum", ()) if word)
        yield f"| `{within}{name}`{mark} | {about}{f': {words}' if words else ''} |\n"
        for each, path in _held(value, f"{within}{name}"):
            yield from _rows(each, f"{path}.")
    any_key = form.get("additionalProperties")
    if isinstance(any_key, dict):
        yield from _rows(any_key, f"{within}*.")


def _held(value: Mapping[str, Any], path: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Return the forms of the objects that a value is, or has, and where."""
    if "items" in value:
        yield from _held(value["items"], f"{path}[]")
    for each in (value, *value.get("anyOf", ())):
        if "properties" in each or isinstance(each.get("additionalProperties"), dict):
            yield each, path


def _keys() -> Iterator[str]:
    schema = json.loads((ROOT / SCHEMA).read_text())
    for name, value in schema["properties"].items():
        needed = "" if name in schema["required"] else ", where there is one"
        yield f"| `{name}` | {_type(value)}{needed} | {_about(value)} |\n"


def _type(value: Mapping[str, Any]) -> str:
    return str(value.get("type") or ("text" if "enum" in value else "number"))


def _about(value: Mapping[str, Any]) -> str:
    inner = value.get("items", value).get("properties", {})
    keys = f"with {', '.join(f'`{key}`' for key in inner)}" if inner else ""
    words = ", ".join(f"`{word}`" for word in value.get("enum", ()))
    return "; ".join(filter(None, (value.get("description", ""), keys, words)))
