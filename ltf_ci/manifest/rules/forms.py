"""What cyber-dojo asks of a manifest as JSON: its keys, and the form of each one's value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ltf_ci.errors import BadInput
from ltf_ci.manifest.keys import KEYS, TOGETHER, Form, Key
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules.letters import strange_letters
from ltf_ci.manifest.rules.values import Value, repeated, texts_of, value_of
from ltf_ci.model.finding import Finding
from ltf_ci.model.image import ImageName

_NAMES = tuple(key.name for key in KEYS)
_TEXT = "a text that is not empty"


def faults(manifest: Manifest) -> Iterator[Finding]:
    """Find all that is wrong with a manifest by itself."""
    if not isinstance(manifest.root.value, dict):
        found = f"the manifest is {Value('', manifest.root).in_words}"
        yield Finding(
            rule="manifest-object",
            place=manifest.root.place,
            found=found,
            expected="an object: { … }",
            cure="put the keys into braces",
        )
        return
    yield from _of_keys(manifest)
    for key in KEYS:
        value = value_of(manifest, key.name)
        if value:
            yield from _of_value(key, value)
        if key.distinct:
            yield from _twice(key, texts_of(manifest, key.name))
    yield from _image_name(manifest)
    yield from _letters(manifest)
    yield from _extensions(manifest)
    yield from _together(manifest)


def _of_keys(manifest: Manifest) -> Iterator[Finding]:
    root = manifest.root
    for name, place in root.all_repeated():
        found = f"the key {name[:80]!r} again"
        yield Finding(
            rule="repeated-key",
            place=place,
            path=name,
            found=found,
            expected="each key once",
            cure="remove all but one",
        )
    for name, place in root.keys:
        if name not in _NAMES:
            found = f"the key {name[:80]!r} is not known to cyber-dojo"
            yield Finding(
                rule="manifest-unknown-key",
                place=place,
                path=name,
                found=found,
                expected="a key that cyber-dojo knows",
                cure=_nearest(name),
            )
    for key in KEYS:
        if key.required and manifest.member(key.name) is None:
            value = Value(key.name, root)
            yield value.fault("manifest-missing-key", "is missing", key.about, f"add {key.name}")


def _nearest(name: str) -> str:
    from ltf_ci.model.nearest import did_you_mean  # seldom needed

    return did_you_mean(name, _NAMES) or "take it out; the known ones are " + ", ".join(_NAMES)


def _of_value(key: Key, value: Value) -> Iterator[Finding]:
    raw = value.located.value
    if raw is None and key.may_be_null:
        return
    if key.required and (raw is None or (raw is False and key.form is not Form.TEXTS)):
        yield value.fault("manifest-no-value", f"is {value.in_words}", key.about, "write its value")
        return
    yield from _BY_FORM[key.form](key, value)


def _text(key: Key, value: Value) -> Iterator[Finding]:
    if not value.text:
        yield value.fault(key.rule, f"is {value.in_words}", _TEXT)


def _texts(key: Key, value: Value) -> Iterator[Finding]:
    count = len(value.items)
    fits = isinstance(value.located.value, tuple) and key.least <= count <= (count if key.most is None else key.most)
    if not fits:
        yield value.fault(key.rule, f"is {value.in_words}", _expected(key))
    for item in value.items:
        yield from _text(key, item)


def _expected(key: Key) -> str:
    many = {0: "a list of texts", 1: "a list of at least one text"}.get(key.least, f"a list of {key.least} texts")
    return f"a text, or {many}" if key.form is Form.TEXT_OR_TEXTS else many


def _text_or_texts(key: Key, value: Value) -> Iterator[Finding]:
    yield from (_texts if value.text is None else _text)(key, value)


def _integer(key: Key, value: Value) -> Iterator[Finding]:
    number = value.located.value
    expected = f"an integer from {key.least} to {key.most}"
    if not isinstance(number, int) or isinstance(number, bool):
        text = (value.text or "").strip()
        cure = f"write {text}, without quotes" if text.isdecimal() else "write a number, without quotes"
        cure = f"write {key.least}, or another of these" if isinstance(number, float) else cure
        yield value.fault(key.rule, f"is {value.in_words}", expected, cure)
    elif not key.least <= number <= (key.most or number):
        yield value.fault(f"{key.rule}-range", f"is {number}", expected, "write one of these")


def _pair(key: Key, value: Value) -> Iterator[Finding]:
    expected = "a list of 2 texts: the name, and the version, which may be empty"
    items = value.items
    if len(items) != 2:  # noqa: PLR2004 - a pair
        yield value.fault(key.rule, f"is {value.in_words}", expected)
    for index, item in enumerate(items):
        if item.text is None:
            yield item.fault(key.rule, f"is {item.in_words}", "a text")
        elif index == 0 and not item.text:
            yield item.fault(key.rule, "is ''", _TEXT)


_BY_FORM: Mapping[Form, Callable[[Key, Value], Iterator[Finding]]] = {
    Form.TEXT: _text,
    Form.TEXTS: _texts,
    Form.TEXT_OR_TEXTS: _text_or_texts,
    Form.INTEGER: _integer,
    Form.PAIR: _pair,
}


def _twice(key: Key, texts: tuple[Value, ...]) -> Iterator[Finding]:
    for value, before in repeated(texts):
        found = f"is {value.in_words}, as {before.path} is"
        yield value.fault(f"{key.rule}-repeated", found, "each once", "take one of them out")


def _image_name(manifest: Manifest) -> Iterator[Finding]:
    value = value_of(manifest, "image_name")
    if value and value.text:
        try:
            ImageName.parse(value.text)
        except BadInput as error:
            yield value.unreadable("image-name", error)


def _letters(manifest: Manifest) -> Iterator[Finding]:
    value = value_of(manifest, "display_name")
    if value and (strange := strange_letters(value.text or "")):
        found = f"is {value.in_words}, with {', '.join(f'U+{ord(letter):04X}' for letter in strange[:8])}"
        yield value.fault("display-name-letters", found, "letters that are what they look like", "write it anew")


def _extensions(manifest: Manifest) -> Iterator[Finding]:
    value = value_of(manifest, "filename_extension")
    for each in (value, *value.items) if value else ():
        text = each.text
        if text and (not text.startswith(".") or text == "."):
            cure = "write the extension behind the dot" if text == "." else f"write {'.' + text!r}"
            yield each.fault("filename-extension-dot", f"is {each.in_words}", "a dot and more: .sh", cure)


def _together(manifest: Manifest) -> Iterator[Finding]:
    present = [value for key in TOGETHER if (value := value_of(manifest, key))]
    for value in present if len(present) == 1 else ():
        other = next(key for key in TOGETHER if key != value.path)
        found = f"is given, and {other} is not"
        yield value.fault("language-and-test-framework", found, "both or neither", f"write {other} too")
