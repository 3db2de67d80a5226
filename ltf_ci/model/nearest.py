"""What a mistyped word was meant to be. Slow to import, and seldom needed: where a word is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like this one; empty where none resembles it."""
    return next(iter(get_close_matches(word, [*known], n=1)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean …?`, or nothing where no known word resembles it."""
    near = nearest(word, known)
    return f"did you mean {near}?" if near else ""
