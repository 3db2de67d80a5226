"""What an LTF repository settles for itself in .github/ltf-ci.yml: options of `release`, and never credentials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ltf_ci.clients.files import read_file
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.model.finding import Place
from ltf_ci.model.layout import LIST_FORM, LIST_PLACES, SETTINGS
from ltf_ci.model.located_json import Located
from ltf_ci.options.option import Kind, Option, options_of

_NESTED = {"image-from": ("image", "from")}  # the older form, `image: {from: …}`, is read too
_OLDER = {outer for outer, _ in _NESTED.values()}
_OF_LIST = {  # what the languages repository's own file says of its lines: no option of a run, as every bump must obey
    LIST_FORM: {"enum": ["tag", "commit"], "description": "how a bump writes a line: URL?tag=TAG, or SHA7@URL"},
    LIST_PLACES: {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "files that repeat a repository's line, with {name} for its name",
    },
}
_CREDENTIALS = ("registry-username", "registry-password", "username", "password", "token", "app-private-key")
_EXPECTED = {
    Kind.SWITCH: "true or false",
    Kind.TEXT: "text, in quotes if it looks like a number",
    Kind.MANY: "text, or a list of texts",
}

T = TypeVar("T")
Shape = Mapping[str, Option | Mapping[str, Option]]


def read(directory: Path) -> Mapping[str, object]:
    """Return the values of the options that a repository's settings have, by name; none where there is no file."""
    raw = read_file(directory, SETTINGS)
    if raw is None or _is_all_comments(raw):
        return {}
    from ltf_ci.clients import yaml_file  # ruamel.yaml, slow to import, is not for those who have no settings

    _, root = yaml_file.read(raw, SETTINGS)
    return dict(_once(root, _settled(root, shape(), "the settings")))


def _once(root: Located, settled: Iterable[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    """Return each option's value; raise BadInput where both of its forms are there."""
    found = set[str]()
    for name, value in settled:
        if name in found:
            outer, inner = _NESTED[name]
            place = next(place for key, place in reversed(root.keys) if key in (name, outer))
            found_twice = f"{name} is given twice: {outer}: {{{inner}: …}} is its older form"
            raise BadInput.at(place, found_twice, expected=f"{name} alone", cure=f"remove the lines of {outer}")
        found.add(name)
        yield name, value


def _is_all_comments(raw: bytes) -> bool:
    """Whether a file says nothing, as the one that `ltf-ci init` writes; what is odd is left to the parser."""
    return raw.isascii() and all(line.lstrip()[:1] in (b"", b"#") for line in raw.splitlines())


def shape() -> Shape:
    """Return what the file may have: an option, or a mapping of options, by key."""
    from ltf_ci.languages.requests import ReleaseRequest  # all that can be settled; `check` must not pay for it

    found = {option.name: option for option in options_of(ReleaseRequest) if option.in_settings}
    older: dict[str, Option | Mapping[str, Option]] = {
        outer: {inner: found[name]} for name, (outer, inner) in _NESTED.items()
    }
    return {**found, **older}


def _settled(located: Located, allowed: Shape, name: str) -> Iterator[tuple[str, object]]:
    if not isinstance(located.value, dict):
        form = " or ".join(f"{name}: {{{key}: VALUE}}" for key in allowed) if name in _OLDER else "lines of KEY: VALUE"
        raise _wrong(located, name, form)
    for key, place in located.keys:
        if key in _OF_LIST:
            continue
        known, member = allowed.get(key), located.member(key)
        if known is None or member is None:
            raise _unknown(key, place, allowed)
        if isinstance(known, Option):
            yield known.name, _value(known, member)
        else:
            yield from _settled(member, known, key)


def _unknown(key: str, place: Place, allowed: Shape) -> BadInput:
    from difflib import get_close_matches

    near = get_close_matches(key, allowed, n=1)
    cure = f"did you mean {near[0]}?" if near else ""
    if key in _CREDENTIALS:
        cure = "credentials come by the environment alone: a secret of the workflow"
    return BadInput.at(place, f"unknown key {key[:80]!r}", expected="one of " + ", ".join(sorted(allowed)), cure=cure)


def _value(option: Option, located: Located) -> object:
    if option.kind is Kind.SWITCH:
        return _typed(option, located, bool)
    if option.kind is Kind.TEXT:
        return _parsed(option, located)
    several = located.items if isinstance(located.value, tuple) else (located,)
    return tuple(_parsed(option, item) for item in several)


def _parsed(option: Option, located: Located) -> object:
    text = _typed(option, located, str)
    try:
        value = option.parse(text)
    except LtfError as error:
        raise BadInput.at(located.place, error.found, expected=error.expected, cure=error.cure) from error
    if text in option.once:
        cure = f"use --{option.name} in the one run that needs it"
        raise BadInput.at(
            located.place,
            f"{option.name} {value} is for one run, not for good",
            expected="a setting that is right for every run",
            cure=cure,
        )
    return value


def _typed(option: Option, located: Located, kind: type[T]) -> T:
    if not isinstance(located.value, kind):
        raise _wrong(located, option.name, _EXPECTED[option.kind])
    return located.value


def _wrong(located: Located, name: str, expected: str) -> BadInput:
    names = {dict: "a mapping", tuple: "a list", str: "text", bool: "true or false", float: "a number"}
    return BadInput.at(
        located.place,
        f"{name} is {names.get(type(located.value), 'nothing')}",
        expected=expected,
        cure="correct it, or remove the line",
    )


def schema() -> dict[str, Any]:
    """Return the file's JSON Schema, for editors and for check-jsonschema."""
    found = _object_schema(shape())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{SETTINGS}: what an LTF repository settles for ltf-ci",
        **found,
        "properties": dict(sorted({**found["properties"], **_OF_LIST}.items())),
        "type": ["object", "null"],  # all of it may be comments
    }


def _object_schema(allowed: Shape) -> dict[str, Any]:
    members = {
        key: _option_schema(known) if isinstance(known, Option) else _object_schema(known)
        for key, known in sorted(allowed.items())
    }
    return {"type": "object", "additionalProperties": False, "properties": members}


def _option_schema(option: Option) -> dict[str, Any]:
    about = {"description": option.about}
    if option.kind is Kind.SWITCH:
        return {"type": "boolean", "default": option.default, **about}
    words = [word for word in option.choices if word not in option.once]
    one: dict[str, Any] = {"enum": words} if words else {"type": "string"}
    if option.kind is Kind.MANY:
        return {"anyOf": [one, {"type": "array", "items": one}], **about}
    return {**one, **({"default": option.default_text} if option.default_text else {}), **about}
