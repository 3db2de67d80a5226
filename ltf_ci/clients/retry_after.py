"""How long a server asks to be left alone."""

from __future__ import annotations

from typing import Any


def asked_wait(response: Any) -> int:
    """Give the seconds that an answer's Retry-After asks for; 0 where there is no answer, or where it asks for none."""
    text = response.headers.get("Retry-After", "") if response else ""
    return int(text) if text.isdigit() else 0
