"""Words that an option takes: one of a few."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from ltf_ci.errors import UsageError

W = TypeVar("W", bound=StrEnum)


def one_of(kind: type[W], option: str, text: str) -> W:
    """Read one of a kind's words, or raise UsageError."""
    if text not in tuple(kind):
        *first, last = kind
        raise UsageError(f"{option} is {text[:80]!r}", expected=f"{', '.join(first)} or {last}")
    return kind(text)
