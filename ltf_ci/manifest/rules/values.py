"""The values of a manifest as its rules see them: each with its path, and with findings about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ltf_ci.errors import BadInput
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Finding
from ltf_ci.model.located_json import Located

_LONGEST = 200  # characters of a text that are shown


@dataclass(frozen=True, slots=True)
class Value:
    """A value and the path to it: `tab_size`, `visible_filenames[3]`."""

    path: str
    located: Located

    @property
    def text(self) -> str | None:
        """The text, or None where it is none."""
        return self.located.value if isinstance(self.located.value, str) else None

    @property
    def items(self) -> tuple[Value, ...]:
        """A list's values; none where it is no list."""
        return tuple(Value(f"{self.path}[{index}]", item) for index, item in enumerate(self.located.items))

    @property
    def said(self) -> str:
        """The value in words."""
        value = self.located.value
        if isinstance(value, str):
            return repr(value[:_LONGEST])
        if isinstance(value, tuple):
            return f"a list of {len(value)}" if value else "an empty list"
        if isinstance(value, dict):
            return "an object"
        return "null" if value is None else str(value).lower()

    def fault(self, rule: str, found: str, expected: str, cure: str = "") -> Finding:
        """Return a finding about the value: `found` goes on where its path ends."""
        place = self.located.place
        return Finding(
            rule=rule, place=place, path=self.path, found=f"{self.path} {found}", expected=expected, cure=cure
        )

    def unreadable(self, rule: str, error: BadInput) -> Finding:
        """Return the finding that says why a text could not be parsed."""
        text = self.text or ""
        padded = text != text.strip()
        cure = f"take the blank space off its ends: {text.strip()[:_LONGEST]!r}" if padded else error.cure
        return self.fault(rule, f"is {self.said}", error.expected, cure)


def value_of(manifest: Manifest, key: str) -> Value | None:
    """Return a key's value, or None where it is not there."""
    member = manifest.member(key)
    return Value(key, member) if member else None


def texts_of(manifest: Manifest, *keys: str) -> tuple[Value, ...]:
    """Return the texts in the lists of these keys that are not empty."""
    lists = [value for key in keys if (value := value_of(manifest, key))]
    return tuple(item for each in lists for item in each.items if item.text)


def again(values: Iterable[Value]) -> Iterator[tuple[Value, Value]]:
    """Return each value whose text was there before, with the first that has it."""
    first: dict[str, Value] = {}
    for value in values:
        before = first.setdefault(value.text or "", value)
        if before is not value:
            yield value, before
