"""The traffic light: which start files are run in which image, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ltf_ci.model.finding import Place

LONGEST = 50 * 1024  # bytes, then characters, of what is kept of a stream
LAMBDA_IN_IMAGE = "/usr/local/bin/red_amber_green.rb"


class Colour(StrEnum):
    """What a rag_lambda answers."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFileEdit:
    """One text in place of another in one start file, its first occurrence alone; and the colour that this gives."""

    colour: Colour
    filename: str
    old: str
    new: str
    place: Place

    def __str__(self) -> str:
        if self.old == self.new:
            return f"{self.filename} as it lies"
        return f"{self.filename} with {self.new[:80]!r} for {self.old[:80]!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSpec:
    """What a container is made of, and held by. `traces`: it may trace processes, and its data have no limit."""

    image: str
    name: str
    seconds: float
    traces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerResult:
    """A container's end: it has no status where it was killed, for its time was up or it printed too much."""

    stdout: bytes
    stderr: bytes
    status: int | None
    seconds: float
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """One stream's text, and whether it was cut."""

    text: str = ""
    cut: bool = False

    @classmethod
    def of(cls, raw: bytes) -> Printed:
        """Read a stream as cyber-dojo does: UTF-8, what is none dropped, no more than LONGEST."""
        return cls(raw.decode("utf-8", "ignore")[:LONGEST], len(raw) > LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFilesRun:
    """What cyber-dojo.sh gave; where it could not be run to its end, `timed_out`, or a `fault` in words."""

    stdout: Printed = Printed()
    stderr: Printed = Printed()
    status: int = 0
    seconds: float = 0
    timed_out: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rag_lambda gave: a colour, or none and why."""

    colour: Colour | None
    complaint: str = ""
