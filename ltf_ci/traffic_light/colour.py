"""The colours of the traffic light, the edits of start files that give them, and a rag_lambda's answer."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from ltf_ci.model.finding import Place

LAMBDA_IN_IMAGE = "/usr/local/bin/red_amber_green.rb"


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


class Verdict(NamedTuple):
    """The answer of a rag_lambda: a colour, or none and why."""

    colour: Colour | None
    complaint: str = ""
