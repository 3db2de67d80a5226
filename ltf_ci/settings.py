"""What an LTF repository settles for itself in .github/ltf-ci.yml: options of `release`, and never credentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from ltf_ci.clients.files import read_file
from ltf_ci.errors import BadInput, LtfError, all_at_once
from ltf_ci.model.finding import Place
from ltf_ci.model.layout import LIST_FORM, LIST_PLACES, SETTINGS
from ltf_ci.model.located_json import Located
from ltf_ci.options.option import Kind, Option, options_of

_NESTED = {"image-from": ("image", "from")}  # the older form, `image: {from: …}`, is read too
_OLDER = {outer for outer, _ in _NESTED.values()}
# What the languages repository's own file says of its lines: no option of a run, as every bump must obey.
OF_LIST: Mapping[str, Any] = {
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
Setting = tuple[str, object, Place]  # an option's name, its value, and where that is


def read(directory: Path) -> Mapping[str, object]:
    """Return the values of the options that a repository's settings have, by name; none where there is no file.

    Raise BadInput with all that is wrong in it, each at its place.
    """
    root = _root(directory)
    if root is None:
        return {}
    faults: list[BadInput] = []
    settled = [*_settled(root, shape(), "the settings", faults)]
    values = {name: value for name, value, _ in settled}
    faults += [*_twice(root, settled), *_of_list_faults(root), *_cannot_be_both(values, settled)]
    if faults:
        raise all_at_once(faults)
    return values


def places(directory: Path) -> Mapping[str, Place]:
    """Return where the settings have each option's value; none where they cannot be read."""
    with suppress(LtfError):
        if root := _root(directory):
            return {name: place for name, _, place in _settled(root, shape(), "the settings", [])}
    return {}


def _root(directory: Path) -> Located | None:
    raw = read_file(directory, SETTINGS)
    if raw is None or _is_all_comments(raw):
        return None
    from ltf_ci.clients import yaml_file  # ruamel.yaml, slow to import, is not for those who have no settings

    return yaml_file.read(raw, SETTINGS)[1]


def _twice(root: Located, settled: Sequence[Setting]) -> Iterator[BadInput]:
    """Find options of which both forms are there."""
    found = [name for name, _, _ in settled]
    for name, (outer, inner) in _NESTED.items():
        if found.count(name) > 1:
            place = next(place for key, place in reversed(root.keys) if key in (name, outer))
            found_twice = f"{name} is given twice: {outer}: {{{inner}: …}} is its older form"
            yield BadInput.at(place, found_twice, expected=f"{name} alone", cure=f"remove the lines of {outer}")


def _of_list_faults(root: Located) -> Iterator[BadInput]:
    """Find what is wrong with the keys that a languages repository says of its lines."""
    if not any(key in OF_LIST for key, _ in root.keys):
        return
    from ltf_ci.languages.rules.list_form import ListSettings  # an LTF's settings do not pay for it

    try:
        ListSettings.of(root)
    except BadInput as error:
        yield error


def _cannot_be_both(values: Mapping[str, object], settled: Sequence[Setting]) -> Iterator[BadInput]:
    if values.get("draft") is True and values.get("auto-merge") is True:
        place = max((place for name, _, place in settled if name in ("draft", "auto-merge")), key=lambda at: at.line)
        expected = "one of them: a draft cannot be merged"
        yield BadInput.at(place, "draft and auto-merge are both true", expected=expected, cure="remove one of the two")


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


def _settled(located: Located, allowed: Shape, name: str, faults: list[BadInput]) -> Iterator[Setting]:
    """Return each option's value that can be read, and where it is; the others are among the faults."""
    if not isinstance(located.value, dict):
        form = " or ".join(f"{name}: {{{key}: VALUE}}" for key in allowed) if name in _OLDER else "lines of KEY: VALUE"
        faults.append(_wrong(located, name, form))
        return
    for key, place in located.keys:
        known, member = allowed.get(key), located.member(key)
        if isinstance(known, Option) and member:
            for value in _read(known, member, faults):
                yield known.name, value, member.place
        elif known and member and not isinstance(known, Option):
            yield from _settled(member, known, key, faults)
        elif key not in OF_LIST or name in _OLDER:
            faults.append(_unknown(key, place, allowed))


def _unknown(key: str, place: Place, allowed: Shape) -> BadInput:
    from ltf_ci.model.nearest import did_you_mean  # seldom needed

    names = sorted({*allowed, *OF_LIST} if len(allowed) > 1 else allowed)
    cure = did_you_mean(key, names) or "remove the line, or correct its name"
    if key in _CREDENTIALS:
        cure = "credentials come by the environment alone: a secret of the workflow"
    return BadInput.at(place, f"unknown key {key[:80]!r}", expected="one of " + ", ".join(names), cure=cure)


def _read(option: Option, located: Located, faults: list[BadInput]) -> Iterator[object]:
    """Return the option's value, if it can be read."""
    several = located.items if option.kind is Kind.MANY and isinstance(located.value, tuple) else (located,)
    values = [value for item in several for value in _one(option, item, faults)]
    if len(values) == len(several):
        yield tuple(values) if option.kind is Kind.MANY else values[0]


def _one(option: Option, located: Located, faults: list[BadInput]) -> Iterator[object]:
    try:
        yield _typed(option, located, bool) if option.kind is Kind.SWITCH else _parsed(option, located)
    except BadInput as error:
        faults.append(error)


def _parsed(option: Option, located: Located) -> object:
    text = _typed(option, located, str)
    try:
        value = option.parse(text)
    except LtfError as error:
        cure = error.cure or f"correct it, or remove the line: `ltf-ci help release` has {option.name}"
        named = error.found if error.found.startswith(f"{option.name} ") else f"{option.name}: {error.found}"
        raise BadInput.at(located.place, named, expected=error.expected, cure=cure) from error
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
        "properties": dict(sorted({**found["properties"], **OF_LIST}.items())),
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
