"""The colours of the traffic light, and the edits of start files that give them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ltf_ci.model.finding import Place


class Colour(StrEnum):
    """What a rag_lambda answers."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


class StartFileEdit(NamedTuple):
    """One text in place of another in one start file, its first occurrence alone; and the colour that this gives."""

    colour: Colour
    filename: str
    old: str
    new: str
    place: Place

    def __str__(self) -> str:
        if self.old == self.new:
            return f"{self.filename} unchanged"
        return f"{self.filename} with {self.new[:80]!r} for {self.old[:80]!r}"
