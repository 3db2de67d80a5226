"""A manifest's values with their paths, from which the rules make findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ltf_ci.errors import BadInput
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Finding
from ltf_ci.model.located_json import Located

_LARGER_THAN_ANY = float("inf")  # what a number of too many digits is read as
_LONGEST = 200  # characters of a text that are shown


class Value(NamedTuple):
    """A value and the path to it: `tab_size`, `visible_filenames[3]`."""

    path: str
    located: Located

    @property
    def text(self) -> str | None:
        """The text, or None where the value is not text."""
        return self.located.value if isinstance(self.located.value, str) else None

    @property
    def items(self) -> tuple[Value, ...]:
        """A list's values; none where the value is not a list."""
        return tuple(Value(f"{self.path}[{index}]", item) for index, item in enumerate(self.located.items))

    @property
    def in_words(self) -> str:
        """The value as messages show it: text in quotes, `a list of 3`, `an object`, `null`."""
        value = self.located.value
        if isinstance(value, str):
            return repr(value[:_LONGEST])
        if isinstance(value, tuple):
            return f"a list of {len(value)}" if value else "an empty list"
        if isinstance(value, dict):
            return "an object"
        if value in (_LARGER_THAN_ANY, -_LARGER_THAN_ANY):
            return f"a number of {self.located.end - self.located.start} characters"
        return "null" if value is None else str(value).lower()

    def fault(self, rule: str, found: str, expected: str, cure: str = "") -> Finding:
        """Return a finding about the value; `found` continues the sentence that begins with its path."""
        place = self.located.place
        cure = cure or self._cure(expected)
        return Finding(
            rule=rule, place=place, path=self.path, found=f"{self.path} {found}", expected=expected, cure=cure
        )

    def _cure(self, expected: str) -> str:
        """Return what to write in place of a value of another kind."""
        value = self.located.value
        if expected.startswith("a text") and isinstance(value, int | float) and not isinstance(value, bool):
            return f'write "{self.in_words}", in quotes'
        if expected.startswith("a list") and isinstance(value, str) and value:
            return f'write ["{value[:_LONGEST]}"]'
        return f"write {expected}"

    def unreadable(self, rule: str, error: BadInput) -> Finding:
        """Return the finding of a text that could not be parsed."""
        text = self.text or ""
        padded = text != text.strip()
        cure = f"take the blank space off its ends: {text.strip()[:_LONGEST]!r}" if padded else error.cure
        return self.fault(rule, f"is {self.in_words}", error.expected, cure)


def value_of(manifest: Manifest, key: str) -> Value | None:
    """Return a key's value, or None where the manifest lacks the key."""
    member = manifest.member(key)
    return Value(key, member) if member else None


def texts_of(manifest: Manifest, *keys: str) -> tuple[Value, ...]:
    """Return the texts in the lists of these keys that are not empty."""
    lists = [value for key in keys if (value := value_of(manifest, key))]
    return tuple(item for each in lists for item in each.items if item.text)


def repeated(values: Iterable[Value]) -> Iterator[tuple[Value, Value]]:
    """Return each value whose text an earlier value has, with the first of those."""
    first: dict[str, Value] = {}
    for value in values:
        before = first.setdefault(value.text or "", value)
        if before is not value:
            yield value, before
