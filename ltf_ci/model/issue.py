"""An issue at GitHub."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue: its number, address, state and text."""

    number: int
    url: str
    is_open: bool
    body: str
