"""docs/outcomes.md: exit codes, conclusions, labels of an image, and the JSON of an outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generators.manual import exit_codes
from ltf_ci.images.labels import LABELS
from ltf_ci.report_forms import VERSION

PAGE = "docs/outcomes.md"
ROOT = Path(__file__).parents[1]
SCHEMA = "ltf_ci/outcome.schema.json"
_HEAD = """# Exit codes, conclusions, labels, JSON

- [Exit codes](#exit-codes) · [Conclusions](#conclusions) · [Labels of an image](#labels-of-an-image) · [JSON](#json)

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
    "origin": "where another repository's image was labelled: that one's commit",
    "inputs": "a hash of all that the build read; equal inputs need no build",
}


def expected(_text: str = "") -> str:
    """Return the page."""
    codes = "".join(f"| {code} | {about} |\n" for code, about in exit_codes())
    labels = "".join(f"| `{name}` | {_LABELS[field]} |\n" for field, name in LABELS.items())
    return f"{_HEAD}{codes}{_CONCLUSIONS}{labels}{_JSON}{''.join(_keys())}"


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
