"""The manifest's JSON Schema, for editors.

It has what a schema can express; `ltf-ci check` checks the rest: files, Ruby's dialect, repeated keys.
"""

from __future__ import annotations

from typing import Any

from ltf_ci.manifest.keys import KEYS, MAIN_SCRIPT, TOGETHER, Form, Key


def schema() -> dict[str, Any]:
    """Return the schema."""
    first, second = TOGETHER
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "manifest.json: a start point of cyber-dojo",
        "type": "object",
        "additionalProperties": False,
        "required": [key.name for key in KEYS if key.required],
        "dependentRequired": {first: [second], second: [first]},
        "properties": {key.name: {"description": key.about, **_value(key)} for key in KEYS},
    }


def _value(key: Key) -> dict[str, Any]:
    if key.form is Form.INTEGER:
        return {"type": "integer", "minimum": key.least, "maximum": key.most}
    if key.form is Form.PAIR:
        name, version = {"type": "string", "minLength": 1}, {"type": "string"}
        return {"type": "array", "prefixItems": [name, version], "minItems": 2, "maxItems": 2}
    if key.form is Form.TEXT:
        return {**_text(key), "type": ["string", "null"]} if key.may_be_null else _text(key)
    return {"anyOf": [_text(key), _list(key)]} if key.form is Form.TEXT_OR_TEXTS else _list(key)


def _text(key: Key) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, **({"pattern": key.pattern} if key.pattern else {})}


def _list(key: Key) -> dict[str, Any]:
    return {
        "type": "array",
        "items": _text(key),
        **({"minItems": key.least} if key.least else {}),
        **({"maxItems": key.most} if key.most else {}),
        **({"uniqueItems": True} if key.distinct else {}),
        **({"contains": {"const": MAIN_SCRIPT}} if key.name == "visible_filenames" else {}),
    }
