"""GitHub's published schemas, as bin/github-schemas fetches them: each is read once in a process."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema

from tests.support import ROOT

FOLDER = ROOT / ".cache/github-schemas"


def _text(name: str) -> str:
    file = FOLDER / name
    if not file.exists():
        raise FileNotFoundError(f"{file} is missing: run bin/github-schemas")
    return file.read_text()


@cache
def openapi() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_text("api.github.com.json"))
    return found


@cache
def graphql_schema() -> GraphQLSchema:
    schema = build_schema(_text("schema.graphql"), assume_valid=True, no_location=True)
    for name, read in SCALARS.items():
        vars(schema.type_map[name]).update(parse_value=read, coerce_input_value=read)
    return schema


def _matching(pattern: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise GraphQLError(f"Could not coerce value {value!r} to {pattern}")
        return value

    return read


def _base64(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise GraphQLError(f"Could not coerce value {value!r} to Base64String") from None


SCALARS: dict[str, Callable[[Any], Any]] = {
    "GitObjectID": _matching(r"[0-9a-f]{40}"),
    "GitRefname": _matching(r"refs/.+"),
    "Base64String": _base64,
}
